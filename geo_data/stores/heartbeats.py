"""Signs of life, written and read by the clock of the database, so that no two clocks are compared."""

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from geo_data.tables.heartbeat_schema import heartbeats

BACKGROUND = "background"  # the name under which it is alive


def beat(connection: Connection, name: str) -> None:
    """Say that ``name`` is alive now."""
    alive = insert(heartbeats).values(name=name, at=func.clock_timestamp())
    connection.execute(alive.on_conflict_do_update(index_elements=["name"], set_={"at": alive.excluded.at}))


def silence_s(connection: Connection, name: str) -> float | None:
    """Seconds since ``name`` was last alive; None when it never was."""
    age = func.extract("epoch", func.clock_timestamp() - heartbeats.c.at)
    found = connection.execute(select(age).where(heartbeats.c.name == name)).scalar()
    return None if found is None else max(0.0, float(found))
