"""How costs grow with the city: drawn grids with holes (lakes), side streets, main roads and one-way streets."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from api.benchmarks.contender import MATRIX, NEAREST_FEW, PATH, REACH, WEIGHTS, Contender
from api.benchmarks.oracle import Oracle, check
from api.benchmarks.ours import by_place
from api.benchmarks.peer_scipy import contender as scipy_contender
from api.benchmarks.timing import Plan, measure
from api.benchmarks.work import Sizes, Work
from geo_data.roads.compile import compile_network
from geo_data.roads.derived import derive
from geo_data.roads.network import Floats, Network
from geo_data.roads.plane import CENTRE, M_PER_LAT, M_PER_LON
from geo_data.roads.road_edges import RoadEdges
from geo_data.roads.routing import Router

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
STEP_M = 120.0
HOLES, HOLE_SHARE = 12, 0.12  # lakes, and the share of the ground that they take
KEPT, ONE_WAY = 0.88, 0.15  # streets that are there; those of one direction only
MAIN_EVERY = 8
MEASURED = (NEAREST_FEW, MATRIX, PATH, REACH, WEIGHTS)
Made = TypeVar("Made")
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Grown:
    """One size.

    Parameters
    ----------
    nodes, edges, arcs : int
        Of the graph, and of its hierarchy.
    derive_s, router_s : float
        Order, elimination and twins, once for a network file; a router on it.
    median_s : dict
        Seconds by contender and kind.
    """

    nodes: int
    edges: int
    arcs: int
    derive_s: float
    router_s: float
    median_s: dict[str, dict[str, float]]

    def as_dict(self) -> dict[str, Any]:
        """All figures by name."""
        return asdict(self)


def grow(n: int, plan: Plan, sizes: Sizes | None = None) -> Grown:
    """Make a city of about ``n`` junctions and measure on it."""
    drawn = city(n)
    network, derive_s = _timed(lambda: _with_derived(drawn))
    router, router_s = _timed(lambda: Router(network))
    work = Work(network, router, sizes)
    contenders = [by_place(work), scipy_contender(work)]
    oracle = Oracle(work)
    found: dict[str, dict[str, float]] = {contender.name: {} for contender in contenders}
    for kind in MEASURED:
        _measure_kind(kind, contenders, oracle, plan, found)
    arcs = len(network.derived["hierarchy.head"])
    return Grown(network.n_nodes, network.n_edges, arcs, derive_s, router_s, found)


def _measure_kind(
    kind: str, contenders: list[Contender], oracle: Oracle, plan: Plan, found: dict[str, dict[str, float]]
) -> None:
    for contender in contenders:
        if kind != MATRIX:  # the whole of it by scipy takes a minute at a million nodes
            check(contender, kind, oracle)
    asks = {contender.name: contender.asks[kind] for contender in contenders}
    if kind == MATRIX:
        plan = replace(plan, rounds=1, queries=1)
    for name, samples in measure(asks, plan).items():
        found[name][kind] = samples.median


def _timed(make: Callable[[], Made]) -> tuple[Made, float]:
    since = time.perf_counter()
    made = make()
    return made, time.perf_counter() - since


def _with_derived(network: Network) -> Network:
    return replace(network, derived=derive(network))


def city(n: int, seed: int = 0) -> Network:
    """A drawn city of about ``n`` junctions in one connected part; the same numbers give the same city."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(n / (1 - HOLE_SHARE))))
    row, column = np.divmod(np.arange(side * side), side)
    shaken = np.column_stack([column, row]) * STEP_M + rng.uniform(-0.2, 0.2, (side * side, 2)) * STEP_M
    dry = _dry(column, row, side, rng)
    right, down = np.flatnonzero(column < side - 1), np.flatnonzero(row < side - 1)
    low = np.concatenate([right, down])
    high = np.concatenate([right + 1, down + side])
    main = np.concatenate([row[right] % MAIN_EVERY == 0, column[down] % MAIN_EVERY == 0])
    there = dry[low] & dry[high] & (main | (rng.random(len(low)) < KEPT))
    low, high, main = low[there], high[there], main[there]
    one_way = ~main & (rng.random(len(low)) < ONE_WAY)
    turned = one_way & (rng.random(len(low)) < 0.5)
    tail = np.concatenate([np.where(turned, high, low), high[~one_way]])
    head = np.concatenate([np.where(turned, low, high), low[~one_way]])
    return compile_network(
        _edges(shaken, tail, head, np.concatenate([main, main[~one_way]]), rng),
        title=f"drawn grid of {n} junctions",
        source="api.benchmarks.growth",
        schematic=True,
    )


def _dry(column: Whole, row: Whole, side: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Where no lake lies: round ones of one size."""
    radius = side * np.sqrt(HOLE_SHARE / HOLES / np.pi)
    dry = np.ones(len(column), dtype=bool)
    for east, north in rng.uniform(0, side, (HOLES, 2)):
        dry &= np.hypot(column - east, row - north) > radius
    return dry


def _edges(at_m: Floats, tail: Whole, head: Whole, main: npt.NDArray[np.bool_], rng: np.random.Generator) -> RoadEdges:
    m = len(tail)
    lon, lat = CENTRE.lon + at_m[:, 0] / M_PER_LON, CENTRE.lat + at_m[:, 1] / M_PER_LAT
    ends = np.column_stack([tail, head]).ravel()
    return RoadEdges(
        node_lon=lon,
        node_lat=lat,
        tail=tail.astype(np.int32),
        head=head.astype(np.int32),
        length_m=np.hypot(*(at_m[head] - at_m[tail]).T),
        speed_kph=np.where(main, 60.0, 30.0) * rng.uniform(0.7, 1.3, m),
        road_class=np.where(main, 2, 6).astype(np.uint8),
        flags=np.zeros(m, dtype=np.uint8),
        lanes=np.zeros(m, dtype=np.uint8),
        name=np.full(m, -1, dtype=np.int32),
        ref=np.full(m, -1, dtype=np.int32),
        first_point=np.arange(m + 1, dtype=np.int64) * 2,
        point_lon=lon[ends],
        point_lat=lat[ends],
        names=[],
    )
