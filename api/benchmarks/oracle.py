"""The right answers, from scipy's Dijkstra on the same weights, rounded as the contender rounds them."""

from functools import cache

import numpy as np
from scipy.sparse.csgraph import dijkstra

from api.benchmarks.contender import (
    LOCAL,
    MATRIX,
    MATRIX_2,
    NEAREST_FEW,
    NEAREST_MANY,
    PATH,
    REACH,
    WEIGHTS,
    Contender,
)
from api.benchmarks.work import VARIANTS, WANTED, Work
from dispatch.errors import DispatchError
from geo_data.roads.network import Floats

CHECKED = 3  # queries of each kind, except:
ONCE = (MATRIX, MATRIX_2, WEIGHTS)
RELATIVE, ABSOLUTE_S = 1e-6, 1e-6


class WrongAnswer(DispatchError):
    """A contender's answer differs: its times would mean nothing."""


class Oracle:
    """Answers for weights in whole units.

    Parameters
    ----------
    work : Work
    unit_s : float
        0 for weights as they are.
    """

    def __init__(self, work: Work, unit_s: float = 0.0) -> None:
        self._work, self._unit_s = work, unit_s
        self._arc_s = rounded(work.arc_s, unit_s)
        self._forwards, self._backwards = work.graph.forwards(self._arc_s), work.graph.backwards(self._arc_s)
        self._matrix = cache(self._make_matrix)

    def answer(self, kind: str, query: int) -> Floats:
        """Seconds: sorted for the nearest, twice the same for a path (as told and as driven)."""
        work = self._work
        if kind in (NEAREST_FEW, NEAREST_MANY):
            away_s = dijkstra(self._backwards, indices=work.node(work.goal(query)))
            return np.sort(away_s[work.node(work.few if kind == NEAREST_FEW else work.many)])[:WANTED]
        if kind in (MATRIX, MATRIX_2):
            return self._matrix()
        start = work.node(work.start(query))
        if kind == REACH:
            return np.asarray(dijkstra(self._forwards, indices=start))
        if kind == PATH:
            return np.repeat(dijkstra(self._forwards, indices=start)[work.node(work.goal(query))], 2)
        return self._with_new_weights(kind, query)

    def _with_new_weights(self, kind: str, query: int) -> Floats:
        work = self._work
        arc_s = work.variants[query % VARIANTS]
        if kind == LOCAL:
            arc_s = work.graph.weights(work.seconds(work.slowed(query)[0]))
        backwards = work.graph.backwards(rounded(arc_s, self._unit_s))
        return np.asarray(dijkstra(backwards, indices=work.node(work.goal(query)))[work.node(work.few)])

    def _make_matrix(self) -> Floats:
        work = self._work
        rows = [dijkstra(self._forwards, indices=row)[work.node(work.columns)] for row in work.node(work.rows)]
        return np.array(rows)


def rounded(seconds: Floats, unit_s: float) -> Floats:
    """Seconds as whole multiples of a unit; as they are for unit 0."""
    return np.round(seconds / unit_s) * unit_s if unit_s else seconds


def check(contender: Contender, kind: str, oracle: Oracle) -> None:
    """Ask some queries and compare.

    Raises
    ------
    WrongAnswer
        At the first difference.
    """
    ask = contender.asks[kind]
    for query in range(1 if kind in ONCE else CHECKED):
        found = ask.read(ask.run(query), query)
        if ask.after is not None:
            ask.after(query)
        expected = oracle.answer(kind, query)
        if ask.scale > 1:  # only the first rows were asked for
            expected = expected[: len(found)]
        if found.shape != expected.shape or not _same(found, expected, contender.unit_s):
            raise WrongAnswer(f"{contender.name}, {kind}, query {query}: {_worst(found, expected)}.")


def _same(found: Floats, expected: Floats, unit_s: float) -> bool:
    return bool(np.allclose(found, expected, rtol=RELATIVE, atol=ABSOLUTE_S + unit_s / 2))


def _worst(found: Floats, expected: Floats) -> str:
    if found.shape != expected.shape:
        return f"shape {found.shape} in place of {expected.shape}"
    at = np.unravel_index(int(np.argmax(np.nan_to_num(np.abs(found - expected), nan=np.inf))), found.shape)
    return f"{found[at]} s in place of {expected[at]} s"
