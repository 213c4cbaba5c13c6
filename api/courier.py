"""Sends the notices of offers, beside the desk's watch, so that a slow push service holds nothing up."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from threading import Event, Thread

from sqlalchemy import Engine

from api import wiring
from api.degradations import degradations
from api.push_door import PushDoor
from api.settings import settings
from api.vapid import vapid
from api.web_push import WebPush
from dispatch.degradations import Part
from dispatch.notices import Delivery, Notice, Notifier
from geo_data.database import transaction
from geo_data.notice_store import PostgisNotices

log = logging.getLogger(__name__)

PAUSE_S = 0.5
AT_ONCE = 8  # notices sent side by side
FORGET_EVERY = 7200  # rounds, about an hour
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Courier:
    """Empties the outbox.

    Parameters
    ----------
    database : Engine
    notify : Notifier
    answer_limit_s : float
        Seconds a unit has for its answer; nothing is sent later.
    """

    database: Engine
    notify: Notifier
    answer_limit_s: float

    def round(self, now: datetime) -> int:
        """Try every notice that is due; returns how many were tried.

        A notice is settled after it was sent. Whoever is stopped in between sends it once more, and the phone shows the
        second in the place of the first.
        """
        with transaction(self.database) as connection:
            due = PostgisNotices(connection, self.answer_limit_s).due(now)
        if not due:
            return 0
        with ThreadPoolExecutor(min(AT_ONCE, len(due))) as pool:
            tried = list(pool.map(partial(self._try, now=now), due))
        with transaction(self.database) as connection:
            store = PostgisNotices(connection, self.answer_limit_s)
            for notice, delivery in zip(due, tried, strict=True):
                store.settle(notice, delivery, now)
        return len(due)

    def forget(self, now: datetime) -> None:
        """Drop settled notices that nobody asks about any more."""
        with transaction(self.database) as connection:
            PostgisNotices(connection, self.answer_limit_s).forget_before(now - KEPT)

    def _try(self, notice: Notice, now: datetime) -> Delivery:
        try:
            return self.notify(notice, now)
        except Exception:  # one unit's trouble is not another's
            log.exception("notice of %s", notice.assignment_id)
            return Delivery(reached=notice.reached, again=True)


def courier(database: Engine) -> Courier:
    """The courier of this process, by its settings."""
    notify = WebPush(database, push_door(), vapid(), settings().push_contact)
    return Courier(database, _telling(notify), wiring.policy().offers.answer_timeout_s)


def _telling(notify: Notifier) -> Notifier:
    """A notifier that says when it does not get through, and when it does again."""

    def told(notice: Notice, now: datetime) -> Delivery:
        delivery = notify(notice, now)
        if delivery.again:
            degradations().lost(Part.PUSH, now)
        elif delivery.reached:
            degradations().back(Part.PUSH)
        return delivery

    return told


def push_door() -> PushDoor:
    """Where pushes may go, by the settings."""
    return PushDoor(tuple(settings().push_hosts))


@contextmanager
def working(make: Callable[[], Courier]) -> Iterator[None]:
    """Let a courier work in a thread for the time of the block; the round it is in is finished."""
    stop = Event()
    thread = Thread(target=_work, args=(make, stop), name="courier", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _work(make: Callable[[], Courier], stop: Event) -> None:
    made: Courier | None = None
    for step in count():
        if stop.wait(PAUSE_S):
            return
        try:
            made = made or make()
            made.round(datetime.now(UTC))
            if step % FORGET_EVERY == 0:
                made.forget(datetime.now(UTC))
        except Exception:  # tried again in a moment: the database may be away
            log.exception("sending notices")
