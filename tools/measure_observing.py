"""Measure what numbers, log lines, request ids and hooks for spans cost a request (模拟).

One process, one database of its own; the same request in turns with all of it and with none: without the outer layer, the
watched engine and the seen desk. The log is written to a file as JSON, numbers are shared as between forked workers, spans are
off. Processor time of this process, the client's part (which is the same in both) included, so the ratio is a little flattered;
the difference in milliseconds is not.

Run: ``python -m tools.measure_observing [--turns 300]``.
"""

import argparse
import asyncio
import gc
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2 as httpx
import numpy as np

from api.observing import sharing
from geo_data.cluster.cluster import PrivateCluster

FOLDER = Path(tempfile.mkdtemp(prefix="gz-observing-"))
FOLDER.chmod(0o755)  # the database runs as another user
sharing.share(FOLDER / "numbers")  # before anything that counts is imported

from api import wiring  # noqa: E402
from api.access import sessions  # noqa: E402
from api.credentials import accounts, security  # noqa: E402
from api.main import create_app  # noqa: E402
from api.observing import desk_steps, logs  # noqa: E402
from api.observing.middleware import Observed  # noqa: E402
from api.service import setup  # noqa: E402
from dispatch.desk import Desk  # noqa: E402
from dispatch.location import Position  # noqa: E402
from dispatch.unit import Fix, Unit  # noqa: E402
from dispatch.vocabulary import Role  # noqa: E402
from geo_data.database import engine, migrate, transaction  # noqa: E402
from geo_data.stores.fleet_store import PostgisFleet  # noqa: E402

UNITS = [
    Unit(id=f"S{n:03}", name=f"查勘员{n:03}", role=Role.SURVEYOR, standby=Position(113.2 + n / 300, 23.12))
    for n in range(60)
]
REPORT = {"text": "天河区黄埔大道西与猎德大道交叉口,两车追尾,一人受伤"}
RESAMPLES = 2000


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--turns", type=int, default=300)
    turns = asked.parse_args().turns
    with (FOLDER / "log").open("w") as stream, PrivateCluster(FOLDER / "cluster", durable=False) as url:
        logs.begin("json", stream)
        os.environ |= {"DATABASE_URL": url, "GZ_SIMULATION": "false"}
        _prepare(url)
        asyncio.run(_measure(turns))
    shutil.rmtree(FOLDER, ignore_errors=True)


def _prepare(url: str) -> None:
    migrate(url)
    setup.make_secrets()
    now = datetime.now(UTC)
    with transaction(wiring.database()) as connection:
        PostgisFleet(connection).save_units(UNITS)
        PostgisFleet(connection).record_fixes([Fix(unit_id=u.id, position=u.standby, at=now) for u in UNITS], now)
        accounts.save(connection, security.Account("dispatcher", "dispatcher"), "a long password")


async def _measure(turns: int) -> None:
    seen, plain = create_app(), create_app()
    plain.user_middleware = [layer for layer in plain.user_middleware if layer.cls is not Observed]
    with transaction(wiring.database()) as connection:
        token = sessions.begin(
            connection, security.Account("dispatcher", "dispatcher"), datetime.now(UTC), way="password"
        )
    async with seen.router.lifespan_context(seen):
        clients = [
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app),
                base_url="http://measure",
                headers={"Authorization": f"Bearer {token}"},
            )
            for app in (seen, plain)
        ]
        step = iter(range(10**9))
        started_at = datetime.now(UTC) - timedelta(minutes=30)

        def fix() -> dict[str, Any]:
            n = next(step)
            at = started_at + timedelta(milliseconds=n)
            return {"fixes": [{"unit_id": UNITS[n % 60].id, "lon": 113.3, "lat": 23.12, "at": at.isoformat()}]}

        await _compare("POST /v1/positions", turns, clients, "/v1/positions", fix)
        await _compare("POST /v1/reports", max(20, turns // 4), clients, "/v1/reports", lambda: REPORT)


async def _compare(
    name: str, turns: int, clients: list[httpx.AsyncClient], path: str, body: Callable[[], dict[str, Any]]
) -> None:
    spent_ms: tuple[list[float], list[float]] = ([], [])
    for turn in range(turns + 10):
        for which in (0, 1) if turn % 2 else (1, 0):
            with _unseen() if which else _as_it_is():
                gc.collect(0)
                began = time.process_time()
                answer = await clients[which].post(path, json=body())
                spent = time.process_time() - began
            answer.raise_for_status()
            if turn >= 10:
                spent_ms[which].append(1000 * spent)
    with_it, without = map(np.asarray, spent_ms)
    ratio, differs = _interval(with_it, without, lambda a, b: a / b), _interval(with_it, without, lambda a, b: a - b)
    print(
        f"{name}: with / without {ratio}, difference {differs} ms (medians {np.median(with_it):.2f} and "
        f"{np.median(without):.2f} ms), n = {turns} each"
    )


def _interval(a: Any, b: Any, of: Callable[[Any, Any], Any]) -> str:
    """Of the medians, with a 95 % interval from resampled turns."""
    picks = np.random.default_rng(1).integers(0, len(a), (RESAMPLES, len(a)))
    low, high = np.quantile(of(np.median(a[picks], axis=1), np.median(b[picks], axis=1)), (0.025, 0.975))
    return f"{of(np.median(a), np.median(b)):.2f} [{low:.2f}, {high:.2f}]"


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


_bare: list[Any] = []


@contextmanager
def _unseen() -> Iterator[None]:
    """Nothing is seen while the block runs: another engine, and the desk as it is made."""
    if not _bare:
        _bare.append(engine(wiring.database_url()))
    database, observed = wiring.database, desk_steps.observed

    def same(desk: Desk) -> Desk:
        return desk

    wiring.database, desk_steps.observed = lambda: _bare[0], same  # type: ignore[assignment]
    try:
        yield
    finally:
        wiring.database, desk_steps.observed = database, observed


if __name__ == "__main__":
    main()
