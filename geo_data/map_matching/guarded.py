"""What stands between the desk and map matching: a limit of time, and a word about it when it fails."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import BoundedSemaphore

from dispatch.degradations import Degradations, Part
from dispatch.errors import Unavailable
from dispatch.track_matching import MatchedTrack, MatchTrack
from dispatch.unit import Fix

log = logging.getLogger(__name__)

LIMIT_S = 5.0
MOST_AT_ONCE = 2


class GuardedMatching:
    """A `MatchTrack` that answers in time or raises `Unavailable`; threads may share it.

    Parameters
    ----------
    match : MatchTrack
    degradations : Degradations
        Told when matching fails and when it is back.
    clock : callable
    limit_s : float
    """

    def __init__(
        self, match: MatchTrack, degradations: Degradations, clock: Callable[[], datetime], *, limit_s: float = LIMIT_S
    ) -> None:
        self._match, self._degradations, self._clock, self._limit_s = match, degradations, clock, limit_s
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="map matching")
        self._free = BoundedSemaphore(MOST_AT_ONCE)

    def __call__(self, track: Sequence[Fix]) -> MatchedTrack:
        """Match the fixes of one unit, in any order; raises `Unavailable` where that fails or takes too long."""
        if not self._free.acquire(blocking=False):  # those before have not come back yet
            raise self._away("busy")
        asked = self._threads.submit(self._match, track)
        asked.add_done_callback(lambda _: self._free.release())
        try:
            found = asked.result(timeout=self._limit_s)
        except TimeoutError:
            raise self._away(f"no answer within {self._limit_s:g} s") from None
        except Exception as error:  # whatever it is, the distance can still be checked
            log.exception("map matching failed")
            raise self._away(type(error).__name__) from None
        self._degradations.back(Part.MAP_MATCHING)
        return found

    def _away(self, why: str) -> Unavailable:
        self._degradations.lost(Part.MAP_MATCHING, self._clock())
        return Unavailable(
            f"轨迹匹配暂不可用({why}):到场按定位距离核对。(Map matching is away: the distance alone is checked.)"
        )
