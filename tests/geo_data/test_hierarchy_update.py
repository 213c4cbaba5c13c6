"""A chain of updates gives the very weights of customising anew."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_data.hierarchy.elimination import eliminate
from geo_data.hierarchy.update import updated
from geo_data.hierarchy.ways import EdgesOfArcs
from geo_data.hierarchy.weights import customise

NODES = 14
ends = st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1))
seconds = st.one_of(st.just(np.inf), st.just(0.0), st.integers(1, 5).map(float), st.floats(0, 100))
changes = st.lists(st.tuples(st.integers(0, 59), seconds), max_size=12)


@given(
    st.lists(st.tuples(ends, seconds), min_size=1, max_size=60),
    st.permutations(range(NODES)),
    st.lists(changes, max_size=4),
)
@settings(max_examples=200, deadline=None)
def test_any_sequence_of_updates_equals_customising_anew(
    edges: list[tuple[tuple[int, int], float]], rank: list[int], updates: list[list[tuple[int, float]]]
) -> None:
    """Loops, parallel edges, closed ones and edges of no length among them; equal to the last bit."""
    tail, head = np.array([e for e, _ in edges], dtype=np.int32).T
    edge_s = np.array([s for _, s in edges])
    hierarchy = eliminate(tail.copy(), head.copy(), np.array(rank, dtype=np.int32))
    weights, edges_of_arcs = customise(hierarchy, edge_s), EdgesOfArcs(hierarchy)
    for change in updates:
        before, kept = weights, (weights.up.copy(), weights.down.copy())
        rows = [(e % len(edges), s) for e, s in change]
        edge_s = edge_s.copy()
        for e, s in rows:
            edge_s[e] = s
        weights = updated(hierarchy, before, edges_of_arcs, edge_s, np.array([e for e, _ in rows], dtype=np.int32))
        anew = customise(hierarchy, edge_s)
        assert np.array_equal(weights.up, anew.up)
        assert np.array_equal(weights.down, anew.down)
        assert np.array_equal(before.up, kept[0])  # queries that run on the old weights are not disturbed
        assert np.array_equal(before.down, kept[1])
