"""From tagged points to places: each name of a kind once a spot, entrances with their station, bridges by their parts."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from dispatch.location import Position, distance_m
from geo_data.builtin.places import Place
from geo_data.imports.osm_place_tags import (
    address_of,
    entrance_names,
    entrance_of,
    is_a_name,
    kind_of,
    lamp_names,
    names_of,
    station_names,
)
from geo_data.imports.osm_tags import Tags
from geo_data.network_places import SOURCE
from geo_data.roads.plane import point_of

SAME_SPOT_M = 100.0
SAME_M = {"bridge": 2000.0, "tunnel": 2000.0, "metro_station": 600.0, "railway_station": 600.0, "toll_gate": 500.0}
ENTRANCE_REACH_M = 600.0  # from the middle of its station
OFTEN_WITHOUT_A_NAME = frozenset({"building", "estate", "landmark", "shop", "office", "mall", "school", "industrial"})
STRUCTURES = ("桥", "隧道", "立交")


@dataclass
class FoundPlaces:
    """Places as they are read, one tagged thing after the other."""

    kept: list[Place] = field(default_factory=list)
    entrances: list[tuple[str, Place]] = field(default_factory=list)
    structures: list[Place] = field(default_factory=list)
    street_names: set[str] = field(default_factory=set)

    names = staticmethod(names_of)

    def keep(self, names: tuple[str, ...], kind: str, position: Position) -> None:
        """Keep a place unless it has no name that tells it from others."""
        if kind in OFTEN_WITHOUT_A_NAME:
            names = tuple(filter(is_a_name, names))
        if names:
            self.kept.append(Place(names[0], names[1:], kind, position, "", SOURCE))

    def add(self, tags: Tags, position: Position) -> None:
        """Keep what these tags name at ``position``: a place, a house number, or both in one."""
        kind, names, address = kind_of(tags), names_of(tags), address_of(tags)
        if kind == "metro_entrance":
            self.entrances.append((entrance_of(tags), Place("", names, kind, position, "", SOURCE)))
            return
        if kind == "metro_station":
            names = station_names(names)
        elif kind == "lamp_pole":
            names = lamp_names(tags.get("ref", ""))
        elif kind in ("bridge", "tunnel"):
            names = tuple(dict.fromkeys((*names, *filter(None, (tags.get("bridge:name"), tags.get("tunnel:name"))))))
        if kind and names:
            self.keep((*names, address) if address else names, kind, position)
        elif address:
            self.keep((address,), "address", position)

    def add_street(self, tags: Tags, position: Position) -> None:
        """Note what a street tells: the bridge or tunnel it runs on, or the named roundabout that it is."""
        names = names_of(tags)
        for key in ("bridge", "tunnel"):
            own = tuple(filter(None, (tags.get(f"{key}:name"),)))
            if own or (names and tags.get(key, "no") not in ("no", "building_passage")):
                kept = own or names
                self.structures.append(Place(kept[0], kept[1:], key, position, "", SOURCE))
                return
        if names and tags.get("junction") in ("roundabout", "circular"):
            self.structures.append(Place(names[0], names[1:], "junction", position, "", SOURCE))
        elif names:
            self.street_names.add(names[0])

    def places(self) -> list[Place]:
        """Everything found, each name of a kind once a spot."""
        places = [*self.kept, *self._own_structures()]
        stations = _merged([place for place in places if place.kind == "metro_station"])
        entrances = _with_station(self.entrances, stations)
        return _merged([*(place for place in places if place.kind != "metro_station"), *stations, *entrances])

    def _own_structures(self) -> Iterator[Place]:
        """Bridges, tunnels and roundabouts with a name of their own; most only bear that of the road that goes on."""
        for place in self.structures:
            if place.name.endswith(STRUCTURES) or place.name not in self.street_names:
                yield place


def _with_station(entrances: list[tuple[str, Place]], stations: list[Place]) -> Iterator[Place]:
    """Entrances named for the nearest station; one far from any is kept when it has a name of its own."""
    tree = cKDTree(np.array([point_of(station.position) for station in stations]).reshape(-1, 2))
    for label, place in entrances:
        own = tuple(name for name in place.aliases if len(name) > len(label) + 2)
        station = stations[tree.query(point_of(place.position))[1]] if stations else None
        if label and station and distance_m(station.position, place.position) <= ENTRANCE_REACH_M:
            own = (*entrance_names(station.name, label), *own)
        if own:
            yield replace(place, name=own[0], aliases=tuple(dict.fromkeys(own[1:])))


def _merged(places: list[Place]) -> list[Place]:
    """One place for all of one name and kind that lie together; of a bridge the middle of its parts."""
    alike: dict[tuple[str, str], list[Place]] = {}
    for place in places:
        alike.setdefault((place.name, place.kind), []).append(place)
    return [_one(spot) for same in alike.values() for spot in _spots(same)]


def _spots(same: list[Place]) -> list[list[Place]]:
    """Parts of ``same`` that hang together, each place within reach of another one."""
    if len(same) == 1:
        return [same]
    tree = cKDTree(np.array([point_of(place.position) for place in same]))
    pairs = tree.query_pairs(SAME_M.get(same[0].kind, SAME_SPOT_M), output_type="ndarray")
    near = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(same), len(same)))
    count, label = connected_components(near, directed=False)
    spots: list[list[Place]] = [[] for _ in range(count)]
    for place, spot in zip(same, label.tolist(), strict=True):
        spots[spot].append(place)
    return spots


def _one(spot: list[Place]) -> Place:
    first = spot[0]
    aliases = tuple(dict.fromkeys(name for place in spot for name in place.aliases if name != first.name))
    lon, lat = np.mean([(place.position.lon, place.position.lat) for place in spot], axis=0)
    return replace(first, aliases=aliases, position=Position(round(float(lon), 6), round(float(lat), 6)))
