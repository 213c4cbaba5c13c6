"""Roads closed for some hours of a simulated day (模拟), which the desk may hear of late.

What is closed is a circle: whoever would drive past its middle while it is closed makes a detour. That is simpler than a network
with roads taken out, which would need a table of travel times of its own for each closure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from math import cos, radians

import numpy as np
import numpy.typing as npt

from dispatch.location import Position
from dispatch.simulation.draws import Draws
from dispatch.unit import GUANGZHOU_TIME

M_PER_LAT = 111_195.08
M_PER_LON = cos(radians(23.1)) * M_PER_LAT


@dataclass(frozen=True, slots=True)
class Closure:
    """Roads closed around a point.

    Parameters
    ----------
    centre : Position
    radius_m : float
    begins_at, ends_at : datetime
    told_at : datetime
        From when on the desk knows, until the end.
    detour_s : float
        How much longer the way around is.
    """

    centre: Position
    radius_m: float
    begins_at: datetime
    ends_at: datetime
    told_at: datetime
    detour_s: float

    def met_by(self, origins: Sequence[Position], scene: Position) -> npt.NDArray[np.bool_]:
        """Which straight lines from the origins to the scene pass within the radius."""
        x, y = (np.array([getattr(p, axis) for p in origins]) for axis in ("lon", "lat"))
        x, y = (x - self.centre.lon) * M_PER_LON, (y - self.centre.lat) * M_PER_LAT
        to_x = (scene.lon - self.centre.lon) * M_PER_LON - x
        to_y = (scene.lat - self.centre.lat) * M_PER_LAT - y
        length2 = np.maximum(to_x**2 + to_y**2, 1e-9)
        share = np.clip(-(x * to_x + y * to_y) / length2, 0.0, 1.0)
        return np.asarray(np.hypot(x + share * to_x, y + share * to_y) <= self.radius_m)


class DailyClosures:
    """Some closures each day, drawn by seed.

    Parameters
    ----------
    seed : int
    spots : sequence of Position
        Where roads are closed; at least one.
    per_day : float
        Mean number of them.
    """

    HOURS, RADIUS_M, DETOUR_S, LATE_S = 2.5, 350.0, 300.0, 1500.0  # means, drawn anew for each; assumptions

    def __init__(self, seed: int, spots: Sequence[Position], per_day: float) -> None:
        self._draws, self._spots, self._per_day = Draws(seed), spots, per_day
        self._of = lru_cache(maxsize=4)(self._drawn)

    def __call__(self, day: date) -> Sequence[Closure]:
        """Those of one day."""
        return self._of(day)

    def _drawn(self, day: date) -> tuple[Closure, ...]:
        share, number = 0.0, day.toordinal()
        found: list[Closure] = []
        while self._per_day > 0:
            share += self._draws.exponential(1 / self._per_day, "closure", number, len(found))
            if share >= 1:
                break
            found.append(self._one(number, len(found), share))
        return tuple(found)

    def _one(self, number: int, k: int, share: float) -> Closure:
        def mean(value: float, what: str) -> float:
            return self._draws.exponential(value, what, number, k)

        midnight = datetime.combine(date.fromordinal(number), time(), GUANGZHOU_TIME).timestamp()
        begins = midnight + share * 86_400
        ends = begins + mean(self.HOURS * 3600, "closed-h")
        told = min(begins + mean(self.LATE_S, "told"), ends)
        return Closure(
            centre=self._spots[self._draws.bits("where", number, k) % len(self._spots)],
            radius_m=self.RADIUS_M,
            begins_at=datetime.fromtimestamp(begins, GUANGZHOU_TIME),
            ends_at=datetime.fromtimestamp(ends, GUANGZHOU_TIME),
            told_at=datetime.fromtimestamp(told, GUANGZHOU_TIME),
            detour_s=mean(self.DETOUR_S, "detour"),
        )
