"""Where a road network lets us serve, and which places are known there."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dispatch.location import Position, distance_m
from geo_data.builtin.places import Place, builtin_places
from geo_data.districts import district_of, districts_of
from geo_data.network_places import own_places
from geo_data.places.geocoder import GUANGZHOU
from geo_data.roads.network import Network

MARGIN_DEG = 0.02  # two kilometres: what is reached from the last road
SAME_PLACE_M = 2000.0  # a place compiled by hand may lie so far from where it was surveyed


@dataclass(frozen=True, slots=True)
class Extent:
    """The rectangle in degrees that holds all nodes of a network, a margin included."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, position: Position) -> bool:
        """Whether a position lies inside."""
        return self.west <= position.lon <= self.east and self.south <= position.lat <= self.north


@dataclass(frozen=True, slots=True)
class ServiceArea:
    """A city, and the district of each of its positions.

    Parameters
    ----------
    city : str
    district_of : callable
        None outside the city.
    """

    city: str
    district_of: Callable[[Position], str | None]


def extent_of(network: Network) -> Extent:
    """Extent of all nodes."""
    lon, lat = network.node_lon, network.node_lat
    west, south = float(np.min(lon)), float(np.min(lat))
    east, north = float(np.max(lon)), float(np.max(lat))
    return Extent(west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG)


def area_of(network: Network) -> ServiceArea:
    """Where this network lets us serve.

    A network with any node inside Guangzhou serves Guangzhou, by its districts, and nowhere else. Another one serves the
    rectangle around its nodes: we know no districts there, so the network's title stands for all of them.
    """
    if any(districts_of(network.node_lon, network.node_lat)):
        return ServiceArea(GUANGZHOU, district_of)
    extent, city = extent_of(network), str(network.meta.get("title") or "本路网")
    return ServiceArea(city, lambda position: city if extent.holds(position) else None)


def known_places(network: Network) -> list[Place]:
    """The network's own places, and the built-in ones within its extent.

    A built-in place gives way to one of the network's own that bears its name less than two kilometres away: that one was
    surveyed, the other compiled by hand.
    """
    extent, own = extent_of(network), own_places(network)
    named: dict[str, list[Position]] = {}
    for place in own:
        for name in (place.name, *place.aliases):
            named.setdefault(name, []).append(place.position)
    builtin = [
        place
        for place in builtin_places()
        if extent.holds(place.position)
        and all(distance_m(place.position, other) > SAME_PLACE_M for other in named.get(place.name, ()))
    ]
    return [*builtin, *own]
