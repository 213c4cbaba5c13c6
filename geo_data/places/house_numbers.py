"""A house number between known house numbers of the same road."""

from dataclasses import dataclass

import numpy as np

from geo_data.roads.plane import Points

M_PER_NUMBER = 5.0  # a shop front every ten metres on either side, odd and even
LEAST_RADIUS_M = 250.0
SOFTENING = 10.0
MOST_NEIGHBOURS = 4


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

    Between known numbers the place is interpolated by inverse squared steps; beyond the last it stays there, the more
    uncertain the further.
    """
    same = [point for other, point in known if other == number]
    if same:
        centre = np.median(same, axis=0)
        spread = max(float(np.hypot(*(point - centre))) for point in same)
        return NumberedPoint(centre, LEAST_RADIUS_M + spread, known=True)
    # Tables hold wrong numbers, so all known ones have a say, the nearest the loudest.
    steps = np.array([abs(number - other) for other, _ in known], dtype=float)
    points = np.array([point for _, point in known])
    say = 1 / (steps + SOFTENING) ** 2
    centre = (say[:, None] * points).sum(axis=0) / say.sum()
    spread = float(np.sqrt((say * ((points - centre) ** 2).sum(axis=1)).sum() / say.sum()))
    return NumberedPoint(centre, LEAST_RADIUS_M + 1.5 * spread + _beyond(float(steps.min())), known=False)


def _beyond(numbers: float) -> float:
    return min(2 * M_PER_NUMBER * numbers, 5000.0)


def neighbours(number: int, known: list[tuple[int, Points]]) -> list[tuple[Points, float]]:
    """The nearest known numbers as points with the radius in metres that their distance in numbers leaves open."""
    nearest = sorted(known, key=lambda one: abs(one[0] - number))[:MOST_NEIGHBOURS]
    return [(point, LEAST_RADIUS_M + _beyond(abs(other - number))) for other, point in nearest]
