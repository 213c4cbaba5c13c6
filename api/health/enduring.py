"""Work that goes on without anybody asking: what fails in one round is told, and the next round tries again."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

from api.health.outage import tell_away
from api.observing.rounds import round_of
from dispatch.errors import DispatchError
from geo_data.database import AWAY

log = logging.getLogger(__name__)


@contextmanager
def enduring(what: str) -> Iterator[None]:
    """Let one round of some work fail without anything else; it is timed and counted under its name."""
    try:
        with round_of(what):
            yield
    except AWAY as error:
        tell_away(what, error)
    except DispatchError as error:
        log.warning("%s: %s", what, error)
    except Exception:
        log.exception("%s failed", what)


def keep_doing(what: str, work: Callable[[], object], every_s: float, told_to_stop: Event) -> None:
    """Do some work at once, and again ``every_s`` after each round, until told to stop."""
    while True:
        with enduring(what):
            work()
        if told_to_stop.wait(every_s):
            return
