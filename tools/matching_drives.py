"""Drives whose roads are known, and the positions that a phone would have sent of them: simulated (模拟)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from dispatch.location import Position
from dispatch.unit import Fix
from geo_data.map_matching.tidy import STATED_TO_SD
from geo_data.roads.network import Floats, Ints, Network
from geo_data.roads.routing import Router

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
SHORTEST_M, LONGEST_M = 3_000.0, 12_000.0
PACE = 0.6  # of free flow


@dataclass(frozen=True, eq=False)
class Drive:
    """A way along whole edges: metres and seconds from the start at each point of its line, and the edge of each leg."""

    edges: Ints
    line: Floats
    along_m: Floats
    along_s: Floats
    leg_edge: Ints

    def at(self, seconds: Floats) -> tuple[Floats, Ints]:
        """Place in the plane and edge at each moment."""
        metres = np.interp(seconds, self.along_s, self.along_m)
        place = np.column_stack([np.interp(metres, self.along_m, self.line[:, axis]) for axis in (0, 1)])
        leg = np.clip(np.searchsorted(self.along_s, seconds, side="right") - 1, 0, len(self.leg_edge) - 1)
        return place, self.leg_edge[leg]


def drives(router: Router, draw: np.random.Generator, n: int) -> Iterator[Drive]:
    """``n`` fastest ways between random junctions, 3 to 12 km long."""
    network, made = router.network, 0
    while made < n:
        a, b = (_junction(network, draw) for _ in range(2))
        way = router.ways([a], b)[0]
        length_m = float(network.length_m[way.edges].sum())
        if SHORTEST_M <= length_m <= LONGEST_M:
            made += 1
            yield _drive(router, way.edges)


def _junction(network: Network, draw: np.random.Generator) -> Position:
    node = int(draw.integers(int(network.meta["base_nodes"])))
    return Position(float(network.node_lon[node]), float(network.node_lat[node]))


def _drive(router: Router, edges: Ints) -> Drive:
    network = router.network
    lines = [router.index.plane(network.edge_points(int(e))) for e in edges]
    legs_m = [np.hypot(*np.diff(line, axis=0).T) for line in lines]
    legs_s = [m / (network.speed_kph[e] / 3.6 * PACE) for m, e in zip(legs_m, edges, strict=True)]
    line = np.vstack([lines[0][:1], *(part[1:] for part in lines)])
    owner = np.concatenate([np.full(len(m), e, dtype=np.int32) for m, e in zip(legs_m, edges, strict=True)])
    return Drive(edges, line, _from_nought(legs_m), _from_nought(legs_s), owner)


def _from_nought(parts: list[Floats]) -> Floats:
    return np.concatenate([np.zeros(1), np.cumsum(np.concatenate(parts))])


def seen(
    drive: Drive, router: Router, draw: np.random.Generator, noise_m: float, every_s: float
) -> tuple[list[Fix], Floats]:
    """Fixes of a drive with normal noise of ``noise_m`` in each direction, none with a heading; and when each was, in seconds."""
    at_s = np.arange(0.0, drive.along_s[-1], every_s)
    place, _ = drive.at(at_s)
    degrees = (place + draw.normal(0, noise_m, place.shape)) / router.index.plane(np.ones((1, 2)))
    fixes = [
        Fix(
            unit_id="S1",
            position=Position(float(lon), float(lat)),
            at=NOW + timedelta(seconds=float(s)),
            accuracy_m=noise_m * STATED_TO_SD,
        )
        for (lon, lat), s in zip(degrees, at_s, strict=True)
    ]
    return fixes, at_s
