"""Where accidents are expected, by cells, and how soon they are reached: what the desk reckons cover from.

Cells are H3 cells that hold spots of demand; a position is taken to be at the cell nearest to it, so that the road times
between all cells, made once, tell the rest. All roads keep the same share of free flow in an hour: one table serves all.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

import numpy as np
from scipy.spatial import cKDTree

from dispatch.location import Position
from dispatch.ports import Reach
from geo_data.demand.spots import Spots
from geo_data.planning.demand_cells import demand_cells
from geo_data.roads.network import Floats
from geo_data.roads.plane import to_plane
from geo_data.roads.routing import Router

SHARE = 0.9  # of the accidents lie in the cells that are kept; the rest are spread over as many again
LimitOf = Callable[[str, Position], float]


class DemandCells:
    """A `dispatch.ports.DemandReach`.

    Parameters
    ----------
    router : Router
        With the usual speeds: cover is no matter of the minute.
    spots : Spots
    limit_of : callable
        Seconds within which somebody should be at a position of a district.
    """

    def __init__(self, router: Router, spots: Spots, limit_of: LimitOf) -> None:
        self._router = router
        cells = demand_cells(spots.lon, spots.lat, spots.weight, share=SHARE)
        at, self._positions, self._weight = cells.at, cells.position, cells.weight
        self._area = tuple(str(spots.district[k]) for k in at)
        self._limit_s = np.array([limit_of(d, p) for d, p in zip(self._area, self._positions, strict=True)])
        self._tree = cKDTree(to_plane(spots.lon[at], spots.lat[at]))
        self._seconds_at = lru_cache(maxsize=2)(self._scaled)
        self._free_flow_s: Floats | None = None

    def __call__(self, positions: Sequence[Position], now: datetime) -> Reach:
        """Road seconds from the cell of every position to every cell at ``now``."""
        _, cell = self._tree.query(to_plane([p.lon for p in positions], [p.lat for p in positions]))
        cells, place = np.unique(cell, return_inverse=True)
        seconds = self._seconds_at(self._router.metric(now).ratio)[cells]
        return Reach(seconds, place, self._weight, self._limit_s, self._area)

    def _scaled(self, ratio: float) -> Floats:
        return np.asarray(self._between_cells_s() / ratio)

    def _between_cells_s(self) -> Floats:
        """Free-flow seconds between all cells; a race makes them twice, alike."""
        if self._free_flow_s is None:
            noon = datetime.fromisoformat("2026-01-05T12:00+08:00")
            found = self._router.matrix(self._positions, self._positions, noon)
            self._free_flow_s = found * self._router.metric(noon).ratio
        return self._free_flow_s
