"""When the database counts as away."""

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from api.health.database_watch import DatabaseWatch
from dispatch.errors import InvalidInput
from geo_data.database import DatabaseAway

SLOW = OperationalError("", None, psycopg.errors.ConnectionTimeout())


def test_a_refusal_counts_at_once_and_slowness_only_twice_in_a_row() -> None:
    watch, errors, returned = DatabaseWatch(), [], []
    watch._on_return = [lambda: returned.append(1)]

    def probe() -> None:
        if errors:
            raise errors[-1]

    away = []
    for error in (None, SLOW, None, SLOW):
        errors[:] = [error] if error else []
        watch.look(probe)
        away.append(watch.away_since is not None)
    assert away == [False] * 4, "slow now and then is a busy machine"
    watch.look(probe)
    assert watch.away_since is not None
    with pytest.raises(DatabaseAway):
        watch.check()
    errors.clear()
    watch.look(probe)
    assert (watch.away_since, returned) == (None, [1])
    errors.append(OperationalError("", None, psycopg.OperationalError("refused")))
    watch.look(probe)
    assert watch.away_since is not None


def test_a_fault_that_is_none_of_the_database_is_told_at_the_start() -> None:
    def probe() -> None:
        raise InvalidInput("the policy says something nobody knows")

    with pytest.raises(InvalidInput):
        DatabaseWatch().look(probe, first=True)
