"""What goes on in the background: a round that fails is told, and the next one comes all the same."""

import logging
from itertools import count
from threading import Event

import pytest

from api.health.enduring import keep_doing
from api.service import background
from dispatch.errors import InvalidInput
from geo_data.database import DatabaseAway

FAILURES = (DatabaseAway("gone"), InvalidInput("not so"), ValueError("a mistake of ours"))


def test_every_kind_of_failure_is_told_and_the_next_round_comes(caplog: pytest.LogCaptureFixture) -> None:
    stop, rounds = Event(), count()

    def work() -> None:
        n = next(rounds)
        if n < len(FAILURES):
            raise FAILURES[n]
        stop.set()

    with caplog.at_level(logging.WARNING):
        keep_doing("a test of rounds", work, 0.0, stop)
    told = [(record.levelname, record.getMessage(), bool(record.exc_info)) for record in caplog.records]
    assert told == [
        ("WARNING", "a test of rounds: gone", False),
        ("WARNING", "a test of rounds: not so", False),
        ("ERROR", "a test of rounds failed", True),
    ]
    assert next(rounds) == len(FAILURES) + 1


def test_whoever_is_told_to_stop_does_the_round_at_hand_and_no_other() -> None:
    stop, done = Event(), []
    stop.set()
    keep_doing("a test of stopping", lambda: done.append(1), background.SEAL_EVERY_S, stop)
    assert done == [1]
