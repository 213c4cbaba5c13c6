"""Keeping the table of verdicts up to date, beside everything else: it only makes answers quicker, never different."""

from datetime import UTC, datetime
from threading import Event

from sqlalchemy import Engine

from api import wiring
from api.health.enduring import enduring
from geo_data.database import transaction
from geo_data.stores.judged_store import AT_ONCE, PostgisJudged

PAUSE_S = 10.0
BREATH_S = 0.5  # between batches while much is to be done, so that the watch has its turn


def keep_judging(database: Engine, told_to_stop: Event) -> None:
    """Bring the table up to date until told to stop."""
    while True:
        done = 0
        with enduring("judging"):
            done = _refresh(database)
        if told_to_stop.wait(BREATH_S if done == AT_ONCE else PAUSE_S):
            return


def catch_up(database: Engine) -> int:
    """Judge all that is behind, a transaction a batch; returns how many."""
    whole = 0
    while True:
        done = _refresh(database)
        whole += done
        if done < AT_ONCE:
            return whole


def _refresh(database: Engine) -> int:
    """Judge at most `AT_ONCE` in one transaction; returns how many."""
    with transaction(database) as connection:
        return PostgisJudged(connection, wiring.policy().audit).refresh(datetime.now(UTC))
