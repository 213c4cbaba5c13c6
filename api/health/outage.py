"""Telling that the database is away: one line now and then, however many ask for it in vain."""

import logging
import time
from collections import Counter
from threading import Lock

log = logging.getLogger(__name__)

SELDOM_S = 10.0

_told_s: dict[str, float] = {}
_kept_back: Counter[str] = Counter()
_lock = Lock()


def tell_away(who: str, error: Exception) -> None:
    """Log that somebody could not work for want of the database; each ``who`` at most once in `SELDOM_S`."""
    now_s = time.monotonic()
    with _lock:
        if now_s - _told_s.get(who, -SELDOM_S) < SELDOM_S:
            _kept_back[who] += 1
            return
        _told_s[who] = now_s
        more = _kept_back.pop(who, 0)
    log.warning("%s: %s%s", who, first_line(error), f" (and {more} times more before)" if more else "")


def first_line(error: Exception) -> str:
    """What a log needs of an error that is no surprise."""
    return str(error).partition("\n")[0]
