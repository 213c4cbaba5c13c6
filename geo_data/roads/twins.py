"""Which edges are the two directions of one road."""

import numpy as np
import numpy.typing as npt

from geo_data.roads.network import Ints, Network


def twins(network: Network) -> Ints:
    """For each base edge the edge that runs along the same geometry the other way, else -1; -1 for copies.

    Edges are matched by a hash of their ends and points, read forwards and backwards, in integers so that it is exact.
    """
    base = np.flatnonzero(network.edge_origin == np.arange(network.n_edges))
    forwards, backwards = (_shape_hash(network, way)[base] for way in (False, True))
    order = np.argsort(forwards, kind="stable")
    place = np.searchsorted(forwards[order], backwards)
    found = order[np.minimum(place, len(order) - 1)]
    matched = (forwards[found] == backwards) & (found != np.arange(len(base)))
    twin = np.full(network.n_edges, -1, dtype=np.int32)
    twin[base[matched]] = base[found[matched]]
    return twin


def _shape_hash(network: Network, backwards: bool) -> npt.NDArray[np.uint64]:
    first, after = network.first_point[:-1], network.first_point[1:]
    count = after - first
    rank = np.arange(len(network.point_lon)) - np.repeat(first, count)
    rank = np.repeat(count, count) - rank if backwards else rank + 1
    mixed = _mixed(np.round(network.point_lon * 1e7)) ^ (_mixed(np.round(network.point_lat * 1e7)) << np.uint64(1))
    total = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(mixed * rank.astype(np.uint64), dtype=np.uint64)])
    ends = network.node_origin[network.tail], network.node_origin[network.head]
    start, stop = reversed(ends) if backwards else ends
    return np.asarray(total[after] - total[first] + _mixed(start) + (_mixed(stop) << np.uint64(1)))


def _mixed(numbers: npt.NDArray[np.generic]) -> npt.NDArray[np.uint64]:
    """Scatter integers over 64 bits (the finalizer of SplitMix64; Steele, Lea and Flood, OOPSLA 2014)."""
    z = numbers.astype(np.int64).view(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))
