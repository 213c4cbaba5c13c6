"""Expected cover: the share of accidents for which somebody near enough is expected to be free.

The maximum expected covering location problem (M. S. Daskin, "A maximum expected covering location model", Transportation
Science 17(1), 1983): each unit is taken with probability q, whatever the others do, so a place that k units cover is
covered with probability 1 - q^k, and the k-th unit adds (1 - q) q^(k-1). Used in real time by C. J. Jagtenberg, S. Bhulai
and R. D. van der Mei, "An efficient heuristic for real-time ambulance redeployment", Operations Research for Health Care 4,
2015 (where to wait) and "Dynamic ambulance dispatching: is the closest-idle policy always optimal?", Health Care Management
Science 20, 2017 (whom to send).
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dispatch.policy.policy import Policy
from dispatch.ports import Reach

Floats = npt.NDArray[np.float64]


def covers(reach: Reach, policy: Policy) -> Floats:
    """(k, c) 1 where turnout and road from a place take no more than the policy's share of the cell's limit, else 0."""
    limit_s = policy.choosing.cover_share * reach.limit_s - policy.arrival.turnout_median_s
    return np.asarray(reach.seconds <= limit_s, dtype=np.float64)


def expected_cover(covered: Floats, weight: Floats, busy_share: float) -> float:
    """Share of accidents, 0 to 1, for which one of the units is expected to be near enough and free."""
    return float(weight @ (1 - busy_share ** covered.sum(axis=0)))


def lost(covered: Floats, weight: Floats, busy_share: float) -> Floats:
    """(n,) expected cover that would be lost with each unit alone."""
    return np.asarray(covered @ last_adds(covered.sum(axis=0), weight, busy_share))


def missed_in(covered: Floats, last: Floats, area: tuple[str, ...]) -> list[str]:
    """The area in which each of some units would be missed most, given what the last unit adds; empty where nowhere."""
    names, inside = _areas(area)
    loss = (covered * last) @ inside
    most = zip(loss.argmax(axis=1).tolist(), loss.max(axis=1).tolist(), strict=True)
    return [names[k] if missed > 0 else "" for k, missed in most]


@lru_cache(maxsize=4)
def _areas(area: tuple[str, ...]) -> tuple[list[str], Floats]:
    """The names, and (c, names) 1 where a cell lies in the area."""
    names, index = np.unique(np.array(area), return_inverse=True)
    return names.tolist(), np.eye(len(names))[index]


def last_adds(n: Floats, weight: Floats, busy_share: float) -> Floats:
    """(c,) what the last of the ``n`` (c,) units that cover a cell adds to it; nothing where there is none."""
    return np.asarray(np.where(n > 0, weight * (1 - busy_share) * busy_share ** np.maximum(n - 1, 0), 0.0))
