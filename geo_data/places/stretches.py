"""Stretches of a road: some spots along each, in the part of town that was named."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dispatch.location import Position
from geo_data.places.road_index import RoadShape
from geo_data.roads.plane import Points, position_of

MOST_STRETCHES = 6
MOST_POINTS = 60  # of a stretch are looked at
MOST_SHARED = 300  # points that a share is counted of
TOWN_REACH_M = 4000.0
MOST_SPOTS = 8
SPOT_RADIUS_M = 400.0
UNSEEN_ROAD_M = 600.0  # a road known by one point only
MOST_KEPT = 20_000


@dataclass(frozen=True, eq=False, slots=True)
class Stretch:
    """One stretch of a road.

    Parameters
    ----------
    spots : (k, 2) array
        Points along it, in order, metres in the plane; each stands for the part about it.
    spot_radius_m : float
        Meant to hold the true place nine times in ten, were it in that part.
    share : float
        Of the road's points, before the part of town was looked at, 0 to 1.
    """

    spots: Points
    spot_radius_m: float
    share: float


class Stretches:
    """The stretches of roads; the answers are kept, for the same roads are named again and again.

    Parameters
    ----------
    district_of : callable
    towns : mapping of town name to the points of places said to be in it
    """

    def __init__(self, district_of: Callable[[Position], str | None], towns: Mapping[str, Sequence[Points]]) -> None:
        self._district_of = district_of
        self._towns = towns
        self.of = lru_cache(maxsize=MOST_KEPT)(self._of)

    def _of(self, shape: RoadShape, district: str | None, town: str | None) -> list[Stretch]:
        """The largest stretches of ``shape``, each where it lies in ``district`` and in ``town`` (by its stem), if any does."""
        return [self._stretch(shape, piece, district, town) for piece in shape.pieces[:MOST_STRETCHES]]

    def _stretch(self, shape: RoadShape, piece: Points, district: str | None, town: str | None) -> Stretch:
        part = self._part(piece, district, self._towns.get(town, []) if town else [])
        centre = part[np.hypot(*(part - np.median(part, axis=0)).T).argmin()]
        reach = float(np.quantile(np.hypot(*(part - centre).T), 0.9))
        spots = _spots(part)
        unseen = 0.0 if shape.drawn else UNSEEN_ROAD_M / np.sqrt(len(part))
        share = min(1.0, float(np.sqrt(len(piece) / len(shape.points[:MOST_SHARED]))))
        return Stretch(spots, SPOT_RADIUS_M + reach / len(spots) + unseen, share)

    def _part(self, piece: Points, district: str | None, towns: Sequence[Points]) -> Points:
        """Points of ``piece`` in the stated town and district; all of them where none is."""
        piece = piece[:: max(1, len(piece) // MOST_POINTS)]
        if towns:
            close = np.hypot(*(piece - np.median(towns, axis=0)).T) < TOWN_REACH_M
            piece = piece[close] if close.any() else piece
        if district:
            inside = np.array([self._district_of(position_of(point)) == district for point in piece])
            piece = piece[inside] if inside.any() else piece
        return piece


def _spots(part: Points) -> Points:
    along = (part - part.mean(axis=0)) @ _main_axis(part)
    at = (np.arange(MOST_SPOTS) + 0.5) / MOST_SPOTS * len(part)
    return np.asarray(part[np.argsort(along)][np.unique(at.astype(int))])


def _main_axis(part: Points) -> Points:
    return np.asarray(np.linalg.eigh(np.cov(part.T))[1][:, -1]) if len(part) > 1 else np.zeros(2)
