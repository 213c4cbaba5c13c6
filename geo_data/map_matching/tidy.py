"""A track as it comes from phones, made fit for matching: in order, each moment once, without what says nothing."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dispatch.unit import Fix
from geo_data.roads.network import Floats

MOST_VAGUE_M = 250.0  # a fix that may be farther off than this names no road
STATED_TO_SD = (
    1.515  # phones state the radius that holds two fixes in three: sqrt(-2 ln(1 - 0.6827)) standard deviations
)
LEAST_SD_M = 4.0  # no phone is surer than this between houses: Newson and Krumm measured 4.07 m
STILL_SDS = 2.0  # a fix that near to the one before adds noise, not knowledge (Newson and Krumm, section 4.1)

Rows = npt.NDArray[np.int64]


def in_order(track: Sequence[Fix]) -> Rows:
    """Rows of the fixes to match: by time, of each moment the most accurate, none that is too vague.

    Parameters
    ----------
    track : sequence of Fix
        Of one unit, in any order, the same fix perhaps more than once.
    """
    best: dict[float, int] = {}
    for row in sorted(range(len(track)), key=lambda i: (track[i].at, track[i].accuracy_m, i)):
        if track[row].accuracy_m <= MOST_VAGUE_M:
            best.setdefault(track[row].at.timestamp(), row)
    return np.array(list(best.values()), dtype=np.int64)


def deviations_m(track: Sequence[Fix]) -> Floats:
    """(n,) standard deviation of each fix in one direction, in metres."""
    return np.maximum(np.array([fix.accuracy_m for fix in track], dtype=np.float64) / STATED_TO_SD, LEAST_SD_M)


def moving(points: Floats, sd_m: Floats) -> npt.NDArray[np.bool_]:
    """(n,) which fixes are far enough from the last one kept to say that the unit has moved; the first always is."""
    kept = np.zeros(len(points), dtype=np.bool_)
    last = -1
    for i in range(len(points)):
        if last < 0 or np.hypot(*(points[i] - points[last])) > STILL_SDS * min(sd_m[i], sd_m[last]):
            kept[i], last = True, i
    return kept
