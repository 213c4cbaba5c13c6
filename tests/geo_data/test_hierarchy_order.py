"""In which order nodes are contracted: any graph at all, and few shortcuts where few are needed."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_data.roads.hierarchy.elimination import eliminate
from geo_data.roads.hierarchy.order import SMALL, contraction_rank


@given(st.integers(1, 40), st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=80))
@settings(max_examples=50, deadline=None)
def test_every_node_of_any_graph_gets_a_rank_of_its_own(n: int, arcs: list[tuple[int, int]]) -> None:
    tail, head = np.array([(a % n, b % n) for a, b in arcs], dtype=np.int32).reshape(-1, 2).T.copy()
    place = np.random.default_rng(n).uniform(0, 1000, (2, n))
    assert sorted(contraction_rank(tail, head, *place).tolist()) == list(range(n))


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_a_small_tree_needs_no_shortcut(seed: int) -> None:
    rng = np.random.default_rng(seed)
    head = np.arange(1, SMALL, dtype=np.int32)
    tail = rng.integers(0, head).astype(np.int32)
    rank = contraction_rank(tail, head, *rng.uniform(0, 1000, (2, SMALL)))
    assert len(eliminate(tail, head, rank).head) == SMALL - 1


def test_the_same_graph_gets_the_same_ranks() -> None:
    rng = np.random.default_rng(1)
    tail, head = rng.integers(0, 3000, (2, 6000)).astype(np.int32)
    place = rng.uniform(0, 1000, (2, 3000))
    assert np.array_equal(contraction_rank(tail, head, *place), contraction_rank(tail, head, *place))
