"""How likely a report in each H3 cell would be kept, by who could go: road time of the nearest, as an arrival forecast."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import h3.api.basic_int as h3
import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from dispatch.arrival import SHORTEST_TRAVEL_S, sums, travel_log_sds
from dispatch.location import Position
from dispatch.policy.policy import ArrivalModel
from geo_data.districts import districts_of
from geo_data.roads.network import Floats, Network
from geo_data.roads.routing import Places, Router
from geo_data.roads.speeds import speed_log_sd

LimitOf = Callable[[str, Position], float]


@dataclass(frozen=True, eq=False, slots=True)
class KeptCover:
    """Probability by cell.

    Parameters
    ----------
    cells : (c,) uint64
        H3 cells with a junction of a district in them, rising.
    p_kept : (c,) float64
        Mean over the junctions of the cell.
    travel_s : (c,) float64
        Median road time to them, inf where no road leads.
    junctions : (c,) int64
    district : (n,) str
        Of each junction, with its ``p_node``: for sums by district.
    """

    cells: npt.NDArray[np.uint64]
    p_kept: Floats
    travel_s: Floats
    junctions: npt.NDArray[np.int64]
    district: npt.NDArray[np.str_]
    p_node: Floats


class KeptCells:
    """The junctions of a network with their cells and limits; found once, then shared.

    Parameters
    ----------
    network : Network
    limit_of : callable
        Seconds that hold for a district's name and a position in it.
    resolution : int
        Of the H3 cells.
    """

    def __init__(self, network: Network, limit_of: LimitOf, resolution: int) -> None:
        base = int(network.meta["base_nodes"])
        lon, lat = network.node_lon[:base], network.node_lat[:base]
        names = districts_of(lon, lat)
        self._base, self._origin = base, network.node_origin
        self._inside = np.flatnonzero([name is not None for name in names])
        self._district = np.array([names[i] or "" for i in self._inside], dtype=np.str_)
        lon, lat = lon[self._inside], lat[self._inside]
        self._limit_s = np.array(
            [limit_of(str(d), Position(x, y)) for d, x, y in zip(self._district, lon, lat, strict=True)]
        )
        cell = [h3.latlng_to_cell(y, x, resolution) for y, x in zip(lat.tolist(), lon.tolist(), strict=True)]
        self._cells, self._row = np.unique(np.array(cell, dtype=np.uint64), return_inverse=True)

    def at(self, router: Router, origins: Places, model: ArrivalModel, at: datetime) -> KeptCover:
        """Probability that the nearest of ``origins``, sent at ``at``, is there within the limit: turnout and travel."""
        first_s = np.full(self._base, np.inf)
        np.minimum.at(first_s, self._origin, router.reach(origins, at))
        travel_s = first_s[self._inside]
        p = np.zeros(len(travel_s))
        near = np.isfinite(travel_s)
        p[near] = p_within(travel_s[near], self._limit_s[near], model, speed_log_sd(at))
        junctions = np.bincount(self._row, minlength=len(self._cells))
        medians = _medians(travel_s, self._row, len(self._cells))
        mean = np.bincount(self._row, weights=p, minlength=len(self._cells)) / np.maximum(junctions, 1)
        return KeptCover(self._cells, mean, medians, junctions, self._district, p)


def p_within(travel_s: Floats, limit_s: Floats, model: ArrivalModel, hour_log_sd: float) -> Floats:
    """`dispatch.arrival.forecast_arrival` and its ``p_within``, for many trips at once."""
    travels = np.maximum(travel_s, SHORTEST_TRAVEL_S)
    medians_s, log_sds = sums(travels, travel_log_sds(travels, model, hour_log_sd), model)
    return np.asarray(ndtr((np.log(limit_s) - np.log(medians_s)) / log_sds))


def _medians(values: Floats, group: npt.NDArray[np.int64], groups: int) -> Floats:
    order = np.lexsort((values, group))
    counts = np.bincount(group, minlength=groups)
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return np.asarray(values[order][first + (counts - 1) // 2])
