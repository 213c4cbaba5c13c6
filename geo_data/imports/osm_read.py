"""Reading streets and turn restrictions from an OpenStreetMap file (.osm, .osm.gz, .osm.pbf)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from osmium.osm.types import Relation, Way

from dispatch.errors import InvalidInput
from geo_data.imports.osm_tags import Road, Tags, directions, road, why_closed
from geo_data.imports.osm_whole import reading
from geo_data.roads.network import Floats, Ints


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn restriction as tagged: OSM way and node numbers.

    Parameters
    ----------
    kind : str
        E.g. ``no_left_turn`` or ``only_straight_on``.
    from_ways, to_ways : tuple of int
    via_node : int
    """

    kind: str
    from_ways: tuple[int, ...]
    via_node: int
    to_ways: tuple[int, ...]


@dataclass
class Streets:
    """Directed street segments between neighbouring points, as read.

    Parameters
    ----------
    node_lon, node_lat : (n,) float64
    number : dict
        Node number by OSM node id.
    tail, head, row : (s,) int32
        Ends of each segment, and its row in `roads`.
    roads : list of Road
        One row for each way and direction.
    way_ids : list of int
        OSM way of each row.
    turns : list of Turn
    skipped : Counter
        Ways left out, by reason.
    ignored : Counter
        Restrictions left out, by reason.
    """

    node_lon: Floats
    node_lat: Floats
    number: dict[int, int]
    tail: Ints
    head: Ints
    row: Ints
    roads: list[Road]
    way_ids: list[int]
    turns: list[Turn]
    skipped: Counter[str]
    ignored: Counter[str]


@dataclass
class _Collector:
    lon: list[float] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    number: dict[int, int] = field(default_factory=dict)
    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    roads: list[Road] = field(default_factory=list)
    way_ids: list[int] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)

    def way(self, way: Way) -> None:
        tags = dict(way.tags)
        if reason := why_closed(tags):
            self.skipped[f"ways: {reason}"] += 1
            return
        runs = list(self._runs(way.nodes))
        forward, backward = directions(tags)
        if forward:
            self._add(way.id, road(tags, "forward", both_ways=backward), runs)
        if backward:
            self._add(way.id, road(tags, "backward", both_ways=forward), [run[::-1] for run in runs])

    def _runs(self, nodes: Any) -> Iterator[list[int]]:
        """The way's points as node numbers; it breaks where a point lies outside the extract."""
        run: list[int] = []
        cut = False
        for node in nodes:
            if node.location.valid():
                number = self._node(node)
                if not run or run[-1] != number:
                    run.append(number)
                continue
            cut = True
            if len(run) > 1:
                yield run
            run = []
        self.skipped["ways cut at the edge of the extract"] += cut
        if len(run) > 1:
            yield run

    def _node(self, node: Any) -> int:
        number = self.number.setdefault(node.ref, len(self.lon))
        if number == len(self.lon):
            self.lon.append(node.location.lon_without_check())
            self.lat.append(node.location.lat_without_check())
        return number

    def _add(self, way_id: int, meaning: Road, runs: list[list[int]]) -> None:
        for run in runs:
            self.tail += run[:-1]
            self.head += run[1:]
            self.row += [len(self.roads)] * (len(run) - 1)
        self.roads.append(meaning)
        self.way_ids.append(way_id)

    def relation(self, relation: Relation) -> None:
        tags = dict(relation.tags)
        if not any(key.split(":")[0] == "restriction" for key in tags):
            return
        if reason := _why_not_for_cars(tags):
            self.ignored[reason] += 1
            return
        ways: dict[str, list[int]] = {"from": [], "to": []}
        via = [member for member in relation.members if member.role == "via"]
        for member in relation.members:
            if member.type == "w" and member.role in ways:
                ways[member.role].append(member.ref)
        if any(member.type == "w" for member in via):
            self.ignored["it goes by way of a whole road"] += 1
        elif len(via) != 1 or not ways["from"] or not ways["to"]:
            self.ignored["from, via or to is missing"] += 1
        else:
            kind = tags.get("restriction:motorcar") or tags["restriction"]
            self.turns.append(Turn(kind, tuple(ways["from"]), via[0].ref, tuple(ways["to"])))

    def streets(self) -> Streets:
        return Streets(
            node_lon=np.array(self.lon, dtype=np.float64),
            node_lat=np.array(self.lat, dtype=np.float64),
            number=self.number,
            tail=np.array(self.tail, dtype=np.int32),
            head=np.array(self.head, dtype=np.int32),
            row=np.array(self.row, dtype=np.int32),
            roads=self.roads,
            way_ids=self.way_ids,
            turns=self.turns,
            skipped=+self.skipped,
            ignored=self.ignored,
        )


def _why_not_for_cars(tags: Tags) -> str:
    """Reason why a restriction does not bind a car at all hours, or an empty string when it does."""
    kind = tags.get("restriction:motorcar") or tags.get("restriction", "")
    if not kind:
        timed = any(key.endswith(":conditional") for key in tags)
        return "it holds at certain times only" if timed else "it is for other vehicles"
    if {"motorcar", "motor_vehicle"} & {part.strip() for part in tags.get("except", "").split(";")}:
        return "it excepts cars"
    if {"day_on", "hour_on", "restriction:conditional"} & tags.keys():
        return "it holds at certain times only"
    return "" if kind.startswith(("no_", "only_")) else "its kind is unknown"


def read_streets(path: Path) -> Streets:
    """Read every street a car may use, and the turn restrictions among them.

    Raises
    ------
    Unavailable
        When there is no such file.
    InvalidInput
        When the file is broken, cut short, empty, or holds no streets.
    """
    collected = _Collector()
    with reading(path):
        _collect(path, collected)
    if not collected.tail:
        raise InvalidInput(f"{path} holds no streets for cars: check that it is the extract you meant.")
    return collected.streets()


def _collect(path: Path, collected: _Collector) -> None:
    tagged = osmium.filter.KeyFilter(*_KEYS)
    for item in osmium.FileProcessor(path).with_locations().with_filter(tagged):
        if isinstance(item, Way) and "highway" in item.tags:
            collected.way(item)
        elif isinstance(item, Relation) and (item.tags.get("type") or "").startswith("restriction"):
            collected.relation(item)


_KEYS = (
    "highway",
    "restriction",
    "restriction:conditional",
    "restriction:motorcar",
    "restriction:hgv",
    "restriction:bus",
    "restriction:bicycle",
)
