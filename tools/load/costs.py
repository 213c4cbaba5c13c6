"""What one of everything costs: processor time of a worker and of PostgreSQL, and bytes on disk.

Times are processor times, so they mean something on a busy machine too (where caches are shared they come out higher).
The median of several rounds, with the least and the most. Made-up units and reports (模拟).

Run: ``python -m tools.load.costs [--rounds 5]``
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, text

from api import wiring
from api.credentials.security import Account
from api.intake import batch, messages
from api.service import setup
from api.streams import live
from dispatch.location import Position
from dispatch.report import Report
from dispatch.unit import Fix
from dispatch.vocabulary import Channel
from geo_data.cluster.cluster import PrivateCluster
from geo_data.database import engine, migrate, transaction
from geo_data.stores.fix_days import FixDays
from geo_data.stores.fix_thinning import Thinning, copy_thinned
from geo_data.stores.fleet_store import PostgisFleet
from tools.load import city
from tools.load.generator import Who
from tools.load.processes import children, used

UNITS, AT_ONCE, PHONES, DESKS = 2000, 20, 1000, 100
SIZES = text("""
SELECT
    (SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'fixes'::regclass)
        / (SELECT count(*) FROM fixes) AS fix,
    (pg_total_relation_size('events') / (SELECT count(*) FROM events)) AS event,
    (pg_total_relation_size('incidents') / (SELECT count(*) FROM incidents)) AS incident,
    (SELECT count(*) FROM events)::float / (SELECT count(*) FROM incidents) AS events_each
""")


class Nobody:
    """No other streams."""

    def is_heard(self) -> bool:
        """Nobody listens."""
        return False

    def tell(self, _: live.News) -> None:
        """Nothing to do."""

    def cut(self) -> None:
        """Nothing to do."""


class Costs:
    """Times what is done, in this process and in PostgreSQL."""

    def __init__(self, who: Who, postmaster: int, rounds: int) -> None:
        self._who, self._postmaster, self._rounds = who, postmaster, rounds
        self._done = 0

    def tell(self, name: str, work: Callable[[int], object], times: int, each: int = 1) -> None:
        """Print the cost of ``work``, which does ``each`` of something, called ``times`` a round."""
        self._round(work, 2)
        rounds = [self._round(work, times) for _ in range(self._rounds)]
        ours, theirs = ([1000 * r[i] / times / each for r in rounds] for i in (0, 1))
        spread = f"{min(ours):.3f} – {max(ours):.3f}"
        print(f"{name:52}{median(ours):9.3f} ms  {spread:>18}  PostgreSQL{median(theirs):8.3f} ms", flush=True)

    def _round(self, work: Callable[[int], object], times: int) -> tuple[float, float]:
        ours, theirs = time.process_time(), self._database_s()
        for _ in range(times):
            self._done += 1
            work(self._done)
        return time.process_time() - ours, self._database_s() - theirs

    def _database_s(self) -> float:
        return used(self._postmaster, with_ended=True)[0] + sum(used(p)[0] for p in children(self._postmaster))

    # -- what is done ----------------------------------------------------------------------------------------------

    def report(self, n: int, *, foretold: bool) -> None:
        """Take a report."""
        now = datetime.now(UTC)
        with transaction(wiring.database()) as connection:
            desk = wiring.live_ground(connection, now).live_desk(connection)
            desk = replace(desk, forecasting=replace(desk.forecasting, foresees=foretold))
            words = self._who.texts[n % len(self._who.texts)]
            desk.take_report(Report(text=words, received_at=now, channel=Channel.TELEPHONE, plate="粤A12345"))

    def fixes(self, n: int) -> None:
        """Keep one transaction of the door: half by page, half by tracker."""
        now = datetime.now(UTC)
        at = now.isoformat()
        told: list[messages.Message | None] = []
        for k in range(AT_ONCE):
            i = (n * AT_ONCE + k) % UNITS
            if k % 2:
                one = {"unit_id": self._who.unit_ids[i], "lon": 113.3, "lat": 23.1, "accuracy_m": 8, "at": at}
                told.append(messages.of_account(self._who.phone_tokens[i], json.dumps({"fixes": [one]}).encode()))
            else:
                query = f"id={self._who.devices[i]}&lat=23.1&lon=113.3&timestamp={at.replace('+', '%2B')}&accuracy=8"
                told.append(messages.of_device(query, b"", ""))
        kept = batch.keep([m for m in told if m is not None], now)
        if len(kept) != AT_ONCE or None in kept:
            raise SystemExit("A message was not kept: the costs say nothing.")

    def moved(self, n: int) -> set[str]:
        """A quarter of a thousand units."""
        first = n * 250 % UNITS
        return set(self._who.unit_ids[first : first + 250])

    def feed(self) -> Callable[[int], None]:
        """Tell phones and desks that a quarter of a thousand units moved."""
        feed = live.LiveFeed(Nobody())
        phones = [Account(f"p{n}", "surveyor", unit) for n, unit in enumerate(self._who.unit_ids[:PHONES])]
        desks = [Account("desk", "dispatcher")] * DESKS
        listeners = [live.Listener(account) for account in [*phones, *desks]]
        feed._listeners = set(listeners)
        news = live._read(set(), self.moved(0))

        def tell(_: int) -> None:
            for one in listeners:
                while not one.queue.empty():
                    one.queue.get_nowait()
            feed.tell(news)

        return tell


def thinning(database: Engine, who: Who) -> None:
    """Write a day of 100 units at a fix in 2 s each, and thin it."""
    day = datetime(2026, 1, 5, tzinfo=UTC)
    observed = [
        Fix(unit_id=unit, position=Position(113.3, 23.1), at=day + timedelta(seconds=2 * k), accuracy_m=8.0)
        for unit in who.unit_ids[:100]
        for k in range(3600)
    ]
    with transaction(database) as connection:
        FixDays(connection).make([day.date()])
        for first in range(0, len(observed), 5000):
            PostgisFleet(connection).record_fixes(observed[first : first + 5000], day + timedelta(hours=2))
    began = time.monotonic()
    with transaction(database) as connection:
        kept = copy_thinned(connection, day.date(), Thinning(every_s=60.0, margin=timedelta(minutes=5)))
    spent = time.monotonic() - began
    print(f"thinning {len(observed):,} fixes to {kept:,}: {spent:.1f} s by the clock")


def main() -> int:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=5)
    wished = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="gz-costs-"))
    folder.chmod(0o755)
    os.environ.setdefault("GZ_STATE", str(folder / "state"))
    os.environ["GZ_SIMULATION"] = "false"
    try:
        with PrivateCluster(folder / "cluster") as url:
            os.environ["DATABASE_URL"] = url
            setup.make_secrets()
            migrate(url)
            database = engine(url)
            with transaction(database) as connection:
                FixDays(connection).make_ahead(datetime.now(UTC))
            who = city.found(database, UNITS, "127.0.0.1", 0)
            wiring.places().load()
            postmaster = int((folder / "cluster" / "data" / "postmaster.pid").read_text().split()[0])
            _tell_all(Costs(who, postmaster, wished.rounds))
            thinning(database, who)
            with transaction(database) as connection:
                told = connection.execute(SIZES).one()
            print(f"bytes: a fix {told.fix:.0f}, an event {told.event}, an incident's row {told.incident}")
            print(f"events an incident, taken and foretold only: {told.events_each:.1f}")
            database.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _tell_all(costs: Costs) -> None:
    print(f"{UNITS} units\n{'processor time of a worker':52}{'median':>9}     {'least – most':>18}")
    costs.tell(f"a fix, {AT_ONCE} a transaction", costs.fixes, 20, AT_ONCE)
    costs.tell("a report, forecast left to the background", lambda n: costs.report(n, foretold=False), 20)
    costs.tell("a report with its forecast", lambda n: costs.report(n, foretold=True), 10)
    costs.tell("reading 250 units that moved, for the streams", lambda n: live._read(set(), costs.moved(n)), 4)
    costs.tell(f"telling them to {PHONES} phones and {DESKS} desks", costs.feed(), 4)


if __name__ == "__main__":
    sys.exit(main())
