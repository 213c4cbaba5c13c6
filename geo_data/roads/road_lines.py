"""Main roads as GeoJSON, for maps that carry their own background."""

from typing import Any

import numpy as np

from geo_data.roads.network import RAMP, ROAD_CLASSES, Network

MAIN = ROAD_CLASSES.index("primary")
DIGITS = 4  # about 10 m


def main_roads(network: Network) -> dict[str, Any]:
    """Motorways, trunk and primary roads, one direction of each, without ramps.

    Returns
    -------
    dict
        A GeoJSON FeatureCollection of LineStrings, WGS-84.
    """
    wanted = (network.road_class <= MAIN) & (network.flags & RAMP == 0)
    wanted &= network.edge_origin == np.arange(network.n_edges)
    seen: set[tuple[Any, ...]] = set()
    features = []
    for edge in np.flatnonzero(wanted):
        line = [tuple(point) for point in network.edge_points(int(edge)).round(DIGITS).tolist()]
        key = tuple(min(line, line[::-1]))
        if key not in seen:
            seen.add(key)
            features.append(
                {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": line}}
            )
    return {"type": "FeatureCollection", "features": features}
