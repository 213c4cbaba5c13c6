"""What row-level security costs: the same questions asked as the owner, whom no policy binds, and as who signs in.

A PostGIS cluster of its own with made-up finished incidents (模拟). Each question is asked in turns, owner first every other
time, each in a transaction of its own, as a request does: finding the account counts on both sides. Times by the clock
of the machine, which may be busy; the ratio of neighbours is what counts, with the 95 % bootstrap interval of its median.

Run: ``python -m tools.measure_access [--incidents 3000] [--times 60]``.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, Engine, select, text

from api.credentials import accounts
from api.credentials.security import Account
from dispatch.events import IncidentReported
from dispatch.folding import fold
from dispatch.policy.audit_rules import AuditRules
from dispatch.triage.report_words import plates_in
from geo_data.builtin.places import builtin_places
from geo_data.cluster.cluster import PrivateCluster
from geo_data.database import engine, migrate, transaction
from geo_data.demo_fleet import demo_units
from geo_data.principal import enter
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.stores.judged_store import PostgisJudged
from geo_data.stores.organisation_store import Organisation, PostgisOrganisations
from geo_data.stores.postgis_log import PostgisLog
from geo_data.tables.access_schema import organisations
from geo_data.tables.schema import incidents, users
from tools.many_incidents import Made, write

DAYS, BOOTSTRAPS = 30.0, 2000
Question = Callable[[Connection, datetime], object]


def one(connection: Connection, _: datetime) -> object:
    """The incident reported last."""
    key = connection.execute(select(incidents.c.id).order_by(incidents.c.number.desc()).limit(1)).scalar_one()
    return PostgisLog(connection).incident(key)


def last_day(connection: Connection, now: datetime) -> object:
    """What the list of incidents folds."""
    return [fold(h) for h in PostgisLog(connection).all_events(now - timedelta(hours=24))]


def picture(connection: Connection, now: datetime) -> object:
    """What the console starts from: open incidents and the fleet."""
    log, fleet = PostgisLog(connection), PostgisFleet(connection)
    return log.open_incidents(), fleet.states(now), log.open_assignments(), fleet.shops()


def report(connection: Connection, now: datetime) -> object:
    """What a month's audit reads."""
    return PostgisJudged(connection, AuditRules()).records(now - timedelta(days=DAYS), now, now)


QUESTIONS: dict[str, Question] = {
    "one incident": one,
    "list, 24 h": last_day,
    "picture": picture,
    "audit, 30 days": report,
}


def as_owner(connection: Connection, name: str) -> None:
    """Find the account as a service without row-level security does."""
    connection.execute(select(users, organisations.c.kind).join(organisations).where(users.c.name == name)).first()


def main() -> None:
    """Fill, ask in turns, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=3000)
    parser.add_argument("--times", type=int, default=60)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="gzdispatch-access-"))
    folder.chmod(0o755)
    try:
        with PrivateCluster(folder / "cluster", durable=False) as url:
            migrate(url)
            database = engine(url)
            fill(database, asked.incidents)
            for name in ("dispatcher", "client"):
                measure(database, name, asked.times)
            database.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fill(database: Engine, count: int) -> None:
    """Incidents, a fleet, a client with one plate in fifty, and two accounts."""
    now = datetime.now(UTC)
    made = Made(count, DAYS, now)
    told = [
        e.plate for history in Made(count, DAYS, now).histories() for e in history if isinstance(e, IncidentReported)
    ]
    plates = sorted({plate for one in told for plate in plates_in("", one)})
    with transaction(database) as connection:
        PostgisFleet(connection).save_units(demo_units(builtin_places()))
        PostgisOrganisations(connection).add(
            Organisation(id="client", kind="client", name="client"), now, plates=plates[::50]
        )
        accounts.save(connection, Account("dispatcher", "dispatcher"), "a password")
        accounts.save(connection, Account("client", "manager", None, "client", "client"), "a password")
    print(f"{write(made, database)} incidents, {len(plates[::50])} plates in the client's fleet")
    with transaction(database) as connection:
        while PostgisJudged(connection, AuditRules()).refresh(datetime.now(UTC)):
            pass
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def measure(database: Engine, name: str, times: int) -> None:
    """Each question in turns as the owner and as the account."""
    rows = {}
    for title, question in QUESTIONS.items():
        took: dict[str, list[float]] = {"owner": [], name: []}
        for n in range(times + 3):
            for who in ("owner", name) if n % 2 else (name, "owner"):
                began = time.perf_counter()
                with transaction(database) as connection:
                    (as_owner if who == "owner" else enter)(connection, name)
                    found = question(connection, datetime.now(UTC))
                took[who].append(time.perf_counter() - began)
                rows[title, who] = len(found) if isinstance(found, list) else 1
        owner, own = (np.array(took[who][3:]) for who in ("owner", name))  # the first three warm up
        low, high = _interval(own / owner)
        print(
            f"{name:10} {title:15} owner {1000 * np.median(owner):7.1f} ms ({rows[title, 'owner']}), {name} "
            f"{1000 * np.median(own):7.1f} ms ({rows[title, name]}), ratio {np.median(own / owner):.2f} "
            f"[{low:.2f}, {high:.2f}], n = {times}",
            flush=True,
        )


def _interval(ratios: np.ndarray) -> tuple[float, float]:
    random = np.random.default_rng(7)
    medians = np.median(random.choice(ratios, (BOOTSTRAPS, len(ratios))), axis=1)
    return float(np.quantile(medians, 0.025)), float(np.quantile(medians, 0.975))


if __name__ == "__main__":
    main()
