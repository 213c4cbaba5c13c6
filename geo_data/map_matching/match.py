"""A track becomes the edges that were driven, and each fix a place on them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely

from dispatch.unit import Fix
from geo_data.map_matching.distances import RoadDistances
from geo_data.map_matching.lattice import HEADING_WEIGHT, Course, Places, Step, bound_m, likeliest
from geo_data.map_matching.tidy import Rows, deviations_m, in_order, moving
from geo_data.roads.network import Floats, Ints, Network
from geo_data.roads.snapping import EdgeIndex, Snapped

NEAREST_REACH_M, FARTHEST_REACH_M, REACH_SDS = 50.0, 250.0, 4.0
MOST_ROADS = 10  # looked at around one fix
DRIVING_MPS = 2.0  # the heading of a phone that stands says nothing


@dataclass(frozen=True, eq=False, slots=True)
class Match:
    """What a track says about roads, one entry a fix, in the order the fixes came in.

    Parameters
    ----------
    edge : (n,) int32
        Base edge driven, in its direction; -1 for a fix that was left out (junk, too vague, sent twice, no road near).
    share : (n,) float64
        Share of the edge that lies behind.
    offset_m : (n,) float64
        From the fix to its place on the road; inf where it was left out.
    p : (n,) float64
        Probability of edge and direction given the whole track, 0 to 1; 0 where left out.
    pieces : tuple of (e,) int32
        Edges driven without a break, in order; a track with a gap that no road explains has several.
    breaks : (b,) int64
        Fixes at which a piece after the first begins.
    log_likelihood : float
        Of the course, without constants: to be compared between matches of the same track only.
    """

    edge: Ints
    share: Floats
    offset_m: Floats
    p: Floats
    pieces: tuple[Ints, ...]
    breaks: Rows
    log_likelihood: float

    @property
    def confidence(self) -> float:
        """Mean probability of the fixes that were matched, 0 to 1; 0 without any."""
        matched = self.p[self.edge >= 0]
        return float(matched.mean()) if len(matched) else 0.0


class Matcher:
    """Matches tracks to a network; immutable, threads may share it.

    Parameters
    ----------
    network : Network
    index : EdgeIndex
        Over the same network, e.g. that of its router.
    """

    def __init__(self, network: Network, index: EdgeIndex) -> None:
        self.network, self.index = network, index
        self._roads = RoadDistances(network)

    def match(self, track: Sequence[Fix]) -> Match:
        """Find the roads driven.

        Parameters
        ----------
        track : sequence of Fix
            Of one unit, in any order; doubles, gaps and junk are borne.
        """
        rows = in_order(track)
        fixes = [track[i] for i in rows]
        if not fixes:
            return self._laid_out(len(track), rows, np.empty(0, dtype=np.int64), _nowhere(0), np.empty(0), ())
        points = self.index.plane(np.array([(f.position.lon, f.position.lat) for f in fixes]))
        sd_m = deviations_m(fixes)
        steps = self._steps(fixes, points, sd_m)
        kept = np.flatnonzero(moving(points, sd_m) & np.array([len(s.places.edge) > 0 for s in steps]))
        if len(kept) == 0:
            return self._laid_out(len(track), rows, kept, _nowhere(len(fixes)), np.zeros(len(fixes)), ())
        course = likeliest([steps[i] for i in kept], self._roads, self.network.length_m)
        return self._described(len(track), rows, points, steps, kept, course)

    def _steps(self, fixes: Sequence[Fix], points: Floats, sd_m: Floats) -> list[Step]:
        reach_m = np.clip(REACH_SDS * sd_m, NEAREST_REACH_M, FARTHEST_REACH_M)
        row, near = self.index.around([f.position for f in fixes], reach_m, MOST_ROADS)
        log_p = -0.5 * (near.offset_m / sd_m[row]) ** 2 + self._heading_log_p(fixes, row, near)
        first = np.searchsorted(row, np.arange(len(fixes) + 1))
        parts = [slice(*ends) for ends in pairwise(first)]
        return [
            Step(
                points[i],
                fixes[i].at.timestamp(),
                float(sd_m[i]),
                Places(near.edge[part], near.fraction[part], log_p[part]),
            )
            for i, part in enumerate(parts)
        ]

    def _heading_log_p(self, fixes: Sequence[Fix], row: Ints, near: Snapped) -> Floats:
        """How well the road's direction agrees with the heading that the phone states while it drives."""
        told = [f.heading_deg if (f.speed_mps or 0.0) >= DRIVING_MPS else None for f in fixes]
        heading = np.array([np.nan if h is None else h for h in told], dtype=np.float64)[row]
        log_p = np.zeros(len(row))
        some = np.flatnonzero(np.isfinite(heading))
        if len(some):
            away = np.radians(self.headings_deg(near.edge[some], near.fraction[some]) - heading[some])
            log_p[some] = HEADING_WEIGHT * (np.cos(away) - 1)
        return log_p

    def place(self, edge: int, share: float) -> Floats:
        """(2,) metres in the index's plane of a place on an edge."""
        there = self._line(edge).interpolate(share, normalized=True)
        return np.array([there.x, there.y])

    def headings_deg(self, edge: Ints, share: Floats) -> Floats:
        """(k,) degrees from north that traffic on each edge heads for at each place."""
        return np.array([self._heading_deg(int(e), float(f)) for e, f in zip(edge, share, strict=True)], dtype=float)

    def _heading_deg(self, edge: int, share: float) -> float:
        points = self.index.plane(self.network.edge_points(edge))
        legs = np.diff(points, axis=0)
        ends_m = np.cumsum(np.hypot(*legs.T))
        east, north = legs[min(int(np.searchsorted(ends_m, share * ends_m[-1])), len(legs) - 1)]
        return float(np.degrees(np.arctan2(east, north)) % 360)

    def _described(self, n: int, rows: Rows, points: Floats, steps: list[Step], kept: Rows, course: Course) -> Match:
        """Lay the course out fix by fix: those passed over stay out, those that rested lie on the way around them."""
        placed, p = _nowhere(len(steps)), np.zeros(len(steps))
        on = kept[course.chosen >= 0]
        for i, choice in zip(on, course.chosen[course.chosen >= 0], strict=True):
            places = steps[i].places
            placed.edge[i], placed.fraction[i] = places.edge[choice], places.share[choice]
            placed.offset_m[i] = np.hypot(*(self.place(int(placed.edge[i]), float(placed.fraction[i])) - points[i]))
        p[kept] = course.p
        pieces, starts = list[list[int]](), set(kept[course.starts].tolist())
        for before, after in zip([-1, *on[:-1]], on, strict=True):
            if before < 0 or int(after) in starts:
                pieces.append([int(placed.edge[after])])
                continue
            way = self._way(steps, placed, int(before), int(after))
            pieces[-1] += way[1:]
            self._rest(way, points, placed, p, range(int(before) + 1, int(after)), kept)
        for last in [*_ends(on, starts)]:
            after = next((int(i) for i in kept if i > last), len(steps))
            self._rest([int(placed.edge[last])], points, placed, p, range(int(last) + 1, after), kept)
        made = tuple(np.array(piece, dtype=np.int32) for piece in pieces)
        breaks = kept[course.starts][1:]
        found = self._laid_out(n, rows, breaks, placed, p, made)
        return replace(found, log_likelihood=course.log_likelihood)

    def _way(self, steps: list[Step], placed: Snapped, before: int, after: int) -> list[int]:
        """Edges driven from one fix to the next, both ends included, each once in a row."""
        a, b = int(placed.edge[before]), int(placed.edge[after])
        shares = float(placed.fraction[before]), float(placed.fraction[after])
        back_m = (shares[0] - shares[1]) * float(self.network.length_m[a])
        if a == b and back_m <= steps[before].sd_m + steps[after].sd_m:
            return [a]
        straight_m = float(np.hypot(*(steps[after].point - steps[before].point)))
        most_m = bound_m(straight_m, steps[before], steps[after])
        return [a, *self._roads.way(a, shares[0], b, shares[1], most_m), b]

    def _rest(self, way: list[int], points: Floats, placed: Snapped, p: Floats, between: range, kept: Rows) -> None:
        """Put fixes that hardly moved on the nearest place of the way around them, as sure as what they follow."""
        for i in between:
            if i in kept:
                continue  # passed over
            offsets = [shapely.distance(self._line(e), shapely.Point(points[i])) for e in way]
            edge = way[int(np.argmin(offsets))]
            line = self._line(edge)
            placed.edge[i] = edge
            placed.fraction[i] = line.project(shapely.Point(points[i]), normalized=True)
            placed.offset_m[i] = min(offsets)
            p[i] = p[between.start - 1]

    def _line(self, edge: int) -> shapely.LineString:
        return shapely.LineString(self.index.plane(self.network.edge_points(edge)))

    def _laid_out(
        self, n: int, rows: Rows, breaks: Rows, placed: Snapped, p: Floats, pieces: tuple[Ints, ...]
    ) -> Match:
        """From the order of time back to the order in which the fixes came."""
        out, whole_p = _nowhere(n), np.zeros(n)
        out.edge[rows], out.fraction[rows], out.offset_m[rows] = placed.edge, placed.fraction, placed.offset_m
        whole_p[rows] = p
        return Match(out.edge, out.fraction, out.offset_m, whole_p, pieces, rows[breaks], 0.0)


def _nowhere(n: int) -> Snapped:
    none = np.full(n, -1, dtype=np.int32)
    return Snapped(none, none, np.zeros(n), np.full(n, np.inf))


def _ends(on: Rows, starts: set[int]) -> list[int]:
    """The last fix of each piece."""
    return [int(a) for a, b in zip(on, [*on[1:], -1], strict=True) if b == -1 or int(b) in starts]
