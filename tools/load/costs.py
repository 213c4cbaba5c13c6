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
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, text

from api import wiring
from api.credentials.security import Account
from api.intake import batch, messages
from api.routes import incidents
from api.service import setup
from api.service.keeping_foretold import MOST, foretell_once
from api.streams import live
from api.views import views
from api.views.kept import kept
from dispatch.foretelling import to_be_foretold
from dispatch.location import Position
from dispatch.report import Report
from dispatch.unit import Fix
from dispatch.vocabulary import Channel, Role
from geo_data.cluster.cluster import PrivateCluster
from geo_data.database import engine, migrate, transaction
from geo_data.stores import fleet_store
from geo_data.stores.fix_days import FixDays
from geo_data.stores.fix_thinning import Thinning, copy_thinned
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.stores.postgis_log import PostgisLog
from tools.load import city
from tools.load.generator import Who
from tools.load.processes import children, used

UNITS, OPEN, AT_ONCE, PHONES, DESKS = 2000, 500, 20, 1000, 100
SIZES = text("""
SELECT
    (SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'fixes'::regclass)
        / (SELECT count(*) FROM fixes) AS fix,
    (pg_total_relation_size('events') / (SELECT count(*) FROM events)) AS event,
    (pg_total_relation_size('incidents') / (SELECT count(*) FROM incidents)) AS incident,
    (SELECT count(*) FROM events)::float / (SELECT count(*) FROM incidents) AS events_each
""")


LAST_EVENT = text("SELECT max(id) FROM events")
DESK = Account("desk", "dispatcher")
Work = Callable[[int], object]


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
        self._open: list[str] = []
        self.moved: set[str] = set()
        self.events: set[int] = set()

    def tell(self, name: str, work: Work, times: int, each: int = 1, *, before: Work | None = None) -> None:
        """Print the cost of ``work``, which does ``each`` of something, called ``times`` a round, each time after ``before``."""
        self._round(work, 2, before)
        rounds = [self._round(work, times, before) for _ in range(self._rounds)]
        ours, theirs = ([1000 * r[i] / times / each for r in rounds] for i in (0, 1))
        spread = f"{min(ours):.3f} – {max(ours):.3f}"
        print(f"{name:52}{median(ours):9.3f} ms  {spread:>18}  PostgreSQL{median(theirs):8.3f} ms", flush=True)

    def _round(self, work: Work, times: int, before: Work | None) -> tuple[float, float]:
        ours, theirs = 0.0, 0.0
        for _ in range(times):
            self._done += 1
            if before:
                before(self._done)
            theirs_began, began = self._database_s(), time.process_time()
            work(self._done)
            ours += time.process_time() - began
            theirs += self._database_s() - theirs_began
        return ours, theirs

    def _database_s(self) -> float:
        return used(self._postmaster, with_ended=True)[0] + sum(used(p)[0] for p in children(self._postmaster))

    # -- what is done ----------------------------------------------------------------------------------------------

    def report(self, n: int) -> None:
        """Take a report, as a worker does."""
        now = datetime.now(UTC)
        with transaction(wiring.database()) as connection:
            desk = to_be_foretold(wiring.live_ground(connection, now).live_desk(connection))
            words = self._who.texts[n % len(self._who.texts)]
            desk.take_report(Report(text=words, received_at=now, channel=Channel.TELEPHONE, plate="粤A12345"))

    def reports(self, n: int) -> None:
        """Take as many reports as a pass foretells."""
        for k in range(MOST):
            self.report(n * MOST + k)

    def foretell(self, _: int) -> None:
        """One pass of the background."""
        if foretell_once(wiring.database(), datetime.now(UTC), set()) != MOST:
            raise SystemExit("Reports were not foretold: the costs say nothing.")

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

    def fill(self) -> None:
        """Let as many incidents be open as in the load, one in five of them offered to a surveyor."""
        with transaction(wiring.database()) as connection:
            missing = OPEN - len(PostgisLog(connection).open_stamps())
        for n in range(missing):
            self.report(n)
        with transaction(wiring.database()) as connection:
            self._open = [*PostgisLog(connection).open_stamps()]
        for key in self._open[::5]:
            now = datetime.now(UTC)
            with transaction(wiring.database()) as connection:
                wiring.live_ground(connection, now).live_desk(connection).offer(key, Role.SURVEYOR, now, by="load")

    def change(self, n: int) -> None:
        """Move a quarter of a thousand units, and ten incidents to another place."""
        now, somewhere = datetime.now(UTC), Position(113.3 + n * 1e-5, 23.1)
        self.moved = {self._who.unit_ids[(n * 250 + k) % UNITS] for k in range(250)}
        with transaction(wiring.database()) as connection:
            desk = wiring.live_ground(connection, now).live_desk(connection)
            last = connection.execute(LAST_EVENT).scalar_one()
            for k in range(10):
                desk.relocate(self._open[(n * 10 + k) % OPEN], somewhere, now, by="load")
            self.events = {last + k for k in range(1, connection.execute(LAST_EVENT).scalar_one() - last + 1)}
            PostgisFleet(connection).record_fixes([Fix(unit_id=u, position=somewhere, at=now) for u in self.moved], now)

    def picture(self, _: int) -> None:
        """The whole picture, without session and transport."""
        now = datetime.now(UTC)
        with transaction(wiring.database()) as connection:
            on = wiring.live_ground(connection, now)
            incidents.picture(on.live_desk(connection), on, now, connection, DESK)

    def feed(self, news: live.News) -> Callable[[int], None]:
        """Tell phones and desks."""
        feed = live.LiveFeed(Nobody())
        phones = [Account(f"p{n}", "surveyor", unit) for n, unit in enumerate(self._who.unit_ids[:PHONES])]
        desks = [DESK] * DESKS
        listeners = [live.Listener(account) for account in [*phones, *desks]]
        feed._listeners = set(listeners)

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
    costs.tell("a report", costs.report, 20)
    costs.tell(f"a forecast, {MOST} a pass of the background", costs.foretell, 10, MOST, before=costs.reports)
    costs.fill()
    costs.tell(f"a picture of {OPEN} incidents, nothing kept", costs.picture, 4, before=forget)
    costs.tell("a picture, 10 of them and 250 units changed since", costs.picture, 4, before=costs.change)
    read: list[live.News] = []
    for name, events in (("250 units that moved", False), ("10 incidents with them", True)):
        work = partial(_read, costs, read, events=events)
        costs.tell(f"reading {name}, for the streams", work, 4, before=costs.change)
    costs.tell(f"telling those to {PHONES} phones and {DESKS} desks", costs.feed(read[-1]), 4)


def forget(_: int) -> None:
    """Be as after a start: nothing kept of what was shown."""
    kept.cache_clear()
    views._last_shown.clear()
    fleet_store._last_read.clear()


def _read(costs: Costs, read: list[live.News], _: int, *, events: bool) -> None:
    read.append(live._read(costs.events if events else set(), costs.moved))


if __name__ == "__main__":
    sys.exit(main())
