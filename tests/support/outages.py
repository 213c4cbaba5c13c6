"""What tests of outages share."""

from pathlib import Path

from sqlalchemy import select

from api import building, wiring
from api.queue.taking import queue
from api.settings import PROJECT, settings
from dispatch.events import Event, IncidentReported
from geo_data.database import transaction
from geo_data.stores.postgis_log import PostgisLog
from geo_data.tables.schema import events


def forget_settings() -> None:
    """Read the environment anew."""
    for cached in (settings, wiring.database, queue):
        cached.cache_clear()


def borrow_network(state: Path) -> None:
    """Give a new state folder the compiled network that other tests use: compiling takes a while."""
    kept = PROJECT / ".state" / "test" / wiring.builtin_file().name
    if not kept.exists():
        building.compile_builtin(kept)
    state.mkdir()
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
