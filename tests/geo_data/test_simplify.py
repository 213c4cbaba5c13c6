"""Chains of segments become edges exactly as OSMnx makes them."""

from collections import Counter
from itertools import pairwise

import networkx as nx
import numpy as np
import osmnx
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo_data.roads.simplify import find_chains, find_endpoints

Segments = list[tuple[int, int]]
N_NODES = 12


@st.composite
def street_segments(draw: st.DrawFn) -> Segments:
    """A few ways through a few nodes, some of them one-way; they cross, double and close on themselves."""
    segments: Segments = []
    for _ in range(draw(st.integers(1, 6))):
        path = draw(st.lists(st.integers(0, N_NODES - 1), min_size=2, max_size=7))
        steps = [(a, b) for a, b in pairwise(path) if a != b]
        segments += steps
        if draw(st.booleans()):
            segments += [(b, a) for a, b in steps]
    return segments


def chains_of(segments: Segments) -> Counter[tuple[int, int, int]]:
    tail, head = np.array(segments, dtype=np.int32).reshape(-1, 2).T
    chains = find_chains(tail, head, N_NODES)
    start, end = chains.ends(tail, head)
    return Counter(zip(start.tolist(), end.tolist(), np.diff(chains.first).tolist(), strict=True))


def chains_of_osmnx(segments: Segments) -> Counter[tuple[int, int, int]]:
    """Chains between true ends; OSMnx leaves segments that no end leads to as they are, and we leave them out."""
    graph = nx.MultiDiGraph(crs="epsg:4326")
    for node in {node for pair in segments for node in pair}:
        graph.add_node(node, x=0.001 * node, y=0.001 * (node * node % 7))
    graph.add_edges_from(segments, length=1)
    end = find_endpoints(*np.array(segments, dtype=np.int32).reshape(-1, 2).T, N_NODES)
    # OSMnx looks for rings when it has simplified, and takes streets side by side between three true ends for one.
    found = osmnx.simplify_graph(graph, remove_rings=False).edges(data="length")
    return Counter((a, b, length) for a, b, length in found if end[a] and end[b])


@settings(max_examples=150, deadline=None)
@given(street_segments().filter(bool))
@example([(0, 2), (0, 1), (1, 2), (0, 1), (1, 0)])  # only a dead end that nothing leaves
@example(
    [(2, 0), (0, 4), (4, 1), (1, 3), (3, 2), (2, 0), (0, 1), (1, 2)]
)  # two streets side by side, three times around
def test_the_same_edges_come_out_as_from_osmnx(segments: Segments) -> None:
    assert chains_of(segments) == chains_of_osmnx(segments)


def test_segments_of_a_chain_follow_one_another() -> None:
    segments = [(2, 3), (0, 1), (3, 4), (1, 2), (4, 0), (4, 9), (9, 4)]
    tail, head = np.array(segments, dtype=np.int32).T
    chains = find_chains(tail, head, N_NODES)
    for first, end in pairwise(chains.first.tolist()):
        part = chains.segment[first:end]
        assert head[part[:-1]].tolist() == tail[part[1:]].tolist()
    assert chains_of(segments) == Counter({(4, 4, 5): 1, (4, 9, 1): 1, (9, 4, 1): 1})


def test_no_segments_make_no_chains() -> None:
    nothing = np.empty(0, dtype=np.int32)
    assert len(find_chains(nothing, nothing, 0).segment) == 0
