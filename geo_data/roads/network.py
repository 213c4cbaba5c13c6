"""A compiled road network: one immutable set of arrays."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

# Order is rank: the index is what `Network.road_class` holds. A link (ramp) has the class of its road and the RAMP flag.
ROAD_CLASSES = (
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street",
    "service",
)

RAMP, BRIDGE, TUNNEL, ROUNDABOUT, DUAL, GENERATED = 1, 2, 4, 8, 16, 32


@dataclass(frozen=True, eq=False)
class Network:
    """Directed road graph in compressed sparse rows, with ``n`` nodes, ``m`` edges and ``p`` geometry points.

    Turn restrictions are part of the graph: where turning from edge *a* at node *v* is restricted, *a* leads to a copy
    of *v* that lacks the forbidden exits. Copies follow the ``meta["base_nodes"]`` original nodes. So every plain
    shortest-path search obeys the restrictions. Turn costs are built in likewise: the edges that leave the copy cost
    ``turn_s`` more.

    Parameters
    ----------
    node_lon, node_lat : (n,) float64
        WGS-84 degrees.
    node_origin : (n,) int32
        The original node a copy stands for; itself for an original.
    first_out : (n+1,) int64
        Edges ``first_out[v]:first_out[v+1]`` leave node v.
    tail, head : (m,) int32
        Ends of each edge; edges are sorted by tail.
    edge_origin : (m,) int32
        The edge a copy stands for (same road, same geometry); itself for an original.
    length_m : (m,) float64
    speed_kph : (m,) float64
        Free-flow speed, never zero.
    turn_s : (m,) float64
        What turning into the edge costs in free flow, from the node (copy) it leaves; 0 for base edges.
    road_class : (m,) uint8
        Index into `ROAD_CLASSES`.
    flags : (m,) uint8
        Sum of RAMP, BRIDGE, TUNNEL, ROUNDABOUT, DUAL (one carriageway of a divided road) and GENERATED (a street of
        the schematic network made by rule: neither its place nor its name is a fact).
    lanes : (m,) uint8
        0 where unknown.
    name, ref : (m,) int32
        Index into `names`; -1 where none. ``ref`` is the route number, e.g. ``S15``.
    first_point : (m+1,) int64
        Points ``first_point[e]:first_point[e+1]`` draw edge e from tail to head.
    point_lon, point_lat : (p,) float64
    names : tuple of str
    meta : mapping
        ``title``, ``source``, ``schematic`` (bool), ``base_nodes``, ``base_edges``, ``dropped`` (counts by reason), …; the
        built-in network adds ``generated_edges`` and ``generated_nodes`` (on no drawn road).
    derived : mapping of str to array
        What follows from the rest and is slow to find (see `geo_data.roads.derived`): kept in the file, empty before.
    places : (b,) uint8
        Named places that came with the roads, packed (see `geo_data.network_places`); empty where none did.
    """

    node_lon: Floats
    node_lat: Floats
    node_origin: Ints
    first_out: Offsets
    tail: Ints
    head: Ints
    edge_origin: Ints
    length_m: Floats
    speed_kph: Floats
    turn_s: Floats
    road_class: Bytes
    flags: Bytes
    lanes: Bytes
    name: Ints
    ref: Ints
    first_point: Offsets
    point_lon: Floats
    point_lat: Floats
    names: tuple[str, ...]
    meta: Mapping[str, Any] = field(default_factory=dict)
    derived: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    places: Bytes = field(default_factory=lambda: np.zeros(0, dtype=np.uint8))

    @property
    def n_nodes(self) -> int:
        """Number of nodes, turn copies included."""
        return len(self.node_lon)

    @property
    def n_edges(self) -> int:
        """Number of directed edges, turn copies included."""
        return len(self.tail)

    @property
    def schematic(self) -> bool:
        """Whether this is a drawn stand-in (示意路网) and not a survey of real streets."""
        return bool(self.meta.get("schematic", False))

    @property
    def has_roads(self) -> bool:
        """Whether there is any road; False for what the service stands on while it has no network."""
        return len(self.tail) > 0

    @cached_property
    def fingerprint(self) -> str:
        """First 16 hex digits of SHA-256 over arrays and names; names the network in answers and audits."""
        digest = hashlib.sha256("\n".join(self.names).encode())
        for key in ARRAYS:
            digest.update(np.ascontiguousarray(getattr(self, key)).tobytes())
        return digest.hexdigest()[:16]

    def edge_name(self, edge: int) -> str:
        """Road name of an edge, else its route number, else an empty string."""
        for index in (self.name[edge], self.ref[edge]):
            if index >= 0:
                return str(self.names[index])
        return ""

    def edge_points(self, edge: int) -> npt.NDArray[np.float64]:
        """Geometry of an edge as a (k, 2) array of lon, lat from tail to head."""
        part = slice(int(self.first_point[edge]), int(self.first_point[edge + 1]))
        return np.column_stack([self.point_lon[part], self.point_lat[part]])


ARRAYS = tuple(key for key in Network.__dataclass_fields__ if key not in ("names", "meta", "derived", "places"))
