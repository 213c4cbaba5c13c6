"""The named places that came with a road network, packed as one array of bytes inside the network's own file.

So network and places are replaced together or not at all. The bytes are JSON, one list a column.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from dispatch.errors import InvalidInput
from dispatch.location import Position
from geo_data.builtin.places import Place
from geo_data.districts import districts_of
from geo_data.roads.network import Bytes, Network

SOURCE = "OpenStreetMap"
COLUMNS = ("name", "aliases", "kind", "lon", "lat", "district")


def pack(places: Sequence[Place]) -> Bytes:
    """Names, kinds, positions and districts of ``places`` as bytes; empty where there are none.

    The district is that of the built-in borders, empty outside Guangzhou.
    """
    if not places:
        return np.zeros(0, dtype=np.uint8)
    lon, lat = [place.position.lon for place in places], [place.position.lat for place in places]
    columns = {
        "name": [place.name for place in places],
        "aliases": [place.aliases for place in places],
        "kind": [place.kind for place in places],
        "lon": lon,
        "lat": lat,
        "district": [district or "" for district in districts_of(lon, lat)],
    }
    text = json.dumps(columns, ensure_ascii=False, separators=(",", ":"))
    return np.frombuffer(text.encode(), dtype=np.uint8)


def own_places(network: Network) -> list[Place]:
    """The places that came with ``network``; empty for one that has none.

    Raises
    ------
    InvalidInput
        When the bytes are not what `pack` makes.
    """
    if not len(network.places):
        return []
    columns = _columns(network)
    points = map(Position, columns["lon"], columns["lat"])
    rows = zip(columns["name"], columns["aliases"], columns["kind"], points, columns["district"], strict=True)
    return [Place(name, tuple(aliases), kind, point, district, SOURCE) for name, aliases, kind, point, district in rows]


def count_by_kind(network: Network) -> dict[str, int]:
    """How many places of each kind came with ``network``, the most first."""
    return dict(Counter(_columns(network)["kind"]).most_common()) if len(network.places) else {}


def _columns(network: Network) -> dict[str, list[Any]]:
    try:
        columns = json.loads(network.places.tobytes())
        return {key: columns[key] for key in COLUMNS}
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"The places of this network cannot be read ({error}): import it again.") from None
