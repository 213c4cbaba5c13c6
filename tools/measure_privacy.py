"""What locking personal data costs: processor time of taking reports, and of folding incidents, locked and in plain words.

    python -m tools.measure_privacy [--incidents 1000] [--rounds 8]

Made-up incidents (模拟) are appended and folded in turns, one half as the service does it and one as before there were
locks, in one transaction that is rolled back. Processor time is that of this process and of its database session; the
ratio is of the two ways in the same round, with the 95 % interval of its mean over the rounds (Student).
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import numpy as np
from scipy.stats import t as student
from sqlalchemy import Connection, text

from api import wiring
from dispatch.events import Event
from geo_data.database import engine, migrate
from geo_data.stores.incident_search import find
from geo_data.stores.key_store import PostgisKeys
from geo_data.stores.postgis_log import PostgisLog
from tools.many_incidents import Made

TICK_S = 1.0 / os.sysconf("SC_CLK_TCK")
Timed = Callable[[], None]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--incidents", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=8)
    given = parser.parse_args()
    with wiring.database_running() as url:
        migrate(url)
        database = engine(url, pool_size=1)
        with database.connect() as connection, connection.begin() as work:
            measure(connection, given.incidents, given.rounds)
            work.rollback()
        database.dispose()


def measure(connection: Connection, incidents: int, rounds: int) -> None:
    """Take, fold and search in turns."""
    pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    histories = list(Made(2 * incidents, 30, datetime.now(UTC)).histories())
    share = len(histories) // (2 * rounds)
    took: dict[str, list[tuple[float, float]]] = {"report": [], "fold": [], "search": []}
    for n in range(rounds):
        parts = [histories[(2 * n + k) * share : (2 * n + k + 1) * share] for k in (0, 1)]
        if n % 2:
            parts.reverse()
        for name, spent in _round(connection, pid, parts[0], parts[1]):
            took[name].append(spent)
        sys.stderr.write(f"\rround {n + 1} of {rounds}")
    sys.stderr.write("\n")
    for name, pairs in took.items():
        print(_line(name, np.array(pairs), share))


def _round(
    connection: Connection, pid: int, locked: Sequence[list[Event]], plain: Sequence[list[Event]]
) -> Iterator[tuple[str, tuple[float, float]]]:
    def timed(work: Timed) -> float:
        began = time.process_time() + _session_s(pid)
        work()
        return time.process_time() + _session_s(pid) - began

    with_locks = timed(lambda: _append(connection, [h[:3] for h in locked]))
    with _without_locks():
        without = timed(lambda: _append(connection, [h[:3] for h in plain]))
    yield "report", (with_locks, without)
    _append(connection, locked, after=3)
    with _without_locks():
        _append(connection, plain, after=3)
    yield "fold", (timed(lambda: _fold(connection, locked)), timed(lambda: _fold(connection, plain)))
    since = datetime(2000, 1, 1, tzinfo=UTC)
    connection.execute(text("ANALYZE events, incidents, data_keys"))  # as the server does by itself after a while
    looked = timed(lambda: _search(connection, since))
    yield "search", (looked, float("nan"))


@contextmanager
def _without_locks() -> Iterator[None]:
    with (
        patch("geo_data.stores.postgis_log.locked", lambda _connection, _fact, _kind, body: body),
        patch.object(PostgisKeys, "remember", lambda *_: None),
    ):
        yield


def _append(connection: Connection, histories: Sequence[Sequence[Event]], after: int = 0) -> None:
    log = PostgisLog(connection)
    for history in histories:
        log.append(history[after:], after=after)


def _fold(connection: Connection, histories: Sequence[Sequence[Event]]) -> None:
    log = PostgisLog(connection)
    for history in histories:
        log.incident(history[0].incident_id)


def _search(connection: Connection, since: datetime) -> None:
    find(connection, ["粤Z00000"], since=since, limit=20)


def _session_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S


def _line(name: str, pairs: np.ndarray, n: int) -> str:
    ms = 1000 * pairs / n
    if np.isnan(pairs[:, 1]).any():
        return f"{name}: {1000 * pairs[-1, 0]:.0f} ms for one search of {2 * n * len(pairs)} incidents, half of them locked"
    ratio = pairs[:, 0] / pairs[:, 1]
    half = float(student.ppf(0.975, len(ratio) - 1) * ratio.std(ddof=1) / np.sqrt(len(ratio)))
    locked, plain = ms.mean(axis=0)
    return f"{name}: {locked:.2f} ms locked, {plain:.2f} ms plain, ratio {ratio.mean():.2f} ± {half:.2f} (n = {len(ratio)} rounds of {n})"


if __name__ == "__main__":
    main()
