"""What the map matching is compared with: the nearest road, and leuvenmapmatching where it is installed (bench extra)."""

import logging
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import shapely

from dispatch.unit import Fix
from geo_data.map_matching.match import Match, Matcher
from geo_data.map_matching.tidy import STATED_TO_SD
from geo_data.roads.network import Floats, Ints
from geo_data.roads.routing import Router

AROUND_M = 400.0
Answer = tuple[Ints, Ints, Floats]  # edges driven; edge and share of each fix
Peer = Callable[[Sequence[Fix]], Answer]


def peers(router: Router) -> dict[str, Peer]:
    """Whoever is measured, by name."""
    matcher = Matcher(router.network, router.index)
    found: dict[str, Peer] = {"ours": lambda track: _ours(matcher.match(track))}
    found["nearest road"] = lambda track: _nearest(router, track)
    if find_spec("leuvenmapmatching"):
        found["leuvenmapmatching"] = Leuven(router)
    return found


def _ours(match: Match) -> Answer:
    driven = np.concatenate([*match.pieces, np.empty(0, dtype=np.int32)]).astype(np.int32)
    return driven, match.edge, match.share


def _nearest(router: Router, track: Sequence[Fix]) -> Answer:
    at = router.snap([fix.position for fix in track])
    return np.concatenate([at.edge, at.twin[at.twin >= 0]]), at.edge, at.fraction


class Leuven:
    """W. Meert and M. Verbeke, "HMM with non-emitting states for map matching", ECDA 2018; settings by its documentation.

    It scans every edge for each fix where no R-tree is installed, so it is given only the roads around the track; making
    that map is not in its time.
    """

    def __init__(self, router: Router) -> None:
        self._network, self._index = router.network, router.index
        self.spent_s = 0.0
        logging.getLogger("be.kuleuven.cs.dtai.mapmatching").setLevel(logging.ERROR)  # it warns of every linear search

    def __call__(self, track: Sequence[Fix]) -> Answer:
        """Match one track; what it could not match has edge -1."""
        from leuvenmapmatching.matcher.distance import DistanceMatcher  # noqa: PLC0415  (not everywhere installed)

        points = self._index.plane(np.array([(f.position.lon, f.position.lat) for f in track]))
        roads, edge_of = self._map(points)
        sd_m = track[0].accuracy_m / STATED_TO_SD
        matcher = DistanceMatcher(
            roads, obs_noise=sd_m, max_dist=max(50.0, 4 * sd_m), non_emitting_states=True, max_lattice_width=20
        )
        began = time.process_time()
        matcher.match([(north, east) for east, north in points])
        self.spent_s = time.process_time() - began
        edge, share = np.full(len(track), -1, dtype=np.int32), np.zeros(len(track))
        driven = []
        for state in matcher.lattice_best or []:
            e, begin, end = edge_of[state.edge_m.l1, state.edge_m.l2]
            driven.append(e)
            if state.is_emitting():
                edge[state.obs], share[state.obs] = e, begin + (end - begin) * (state.edge_m.ti or 0.0)
        return np.array(driven, dtype=np.int32), edge, share

    def _map(self, points: Floats) -> tuple[Any, dict[tuple[int, int], tuple[int, float, float]]]:
        """Roads around a track; each leg of a drawn line is an edge, as its documentation does with OpenStreetMap."""
        from leuvenmapmatching.map.inmem import InMemMap  # noqa: PLC0415  (not everywhere installed)

        network, edge_of = self._network, {}  # type: ignore[var-annotated]
        roads, fresh = InMemMap("roads", use_latlon=False, use_rtree=False, index_edges=False), network.n_nodes
        low, high = points.min(axis=0) - AROUND_M, points.max(axis=0) + AROUND_M
        corners = np.array([low, high]) / self._index.plane(np.ones((1, 2)))
        for e in self._index.meeting(shapely.box(*corners.ravel())):
            line = self._index.plane(network.edge_points(int(e)))
            inner = list(range(fresh, fresh + len(line) - 2))
            fresh += len(inner)
            chain = [int(network.node_origin[network.tail[e]]), *inner, int(network.node_origin[network.head[e]])]
            along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
            for node, (east, north) in zip(chain, line, strict=True):
                roads.add_node(node, (float(north), float(east)))
            for k in range(len(chain) - 1):
                roads.add_edge(chain[k], chain[k + 1])
                edge_of[chain[k], chain[k + 1]] = int(e), along[k] / along[-1], along[k + 1] / along[-1]
        return roads, edge_of
