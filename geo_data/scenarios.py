"""What else a drive may take: equally likely scenarios that hit all units of one recommendation alike.

A scenario is a factor for the whole city, times one for each corridor (a named road, else a square kilometre or so), times one
for each edge. So two units on the same road are late together. Link speeds scatter from day to day by `LOG_SD`
(`geo_data.roads.speeds`); `SHARED_SHARE` of that variance follows patterns that roads have in common. How the common part
divides between the city and its corridors is not in the source: it is **assumed** to be half and half.

Only what links do is in the scenarios. Drivers, lights and the choice of the way are added where arrivals are forecast
(`dispatch.arrival`), such that a typical trip of 20 minutes scatters in all as much as it does without scenarios.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtri

from geo_data.roads.directions import Way
from geo_data.roads.network import Floats, Ints, Network

SCENARIOS = 64
CELL_DEG = 0.01
ROWS = 4096  # of drawn numbers; corridors and edges are dealt rows, far more than lie on one way

# Of the variance of link speeds from day to day on 214 Guangzhou roads, the share that the low-rank model of the set
# holds and its residual does not: 0.48 over the 24 hours of a weekday, 0.11 at 03:00 and 0.66 at 18:00
# (sigma_log_within_road against sigma_log_within_road_incl_residual, squared).
SHARED_SHARE = 0.48

# How much of a variance is left in the mean over a trip of 18 to 22 minutes: sums of squared shares of its time by
# corridor and by edge, medians on the built-in network (`python -m tools.measure_spread`).
LEFT_OF_CORRIDORS, LEFT_OF_EDGES = 0.17, 0.04


@dataclass(frozen=True, slots=True)
class Sizes:
    """Standard deviations of the logarithms of the three factors."""

    city: float
    corridor: float
    edge: float

    @property
    def typical_trip(self) -> float:
        """The same for a typical trip of 20 minutes."""
        return float(np.sqrt(self.city**2 + LEFT_OF_CORRIDORS * self.corridor**2 + LEFT_OF_EDGES * self.edge**2))


def sizes_of(link_log_sd: float) -> Sizes:
    """Divide the day-to-day spread of link speeds into its three parts."""
    common = link_log_sd * np.sqrt(SHARED_SHARE / 2)
    return Sizes(float(common), float(common), float(link_log_sd * np.sqrt(1 - SHARED_SHARE)))


class Scenarios:
    """The scenarios of one network; the same seed gives the same city, whoever asks for which units in what order.

    Each scenario has a mirror image, so that half of all are slower than usual.

    Parameters
    ----------
    network : Network
    seed : int
    """

    def __init__(self, network: Network, seed: int = 0) -> None:
        self._network = network
        draw = np.random.default_rng(seed)
        half = SCENARIOS // 2
        even = ndtri((np.arange(half) + 0.5) / SCENARIOS)  # the slower half of a normal distribution, evenly dealt
        self._city = np.concatenate([even, -even])
        self._corridor, self._edge = (_mirrored(draw.standard_normal((ROWS, half))) for _ in range(2))

    @cached_property
    def corridor(self) -> Ints:
        """(m,) int32: name, else route number, else square of the grid that an edge begins in."""
        n = self._network
        column, row = (np.floor(at[n.tail] / CELL_DEG).astype(np.int64) for at in (n.node_lon, n.node_lat))
        _, cell = np.unique(column * 100_000 + row, return_inverse=True)
        return np.where(n.name >= 0, n.name, np.where(n.ref >= 0, n.ref, len(n.names) + cell)).astype(np.int32)

    def factors(self, ways: list[Way], sizes: Sizes) -> Floats:
        """How much longer each way takes in each scenario: (ways, `SCENARIOS`), about 1 in the middle."""
        count = np.array([len(way.edges) for way in ways])
        found = np.ones((len(ways), SCENARIOS))
        some = np.flatnonzero(count)
        if len(some) == 0:
            return found
        edges = np.concatenate([ways[i].edges for i in some])
        seconds = np.concatenate([ways[i].free_flow_s for i in some])
        logs = sizes.corridor * self._corridor[self.corridor[edges] % ROWS]
        logs += sizes.edge * self._edge[edges % ROWS] - sizes.edge**2 / 2  # so that many edges are as slow as one
        first = np.concatenate([[0], np.cumsum(count[some])[:-1]])
        spent_s = np.add.reduceat(seconds[:, None] * np.exp(logs), first, axis=0)
        usual_s = np.add.reduceat(seconds, first)
        moved = usual_s > 0
        found[some[moved]] = spent_s[moved] / usual_s[moved, None] * np.exp(sizes.city * self._city)
        return found


def _mirrored(rows: Floats) -> Floats:
    return np.concatenate([rows, -rows], axis=1)
