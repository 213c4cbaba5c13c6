"""The physical floor: what it takes to read memory, beside what a search takes for a node and a matrix for a pair."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numba import njit
from scipy.sparse.csgraph import dijkstra

from api.benchmarks.contender import MATRIX, NEAREST_FEW, REACH
from api.benchmarks.timing import Samples
from api.benchmarks.work import NOW, WANTED, Work
from geo_data.roads.compiled import F64, I32, REAL, WHOLE
from geo_data.roads.derived import hierarchy_of

STEPS = 1_000_000
IN_CACHE, IN_MEMORY = 1 << 18, 1 << 28  # bytes: half of a usual second-level cache; more than caches hold


@dataclass(frozen=True)
class Floor:
    """Costs in nanoseconds, measured in one run.

    Parameters
    ----------
    read_small_ns, read_search_ns, read_large_ns : float
        One read that must wait for the one before it, from 256 kB, from as much as a search may touch, from 256 MB.
    stream_gb_s : float
        Reading 256 MB from one end to the other.
    search_mb : float
        Arrays of the live search.
    settled : float
        Nodes that a search for the nearest of the small fleet settles, median.
    settled_ns, pair_ns, sweep_node_ns, sweep_arc_ns : float
        What a settled node, a pair of the matrix, and a node and an arc of a whole city cost; nan when not measured.
    """

    read_small_ns: float
    read_search_ns: float
    read_large_ns: float
    stream_gb_s: float
    search_mb: float
    settled: float
    settled_ns: float
    pair_ns: float
    sweep_node_ns: float
    sweep_arc_ns: float

    def as_dict(self) -> dict[str, float]:
        """All figures by name."""
        return asdict(self)


def floor(work: Work, ours: Mapping[str, Samples]) -> Floor:
    """Measure memory, and lay the times of our own router beside it."""
    network = work.network
    search_bytes = 8 * (network.n_nodes + 1) + 12 * network.n_edges + 16 * network.n_nodes
    median_s = {kind: ours[kind].median if kind in ours else float("nan") for kind in (NEAREST_FEW, MATRIX, REACH)}
    settled = float(np.median([_settled(work, query) for query in range(20)]))
    return Floor(
        read_small_ns=read_ns(IN_CACHE),
        read_search_ns=read_ns(search_bytes),
        read_large_ns=read_ns(IN_MEMORY),
        stream_gb_s=stream_gb_s(IN_MEMORY),
        search_mb=search_bytes / 1e6,
        settled=settled,
        settled_ns=median_s[NEAREST_FEW] / settled * 1e9,
        pair_ns=median_s[MATRIX] / (work.sizes.rows * work.sizes.columns) * 1e9,
        sweep_node_ns=median_s[REACH] / network.n_nodes * 1e9,
        sweep_arc_ns=median_s[REACH] / len(hierarchy_of(network).head) * 1e9,
    )


def _settled(work: Work, query: int) -> int:
    """Nodes nearer to the goal than the last unit wanted."""
    goal = work.goal(query)
    found = work.router.nearest(work.snapped(work.few), work.snapped(goal), WANTED, NOW)
    limit_s = float(found.seconds[-1])
    away_s = dijkstra(work.graph.backwards(work.arc_s), indices=work.node(goal), limit=limit_s)
    return max(1, int(np.isfinite(away_s).sum()))


def read_ns(size: int) -> float:
    """Nanoseconds of a read at a place that only the read before it tells."""
    ring = _ring(max(2, size // 4))
    _chase(ring, STEPS)
    since = time.perf_counter()
    _chase(ring, STEPS)
    return (time.perf_counter() - since) / STEPS * 1e9


def stream_gb_s(size: int) -> float:
    """Gigabytes a second, read in order; the best of three."""
    values = np.ones(size // 8)
    seconds = []
    for _ in range(3):
        since = time.perf_counter()
        _sum(values)
        seconds.append(time.perf_counter() - since)
    return float(values.nbytes / min(seconds) / 1e9)


def _ring(n: int) -> Any:
    """Every place names the next of one ring through all of them, in random order."""
    order = np.random.default_rng(0).permutation(n).astype(np.int32)
    ring = np.empty(n, dtype=np.int32)
    ring[order] = np.roll(order, -1)
    return ring


@njit(WHOLE(I32, WHOLE), cache=True, nogil=True)
def _chase(ring: Any, steps: int) -> int:
    at = 0
    for _ in range(steps):
        at = ring[at]
    return at


@njit(REAL(F64), cache=True, nogil=True, fastmath=True)
def _sum(values: Any) -> float:
    total = 0.0
    for value in values:
        total += value
    return total
