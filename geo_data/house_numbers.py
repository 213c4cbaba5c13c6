"""A house number between known house numbers of the same road."""

from dataclasses import dataclass

import numpy as np

from geo_data.plane import Points

M_PER_NUMBER = 5.0  # a shop front every ten metres on either side, odd and even
LEAST_RADIUS_M = 150.0


@dataclass(frozen=True, slots=True)
class NumberedPoint:
    """Estimate of where a house number stands.

    Parameters
    ----------
    point : (2,) array
        Metres in the plane.
    radius_m : float
        Meant to hold the true place nine times in ten.
    known : bool
        The very number is in the tables.
    """

    point: Points
    radius_m: float
    known: bool


def locate_number(number: int, known: list[tuple[int, Points]]) -> NumberedPoint:
    """Place ``number`` on a road from the ``known`` numbers on it (at least one).

    Between two known numbers the place is interpolated; beyond the last it stays there, the more uncertain the further.
    """
    same = [point for other, point in known if other == number]
    if same:
        centre = np.median(same, axis=0)
        spread = max(float(np.hypot(*(point - centre))) for point in same)
        return NumberedPoint(centre, LEAST_RADIUS_M + spread, known=True)
    below = max((entry for entry in known if entry[0] < number), key=lambda entry: entry[0], default=None)
    above = min((entry for entry in known if entry[0] > number), key=lambda entry: entry[0], default=None)
    if below is None or above is None:
        nearest = below or above
        assert nearest is not None  # noqa: S101  one of the two is there, or `same` was
        return NumberedPoint(nearest[1], _beyond(abs(number - nearest[0])), known=False)
    share = (number - below[0]) / (above[0] - below[0])
    gap = float(np.hypot(*(above[1] - below[1])))
    radius = min(LEAST_RADIUS_M + 0.5 * gap, _beyond(min(number - below[0], above[0] - number)) + 0.25 * gap)
    return NumberedPoint(below[1] + share * (above[1] - below[1]), radius, known=False)


def _beyond(numbers: int) -> float:
    return min(LEAST_RADIUS_M + 2 * M_PER_NUMBER * numbers, 6000.0)
