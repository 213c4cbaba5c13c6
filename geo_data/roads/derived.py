"""What follows from the arrays of a network and is slow to find: which edges are twins, and the hierarchy."""

from dataclasses import fields

import numpy as np
import numpy.typing as npt

from geo_data.roads.hierarchy.elimination import Hierarchy, eliminate
from geo_data.roads.hierarchy.order import contraction_rank
from geo_data.roads.network import Ints, Network
from geo_data.roads.plane import to_plane
from geo_data.roads.twins import twins

TWIN, HIERARCHY = "twin", "hierarchy."


def derive(network: Network) -> dict[str, npt.NDArray[np.generic]]:
    """Find it all, for the file; takes seconds for a city."""
    hierarchy = _hierarchy(network)
    return {
        TWIN: twins(network),
        **{f"{HIERARCHY}{field.name}": getattr(hierarchy, field.name) for field in fields(Hierarchy)},
    }


def twin_of(network: Network) -> Ints:
    """(m,) int32: for each base edge the edge along the same geometry the other way, else -1; -1 for copies."""
    return np.asarray(network.derived[TWIN]) if TWIN in network.derived else twins(network)


def hierarchy_of(network: Network) -> Hierarchy:
    """The hierarchy kept in the file, else one made now."""
    if f"{HIERARCHY}rank" not in network.derived:
        return _hierarchy(network)
    return Hierarchy(**{field.name: network.derived[f"{HIERARCHY}{field.name}"] for field in fields(Hierarchy)})


def _hierarchy(network: Network) -> Hierarchy:
    place = to_plane(network.node_lon, network.node_lat)
    rank = contraction_rank(network.tail, network.head, place[:, 0].copy(), place[:, 1].copy())
    return eliminate(network.tail, network.head, rank)
