"""An engine that is closed leaves no connection behind, whoever still uses one."""

import pytest
from sqlalchemy import text

from dispatch.errors import Unavailable
from geo_data.database import close, engine, transaction


def test_a_connection_in_use_while_its_engine_is_closed_is_closed_when_it_comes_back(database: str) -> None:
    made = engine(database)
    idle, busy = made.connect(), made.connect()
    raws = [one.connection.dbapi_connection for one in (idle, busy)]
    idle.close()
    close(made)
    assert [raw.closed for raw in raws] == [True, False]
    assert busy.execute(text("SELECT 1")).scalar() == 1
    busy.close()
    assert raws[1].closed


def test_an_engine_that_was_closed_can_be_used_again(database: str) -> None:
    made = engine(database)
    close(made)
    for _ in range(2):
        with made.connect() as connection:
            raw = connection.connection.dbapi_connection
        assert not raw.closed  # kept for the next
    close(made)
    assert raw.closed


def test_who_finds_every_connection_taken_is_told_to_come_again(database: str) -> None:
    made = engine(database, pool_size=1)
    made.pool._timeout = 0.01  # type: ignore[attr-defined]
    taken = [made.connect(), made.connect()]
    with pytest.raises(Unavailable, match="Too many requests"), transaction(made):
        pass
    for one in taken:
        one.close()
    made.dispose()
