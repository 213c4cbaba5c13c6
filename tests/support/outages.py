"""State folders of tests' own, and what tests of outages share."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from api import building, wiring
from api.health.degradations import degradations
from api.messaging.vapid import vapid
from api.queue.taking import queue
from api.service import setup
from api.settings import PROJECT, settings
from api.views.kept_free import kept_free
from dispatch.events import Event, IncidentReported
from geo_data.database import close, transaction
from geo_data.stores.postgis_log import PostgisLog
from geo_data.tables.schema import events


@contextmanager
def wired_in(state: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let this process serve DATABASE_URL with a state folder that no other test, and no other worker, writes into."""
    monkeypatch.setenv("GZ_STATE", str(state))
    monkeypatch.setenv("GZ_SIMULATION", "false")
    forget_settings()
    borrow_network(state)
    setup.make_secrets()
    yield
    close(wiring.database())
    forget_settings()


def forget_settings() -> None:
    """Read the environment anew."""
    for cached in (settings, wiring.database, queue, degradations, vapid, kept_free):
        cached.cache_clear()


def borrow_network(state: Path) -> None:
    """Give a new state folder the compiled network that other tests use: compiling takes a while."""
    kept = PROJECT / ".state" / "test" / wiring.builtin_file().name
    kept.parent.mkdir(parents=True, exist_ok=True)
    with (kept.parent / "compiling").open("w") as turn:  # one worker compiles, the others wait for it
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not kept.exists():
            building.compile_builtin(kept)
    state.mkdir(exist_ok=True)
    (state / kept.name).symlink_to(kept)


def reported() -> list[IncidentReported]:
    """The reports in the log, in the order in which they were recorded."""
    order = select(events.c.incident_id).where(events.c.kind == "IncidentReported").order_by(events.c.id)
    with transaction(wiring.database()) as connection:
        log = PostgisLog(connection)
        return [_first(log.history(one)) for (one,) in connection.execute(order).all()]


def _first(history: list[Event]) -> IncidentReported:
    assert isinstance(history[0], IncidentReported)
    return history[0]
