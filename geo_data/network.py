"""A compiled road network: one immutable set of arrays in one file that processes share through a memory map.

The file is in safetensors form (8-byte little-endian header length, JSON header, raw arrays), so any reader of that
format opens it; we map it instead of reading it.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save as to_bytes

from dispatch.errors import InvalidInput, Unavailable
from geo_data.twins import twins

Ints = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

FORMAT = "gzdispatch-network-2"

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
    shortest-path search obeys the restrictions.

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

    @cached_property
    def fingerprint(self) -> str:
        """First 16 hex digits of SHA-256 over arrays and names; names the network in answers and audits."""
        digest = hashlib.sha256("\n".join(self.names).encode())
        for key in ARRAYS:
            digest.update(np.ascontiguousarray(getattr(self, key)).tobytes())
        return digest.hexdigest()[:16]

    @cached_property
    def twin(self) -> Ints:
        """(m,) int32: the edge along the same geometry the other way, else -1; -1 for copies. Kept in the file."""
        return twins(self)

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


ARRAYS = tuple(key for key in Network.__dataclass_fields__ if key not in ("names", "meta"))


def save(network: Network, path: Path) -> None:
    """Write ``network`` to one file; an existing file is replaced only when the new one is whole."""
    tensors = {key: np.ascontiguousarray(getattr(network, key)) for key in ARRAYS}
    tensors["twin"] = network.twin
    tensors["names"] = np.frombuffer("\n".join(network.names).encode(), dtype=np.uint8)
    metadata = {"format": FORMAT, "meta": json.dumps(dict(network.meta), ensure_ascii=False, sort_keys=True)}
    part = path.with_name(f"{path.name}.{os.getpid()}.part")  # several processes may compile at once
    try:
        part.write_bytes(to_bytes(tensors, metadata=metadata))  # save_file would shut other users out of the file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load(path: Path) -> Network:
    """Map a compiled network into memory, read-only.

    Raises
    ------
    Unavailable
        When there is no such file.
    InvalidInput
        When the file is not a compiled network, or is cut short.
    """
    try:
        raw = np.memmap(path, dtype=np.uint8, mode="r")
    except FileNotFoundError:
        raise Unavailable(
            f"No network at {path}: run `make setup`, or import one with `gzdispatch network import`."
        ) from None
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path} is not a compiled network ({error}).") from None
    try:
        header, start = _header(raw)
        meta = json.loads(header["__metadata__"]["meta"])
        arrays = {key: _array(raw, start, header[key]) for key in (*ARRAYS, "twin", "names")}
    except (KeyError, ValueError, TypeError) as error:
        raise InvalidInput(f"{path} is not a compiled network, or is cut short ({error}): import it again.") from None
    text, twin = arrays.pop("names").tobytes().decode(), arrays.pop("twin")
    network = Network(**arrays, names=tuple(text.split("\n")) if text else (), meta=meta)
    vars(network)["twin"] = twin  # where the cached property looks first
    return network


def _header(raw: npt.NDArray[np.uint8]) -> tuple[dict[str, Any], int]:
    size = int(raw[:8].view("<u8")[0])
    if size > len(raw) - 8:
        raise ValueError("header longer than the file")
    header = json.loads(raw[8 : 8 + size].tobytes())
    if header["__metadata__"].get("format") != FORMAT:
        raise ValueError(f"not of format {FORMAT}")
    return header, 8 + size


_DTYPES = {"F64": np.float64, "I32": np.int32, "I64": np.int64, "U8": np.uint8}


def _array(raw: npt.NDArray[np.uint8], start: int, entry: dict[str, Any]) -> npt.NDArray[Any]:
    begin, end = entry["data_offsets"]
    if start + end > len(raw):
        raise ValueError("an array runs past the end of the file")
    return np.asarray(raw[start + begin : start + end]).view(_DTYPES[entry["dtype"]]).reshape(entry["shape"])
