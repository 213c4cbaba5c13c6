"""Small networks built straight from arrays."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from api.settings import PROJECT, settings
from api.wiring import load_network
from dispatch.location import Position
from geo_data.imports.openstreetmap import import_osm
from geo_data.roads.network import Network


class Edge(NamedTuple):
    """A straight edge between two nodes; negative length means: as drawn (about 111 km a degree)."""

    tail: int
    head: int
    length_m: float = -1.0
    speed_kph: float = 36.0
    name: str = ""
    copy_of: int | None = None  # place of the original in the list of edges


def build_network(nodes: Sequence[Position], edges: Sequence[Edge], node_origin: Sequence[int] = ()) -> Network:
    """A network of straight edges; nodes beyond ``len(nodes) - len(node_origin)`` are copies of the nodes named."""
    order = sorted(range(len(edges)), key=lambda i: edges[i].tail)
    place = {old: new for new, old in enumerate(order)}
    rows = [edges[i] for i in order]
    lon, lat = np.array([p.lon for p in nodes]), np.array([p.lat for p in nodes])
    tail, head = (np.array([getattr(e, key) for e in rows], dtype=np.int32) for key in ("tail", "head"))
    names = tuple(dict.fromkeys(e.name for e in rows if e.name))
    ends = np.column_stack([tail, head]).ravel()
    east = (lon[head] - lon[tail]) * np.cos(np.radians(lat.mean()))
    drawn_m = np.hypot(east, lat[head] - lat[tail]) * 111_195.08
    length_m = np.array([e.length_m for e in rows], dtype=np.float64)
    base_nodes = len(nodes) - len(node_origin)
    return Network(
        node_lon=lon,
        node_lat=lat,
        node_origin=np.array([*range(base_nodes), *node_origin], dtype=np.int32),
        first_out=np.searchsorted(tail, np.arange(len(nodes) + 1)).astype(np.int64),
        tail=tail,
        head=head,
        edge_origin=np.array(
            [i if e.copy_of is None else place[e.copy_of] for i, e in enumerate(rows)], dtype=np.int32
        ),
        length_m=np.where(length_m < 0, drawn_m, length_m),
        speed_kph=np.array([e.speed_kph for e in rows], dtype=np.float64),
        turn_s=np.zeros(len(rows)),
        road_class=np.full(len(rows), 5, dtype=np.uint8),
        flags=np.zeros(len(rows), dtype=np.uint8),
        lanes=np.zeros(len(rows), dtype=np.uint8),
        name=np.array([names.index(e.name) if e.name else -1 for e in rows], dtype=np.int32),
        ref=np.full(len(rows), -1, dtype=np.int32),
        first_point=np.arange(len(rows) + 1, dtype=np.int64) * 2,
        point_lon=lon[ends],
        point_lat=lat[ends],
        names=names,
        meta={
            "base_nodes": base_nodes,
            "base_edges": sum(e.copy_of is None for e in rows),
            "schematic": True,
        },
    )


@pytest.fixture(scope="session")
def make_network() -> Callable[..., Network]:
    """`make_network(nodes, edges, node_origin)`; edges are (tail, head, length_m, speed_kph, name, copy_of)."""

    def make(nodes: Sequence[Position], edges: Sequence[tuple], node_origin: Sequence[int] = ()) -> Network:
        return build_network(nodes, [Edge(*e) for e in edges], node_origin)

    return make


@pytest.fixture(scope="session")
def builtin() -> Network:
    """The built-in network as the tests of the service load it: compiled once for all, and again when a table changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GZ_STATE", str(PROJECT / ".state" / "test"))
        patch.delenv("GZ_NETWORK", raising=False)
        settings.cache_clear()
        network = load_network()
    settings.cache_clear()
    return network


@pytest.fixture(scope="session")
def shanghai(shared_data: Path) -> Network:
    """Central Shanghai as compiled from OpenStreetMap."""
    return import_osm(shared_data / "osm" / "shanghai_center.osm.gz")


@pytest.fixture(scope="session")
def porto(shared_data: Path) -> Network:
    """Greater Porto as compiled from OpenStreetMap."""
    return import_osm(shared_data / "osm" / "porto_portugal.osm.pbf")
