"""A chain of updates gives the very weights of customising anew."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_data.roads.hierarchy.elimination import eliminate
from geo_data.roads.hierarchy.update import updated
from geo_data.roads.hierarchy.ways import EdgesOfArcs
from geo_data.roads.hierarchy.weights import customise
from geo_data.roads.ticks import NEVER

NODES = 14
ends = st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1))
ticks = st.one_of(st.just(NEVER), st.just(0), st.integers(1, 5), st.integers(0, 1 << 22), st.integers(NEVER - 9, NEVER))
changes = st.lists(st.tuples(st.integers(0, 59), ticks), max_size=12)


@given(
    st.lists(st.tuples(ends, ticks), min_size=1, max_size=60),
    st.permutations(range(NODES)),
    st.lists(changes, max_size=4),
)
@settings(max_examples=200, deadline=None)
def test_any_sequence_of_updates_equals_customising_anew(
    edges: list[tuple[tuple[int, int], int]], rank: list[int], updates: list[list[tuple[int, int]]]
) -> None:
    """Loops, parallel edges, closed ones, edges of no length and of nearly all there is among them."""
    tail, head = np.array([e for e, _ in edges], dtype=np.int32).T
    edge_t = np.array([t for _, t in edges], dtype=np.uint32)
    hierarchy = eliminate(tail.copy(), head.copy(), np.array(rank, dtype=np.int32))
    weights, edges_of_arcs = customise(hierarchy, edge_t), EdgesOfArcs(hierarchy)
    for change in updates:
        before, kept = weights, (weights.up.copy(), weights.down.copy())
        rows = [(e % len(edges), t) for e, t in change]
        edge_t = edge_t.copy()
        for e, t in rows:
            edge_t[e] = t
        weights = updated(hierarchy, before, edges_of_arcs, edge_t, np.array([e for e, _ in rows], dtype=np.int32))
        anew = customise(hierarchy, edge_t)
        assert np.array_equal(weights.up, anew.up)
        assert np.array_equal(weights.down, anew.down)
        assert np.array_equal(before.up, kept[0])  # queries that run on the old weights are not disturbed
        assert np.array_equal(before.down, kept[1])
