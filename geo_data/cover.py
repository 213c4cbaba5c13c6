"""How soon somebody could be where: minimum road time by H3 cell, and the share of residents within a limit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import h3.api.basic_int as h3
import numpy as np
import numpy.typing as npt

from dispatch.errors import InvalidInput
from dispatch.location import Position
from geo_data.districts import districts_of
from geo_data.residents import RESIDENTS
from geo_data.roads.network import Floats, Network
from geo_data.roads.routing import Places, Router

RESOLUTIONS = range(6, 10)  # of H3 cells, from 36 km² to 0.1 km²
LimitOf = Callable[[str, Position], float]


@dataclass(frozen=True, eq=False, slots=True)
class Cover:
    """Road time of the nearest of some origins, by cell.

    Parameters
    ----------
    cells : (c,) uint64
        H3 cells with a junction in them, rising.
    seconds : (c,) float64
        To the junction of the cell that is reached first; inf where no road leads.
    node_s : (n,) float64
        The same for each node of the network.
    metric : str
        Which weights were used, e.g. ``weekday-18``.
    """

    cells: npt.NDArray[np.uint64]
    seconds: Floats
    node_s: Floats
    metric: str


class Cells:
    """The H3 cells of a network's junctions; found once, then shared.

    Parameters
    ----------
    network : Network
    resolution : int
        One of `RESOLUTIONS`; 8 is 0.74 km².

    Raises
    ------
    InvalidInput
        For another resolution.
    """

    def __init__(self, network: Network, resolution: int = 8) -> None:
        if resolution not in RESOLUTIONS:
            raise InvalidInput(f"H3 resolution {resolution}: use {RESOLUTIONS[0]} to {RESOLUTIONS[-1]}.")
        places = zip(network.node_lat.tolist(), network.node_lon.tolist(), strict=True)
        cell = np.array([h3.latlng_to_cell(lat, lon, resolution) for lat, lon in places], dtype=np.uint64)
        self._order = np.argsort(cell, kind="stable")
        self.cells, self._first = np.unique(cell[self._order], return_index=True)

    def cover(self, router: Router, origins: Places, now: datetime) -> Cover:
        """Minimum road time of every cell from the nearest of ``origins``, as `Router.reach` has it."""
        node_s = router.reach(origins, now)
        seconds = np.minimum.reduceat(node_s[self._order], self._first)
        return Cover(self.cells, seconds, node_s, router.metric(now).name)


@dataclass(frozen=True, slots=True)
class Served:
    """Residents of an area within their limit.

    Parameters
    ----------
    area : str
        What the residents were grouped by, e.g. a district.
    residents : int
    within : float
        How many of them are within the limit.
    junctions : int
        Over which they are spread.
    """

    area: str
    residents: int
    within: float
    junctions: int


class Homes:
    """Where residents are taken to live: those of a district, in equal parts, at its junctions. An assumption.

    Parameters
    ----------
    network : Network
    limit_of : callable
        Seconds that hold for a district's name and a position in it.
    """

    def __init__(self, network: Network, limit_of: LimitOf) -> None:
        base = int(network.meta["base_nodes"])
        self._node_origin = network.node_origin
        lon, lat = network.node_lon[:base], network.node_lat[:base]
        name = districts_of(lon, lat)
        self._district = {d: np.flatnonzero([n == d for n in name]) for d in RESIDENTS}
        self._limit_s = np.array(
            [limit_of(d, Position(x, y)) if d else np.nan for d, x, y in zip(name, lon, lat, strict=True)]
        )

    def served(self, node_s: Floats) -> list[Served]:
        """Residents within the limit of the place they live at, by district, from seconds to every node."""
        first_s = np.full(len(self._limit_s), np.inf)
        np.minimum.at(first_s, self._node_origin, node_s)
        within = first_s <= self._limit_s
        return [
            Served(name, 1000 * RESIDENTS[name], 1000 * RESIDENTS[name] * float(within[rows].mean()), len(rows))
            for name, rows in self._district.items()
            if len(rows)
        ]
