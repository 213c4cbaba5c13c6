"""An engine that is closed leaves no connection behind, whoever still uses one."""

from sqlalchemy import text

from geo_data.database import close, engine


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
