"""pandana: a contraction hierarchy in C++, on all cores. Its weights are whole thousandths, cut off and not rounded."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandana
import pandas as pd

from api.benchmarks.contender import MATRIX, NEAREST_FEW, NEAREST_MANY, PATH, REACH, WEIGHTS, Contender, version_of
from api.benchmarks.timing import Ask
from api.benchmarks.work import VARIANTS, WANTED, Work
from geo_data.roads.network import Floats

UNIT_S = 1e-5  # a thousandth of what it is given; 32 bits then hold half a day
GIVEN = 1e-3 / UNIT_S
FARTHEST_S = 40_000.0


def contender(work: Work) -> Contender:
    """Distances by pairs; it has no question for the nearest of given units to one goal, nor one goal for many."""
    network = _network(work, work.arc_s)

    def nearest(places: Any) -> Ask:
        units = work.node(places)

        def run(i: int) -> Floats:
            away_s = _seconds(network, units, np.full(len(units), work.node(work.goal(i))))
            return np.sort(away_s[np.argpartition(away_s, WANTED)[:WANTED]])

        return Ask(run, lambda found, _: found)

    rows, columns = work.node(work.rows), work.node(work.columns)
    pairs = np.repeat(rows, len(columns)), np.tile(columns, len(rows))
    asks = {
        NEAREST_FEW: nearest(work.few),
        NEAREST_MANY: nearest(work.many),
        MATRIX: Ask(lambda _: _seconds(network, *pairs), lambda found, _: found.reshape(len(rows), -1)),
        PATH: Ask(lambda i: _path(network, work, i), lambda found, _: _walked(found, work)),
        REACH: Ask(lambda i: _reach(network, work, i), lambda found, _: _all(found, work)),
        WEIGHTS: Ask(lambda i: _network(work, work.variants[i % VARIANTS]), lambda found, i: _to_goal(found, work, i)),
    }
    notes = {"weights_local": "knows no change of weights: the network is made anew"}
    return Contender("pandana", version_of("pandana"), asks, UNIT_S, notes)


def _network(work: Work, arc_s: Floats) -> Any:
    """A quarter of a unit more, so that what is cut off is what rounding would."""
    ends = [pd.Series(end) for end in (work.graph.tail, work.graph.head)]
    given = pd.DataFrame({"s": (np.round(arc_s / UNIT_S) + 0.25) / 1000})
    with _silence():
        place = [pd.Series(np.asarray(at)) for at in (work.network.node_lon, work.network.node_lat)]
        return pandana.Network(*place, *ends, given, twoway=False)


def _seconds(network: Any, starts: Any, goals: Any) -> Floats:
    return np.array(network.shortest_path_lengths(starts, goals)) / GIVEN


def _path(network: Any, work: Work, i: int) -> Any:
    return network.shortest_path(int(work.node(work.start(i))), int(work.node(work.goal(i))))


def _walked(nodes: Any, work: Work) -> Floats:
    """It tells the nodes only; their seconds are those of the weights it was given."""
    arc_s = np.round(work.arc_s / UNIT_S) * UNIT_S
    return np.repeat(work.graph.walk_s(nodes, arc_s), 2)


def _reach(network: Any, work: Work, i: int) -> Any:
    return network.nodes_in_range([int(work.node(work.start(i)))], FARTHEST_S * GIVEN)


def _all(found: Any, work: Work) -> Floats:
    seconds = np.full(work.graph.n, np.inf)
    seconds[found["destination"].to_numpy()] = found["s"].to_numpy() / GIVEN
    return seconds


def _to_goal(network: Any, work: Work, i: int) -> Floats:
    units = work.node(work.few)
    return _seconds(network, units, np.full(len(units), work.node(work.goal(i))))


@contextmanager
def _silence() -> Iterator[None]:
    """Its C++ writes to standard output."""
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
