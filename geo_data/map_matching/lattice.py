"""The hidden Markov model: where a unit may have been at each fix, how likely each place is, and the likeliest course.

Emissions and transitions follow P. Newson and J. Krumm, "Hidden Markov map matching through noise and sparseness",
ACM SIGSPATIAL GIS 2009: a fix is normally spread around its road, and the way along the roads is as long as the straight
line, but for a difference that falls off exponentially. Added: the noise is that which each fix states; a stated heading counts;
the straight line is freed of what noise adds to it, or short steps between noisy fixes would look like detours; and a fix
that no road leads to is passed over; after `MOST_SKIPPED` of them in a row the course breaks and begins anew.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

from geo_data.map_matching.distances import RoadDistances
from geo_data.roads.network import Floats, Ints

MOST_SKIPPED = 3
FASTEST_MPS = 55.0
SLACK_M = 300.0  # detours of a block are driven and allowed
DETOUR = 2.0
BETA_M, BETA_BY_SD, BETA_BY_STRAIGHT = (
    8.0,
    0.5,
    0.04,
)  # scale of |way - straight line|; fitted, see docs/verification.md
HEADING_WEIGHT = 3.0  # concentration of a stated heading around the road's (von Mises)

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Places:
    """Where a unit may have been at one fix; ``log_p`` is how likely the fix is from there."""

    edge: Ints
    share: Floats
    log_p: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """One fix to be matched: metres in the plane, seconds, its noise in metres, its places."""

    point: Floats
    at_s: float
    sd_m: float
    places: Places


@dataclass(frozen=True, eq=False, slots=True)
class Course:
    """The likeliest course through some steps.

    Parameters
    ----------
    chosen : (t,) int64
        Which of each step's places; -1 for a step passed over.
    p : (t,) float64
        Probability of that place given all fixes of its piece; 0 for a step passed over.
    starts : (t,) bool
        Whether a piece begins at the step: the first, and after each break.
    log_likelihood : float
        Of the chosen course: sum over its emissions and transitions.
    """

    chosen: Rows
    p: Floats
    starts: npt.NDArray[np.bool_]
    log_likelihood: float


def bound_m(straight_m: float, before: Step, after: Step) -> float:
    """How long a way between two fixes may be: a detour of twice the straight line and a block, no faster than anybody drives."""
    noise_m = 2 * (before.sd_m + after.sd_m)
    fastest_m = FASTEST_MPS * (after.at_s - before.at_s) + noise_m
    return min(DETOUR * straight_m + SLACK_M + noise_m, fastest_m)


def transitions(before: Step, after: Step, roads: RoadDistances, edge_m: Floats) -> Floats:
    """(k, g) logarithm of how likely the unit went from each place of one step to each place of the next; -inf for never."""
    straight_m = float(np.hypot(*(after.point - before.point)))
    most_m = bound_m(straight_m, before, after)
    way_m = roads.between(before.places.edge, before.places.share, after.places.edge, after.places.share, most_m)
    same = before.places.edge[:, None] == after.places.edge[None, :]
    ahead_m = (after.places.share[None, :] - before.places.share[:, None]) * edge_m[after.places.edge][None, :]
    slipped = same & (ahead_m < 0) & (ahead_m >= -(before.sd_m + after.sd_m))  # noise, not a way round the block
    way_m = np.where(same & (ahead_m >= 0), ahead_m, np.where(slipped, 0.0, way_m))
    noise_m2 = before.sd_m**2 + after.sd_m**2
    moved_m = (
        max(straight_m**2 - 2 * noise_m2, 0.0) ** 0.5
    )  # noise lengthens the line: by so much in the mean of squares
    short_m = np.maximum(moved_m - way_m - noise_m2**0.5, 0.0)
    beta_m = BETA_M + BETA_BY_SD * max(before.sd_m, after.sd_m) + BETA_BY_STRAIGHT * straight_m
    log_p = -np.where(way_m > moved_m, way_m - moved_m, short_m) / beta_m - np.log(beta_m)
    return np.asarray(np.where(way_m <= most_m, log_p, -np.inf))


def likeliest(steps: list[Step], roads: RoadDistances, edge_m: Floats) -> Course:
    """Find the likeliest course (Viterbi), and how sure each of its places is (forward-backward)."""
    n = len(steps)
    course = Course(np.full(n, -1, dtype=np.int64), np.zeros(n), np.zeros(n, dtype=np.bool_), 0.0)
    total, begin = 0.0, 0
    while begin < n:
        rows, moves = _piece(steps, begin, roads, edge_m)
        chosen, log_likelihood = _viterbi([steps[i].places.log_p for i in rows], moves)
        course.chosen[rows] = chosen
        course.p[rows] = [p[c] for p, c in zip(_posteriors(steps, rows, moves), chosen, strict=True)]
        course.starts[begin] = True
        total += log_likelihood
        begin = rows[-1] + 1
    return Course(course.chosen, course.p, course.starts, total)


def _piece(steps: list[Step], begin: int, roads: RoadDistances, edge_m: Floats) -> tuple[list[int], list[Floats]]:
    """Steps that follow from one another, some passed over, and the transitions between them."""
    rows, moves, alive = [begin], list[Floats](), np.zeros(len(steps[begin].places.edge))
    for i in range(begin + 1, len(steps)):
        move = transitions(steps[rows[-1]], steps[i], roads, edge_m)
        reached = (alive[:, None] + move).max(axis=0)
        if np.isfinite(reached).any():
            rows.append(i)
            moves.append(move)
            alive = np.where(np.isfinite(reached), 0.0, -np.inf)
        elif i - rows[-1] >= MOST_SKIPPED:
            break
    return rows, moves


def _viterbi(log_p: list[Floats], moves: list[Floats]) -> tuple[list[int], float]:
    best, back = log_p[0], list[Rows]()
    for move, seen in zip(moves, log_p[1:], strict=True):
        through = best[:, None] + move
        back.append(through.argmax(axis=0))
        best = through.max(axis=0) + seen
    chosen = [int(best.argmax())]
    for came in reversed(back):
        chosen.append(int(came[chosen[-1]]))
    return chosen[::-1], float(best.max())


def _posteriors(steps: list[Step], rows: list[int], moves: list[Floats]) -> list[Floats]:
    """Probability of each place of each step, given all the fixes of the piece."""
    log_p = [steps[i].places.log_p for i in rows]
    ahead, behind = [log_p[0]], [np.zeros(len(log_p[-1]))]
    for move, seen in zip(moves, log_p[1:], strict=True):
        ahead.append(logsumexp(ahead[-1][:, None] + move, axis=0) + seen)
    for move, seen in zip(reversed(moves), reversed(log_p[1:]), strict=True):
        behind.append(logsumexp(move + (seen + behind[-1])[None, :], axis=1))
    both = [a + b for a, b in zip(ahead, reversed(behind), strict=True)]
    return [np.exp(x - logsumexp(x)) for x in both]
