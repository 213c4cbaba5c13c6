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
from geo_data.network import Bytes, Network

SOURCE = "OpenStreetMap"


def pack(places: Sequence[Place]) -> Bytes:
    """Names, kinds and positions of ``places`` as bytes; empty where there are none."""
    if not places:
        return np.zeros(0, dtype=np.uint8)
    columns = {
        "name": [place.name for place in places],
        "aliases": [place.aliases for place in places],
        "kind": [place.kind for place in places],
        "lon": [place.position.lon for place in places],
        "lat": [place.position.lat for place in places],
    }
    text = json.dumps(columns, ensure_ascii=False, separators=(",", ":"))
    return np.frombuffer(text.encode(), dtype=np.uint8)


def own_places(network: Network) -> list[Place]:
    """The places that came with ``network``; empty for one that has none.

    The district is that of the built-in borders, empty outside Guangzhou.

    Raises
    ------
    InvalidInput
        When the bytes are not what `pack` makes.
    """
    if not len(network.places):
        return []
    columns = _columns(network)
    names = zip(columns["name"], columns["aliases"], columns["kind"], strict=True)
    districts = districts_of(columns["lon"], columns["lat"])
    points = map(Position, columns["lon"], columns["lat"])
    return [
        Place(name, tuple(aliases), kind, point, district or "", SOURCE)
        for (name, aliases, kind), point, district in zip(names, points, districts, strict=True)
    ]


def count_by_kind(network: Network) -> dict[str, int]:
    """How many places of each kind came with ``network``, the most first."""
    return dict(Counter(_columns(network)["kind"]).most_common()) if len(network.places) else {}


def _columns(network: Network) -> dict[str, list[Any]]:
    try:
        columns = json.loads(network.places.tobytes())
        return {key: columns[key] for key in ("name", "aliases", "kind", "lon", "lat")}
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"The places of this network cannot be read ({error}): import it again.") from None
