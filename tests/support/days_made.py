"""The moment a day's table of fixes is made while somebody writes a fix of that day."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import TypeVar

from sqlalchemy import Engine, text

from geo_data.database import transaction
from geo_data.stores.fix_days import FixDays

LIMIT_S = 300.0  # a guard
Told = TypeVar("Told")
_WAITS = text("""
SELECT count(*) FROM pg_locks
WHERE NOT granted AND relation = 'fix_days.other'::regclass
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
""")


def written_while_made(database: Engine, day: date, write: Callable[[], Told]) -> Told:
    """What ``write`` returns, which had to wait for the transaction that makes the day."""
    with ThreadPoolExecutor(1) as other:
        with transaction(database) as maker:
            FixDays(maker).make([day])
            written = other.submit(write)
            _until_it_waits(database, written)
        return written.result(LIMIT_S)


def _until_it_waits(database: Engine, written: Future[object]) -> None:
    limit_s = time.monotonic() + LIMIT_S
    with database.connect() as watching:
        while not watching.execute(_WAITS).scalar_one():
            assert not written.done(), "It waited for nobody."
            assert time.monotonic() < limit_s
            watching.rollback()
            time.sleep(0.01)
