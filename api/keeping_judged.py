"""Keeping the table of verdicts up to date, beside everything else: it only makes answers quicker, never different."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event

from sqlalchemy import Engine

from api import wiring
from dispatch.errors import DispatchError
from geo_data.database import transaction
from geo_data.judged_store import AT_ONCE, PostgisJudged

log = logging.getLogger(__name__)

PAUSE_S = 10.0
BREATH_S = 0.5  # between batches while much is to be done, so that the watch has its turn


def keep_judging(database: Engine, told_to_stop: Event) -> None:
    """Bring the table up to date until told to stop; what fails is logged and tried again."""
    while True:
        done = 0
        try:
            with transaction(database) as connection:
                done = PostgisJudged(connection, wiring.policy().audit).refresh(datetime.now(UTC))
        except DispatchError as error:
            log.warning("judging: %s", error)
        except Exception:
            log.exception("judging failed")
        if told_to_stop.wait(BREATH_S if done == AT_ONCE else PAUSE_S):
            return


def catch_up(database: Engine, say: Callable[[int], None] = lambda _: None) -> int:
    """Judge all that is behind, a transaction a batch; returns how many."""
    whole = 0
    while True:
        with transaction(database) as connection:
            done = PostgisJudged(connection, wiring.policy().audit).refresh(datetime.now(UTC))
        whole += done
        say(whole)
        if done < AT_ONCE:
            return whole
