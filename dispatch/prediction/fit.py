"""A learned model from finished trips, and from what was stated of promises: legs first, then the shape of the whole.

The legs (turnout, travel) are learned from trips. The shape is learned from statements of other days than the legs that it is
held against, so that it is not flattered; what comes of a statement is the first arrival of anybody, so that refusals and
exchanges are in its tail.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.lately import how_varying, level_of
from dispatch.prediction.learned import BANDS, LENGTHS_MIN, About, Cell, Learned, cell_of, is_nearly_there
from dispatch.prediction.moments import Moment
from dispatch.prediction.predictor import Conditions
from dispatch.prediction.restate import levels_at, restate, so_far
from dispatch.prediction.search_fit import fit_search
from dispatch.prediction.shape import LEAST_STEP, PLAIN, Shape
from dispatch.prediction.today import Level
from dispatch.prediction.travel_fit import CELLS, PACE, WET, fit_travel, length_hats, mean_search_s
from dispatch.prediction.trips import Statement, Trip
from dispatch.prediction.turnout_fit import fit_turnout

Floats = npt.NDArray[np.float64]
KNOTS = (0.02, 0.06, 0.15, 0.30, 0.50, 0.70, 0.85, 0.94, 0.98)
SHAPE_TRIPS = 300.0  # what the plain shape counts as, in statements
FOLDS = 5
REST_TRIPS = 60.0  # what is assumed of the rest of a trip counts as so many
FULL_REST_S = 600.0  # from so much left on, a look at a drive counts in full
REST_SD2 = 0.02  # of the slowness so far, as assumed
LARGEST_SCORE = 6.0  # of somebody who never came
LARGEST_REST = 3.0  # scores of the rest of a trip count as so large in its spread; their tail is left to the shape


def fit(
    trips: Sequence[Trip], statements: Sequence[Statement], prior: ArrivalModel, *, source: str, shaped: bool = True
) -> Learned:
    """Learn.

    Parameters
    ----------
    trips : sequence of Trip
        Few teach little: none give the prior.
    statements : sequence of Statement
        Of the same time; those without a forecast are left out.
    prior : ArrivalModel
        The policy's assumptions.
    source : str
        Where they come from, to be shown.
    shaped : bool
        Whether to learn the shape, too.
    """
    known = [s for s in statements if s.p_kept is not None and np.isfinite(s.travel_s)]
    legs = _legs(trips, known, prior, source)
    if not shaped:
        return legs
    scores = _scores_of_other_days(trips, known, prior, source)
    nearly = np.array([is_nearly_there(s.progress) for s in known], dtype=np.bool_)
    shapes = {}
    for moment in Moment:
        own = ~nearly & np.array([s.moment is moment for s in known], dtype=np.bool_)
        if own.any():
            shapes[moment] = shape_of(scores[own])
    return replace(legs, shapes=shapes, nearly_there=shape_of(scores[nearly]) if nearly.any() else PLAIN)


def shape_of(scores: Floats) -> Shape:
    """The shape of normal scores, drawn to the plain one while they are few."""
    plain, n = ndtri(KNOTS), len(scores)
    if n == 0:
        return Shape(tuple(plain.tolist()), tuple(plain.tolist()))
    seen = np.quantile(scores, KNOTS)
    at = (n * seen + SHAPE_TRIPS * plain) / (n + SHAPE_TRIPS)
    for k in range(1, len(at)):
        at[k] = max(at[k], at[k - 1] + LEAST_STEP)
    return Shape(tuple(at.round(4).tolist()), tuple(plain.round(4).tolist()))


def _legs(trips: Sequence[Trip], statements: Sequence[Statement], prior: ArrivalModel, source: str) -> Learned:
    prior = replace(prior, search_most_m=fit_search(trips, prior))
    travel, turnout = fit_travel(trips, prior), fit_turnout(trips, prior)
    names = [cell_of(t.conditions) for t in trips]
    cells = {}
    for number, name in enumerate(CELLS):
        factors, log_sds = travel.of_cell(number)
        median_s, log_sd = turnout[number % len(BANDS)]
        cells[name] = Cell(
            trips=names.count(name),
            factors=tuple(factors.round(4).tolist()),
            log_sds=tuple(log_sds.round(4).tolist()),
            turnout_median_s=round(median_s, 2),
            turnout_log_sd=round(log_sd, 4),
        )
    start = Learned(
        about=_about(trips, source),
        cells=cells,
        wet_factor=round(float(np.exp(travel.effects[WET])), 4),
        pace_power=round(float(travel.effects[PACE]), 4),
        rest_power=0.0,
        rest_spread=(1.0,) * len(LENGTHS_MIN),
        prior=prior,
    )
    start = replace(start, varying=how_varying(trips, start))
    power, spread = _rest(start, statements, level_of(trips, start))
    return replace(start, rest_power=power, rest_spread=spread)


def _rest(usual: Learned, statements: Sequence[Statement], level: Level) -> tuple[float, tuple[float, ...]]:
    """How far a trip's slowness so far goes on, and how the rest of it scatters then, by its length; each trip counts once.

    How far it goes on is learned from drives with much left: the last moments of a drive scatter by themselves.
    """
    going = [s for s in statements if s.moment is Moment.ON_THE_WAY and s.progress is not None and s.arrived_s < np.inf]
    if not going:
        return 0.0, usual.rest_spread
    again = restate(going, usual, level, shaped=False)
    slow = _slow_so_far(going, usual, level)
    _, row = np.unique([s.incident for s in going], return_inverse=True)
    left = np.array([s.travel_s for s in going])
    matters = np.minimum(left, FULL_REST_S) / FULL_REST_S
    weight = matters / np.bincount(row)[row]
    search_s = mean_search_s(np.array([s.uncertainty_m for s in going]), usual.prior)
    arrived_s = np.array([s.arrived_s for s in going])
    left_s = np.maximum(arrived_s - search_s, 0.2 * arrived_s)
    rest = np.log(left_s) - (again.log_medians - np.log1p(search_s / np.exp(again.log_medians)))
    power = float((weight * slow * rest).sum() / ((weight * slow**2).sum() + REST_TRIPS * REST_SD2))
    power = min(max(power, 0.0), 1.0)
    seen = ((rest - power * slow) / again.log_sds) ** 2
    hats = length_hats(left) / np.bincount(row)[row][:, None]
    spread2 = (REST_TRIPS + hats.T @ np.minimum(seen, LARGEST_REST**2)) / (REST_TRIPS + hats.sum(axis=0))
    return round(power, 4), tuple(np.sqrt(spread2).round(4).tolist())


def _slow_so_far(statements: Sequence[Statement], usual: Learned, level: Level) -> Floats:
    log_levels, _ = levels_at(statements, level)
    found = np.empty(len(statements))
    groups: dict[Conditions, list[int]] = {}
    for k, s in enumerate(statements):
        groups.setdefault(s.conditions, []).append(k)
    for conditions, rows in groups.items():
        found[rows] = so_far([statements[k] for k in rows], usual.at(conditions, Moment.ON_THE_WAY), log_levels[rows])
    return found


def _scores_of_other_days(
    trips: Sequence[Trip], statements: Sequence[Statement], prior: ArrivalModel, source: str
) -> Floats:
    """Normal scores of what came, in forecasts of models that saw other days only (one day: other hours)."""
    group_of = _folds(trips, statements)
    found = np.empty(len(statements))
    own = np.array([group_of(s.day, s.at) for s in statements], dtype=np.intp)
    for fold in np.unique(own):
        others = [t for t in trips if group_of(t.day, t.at) != fold]
        taught = [s for s, f in zip(statements, own, strict=True) if f != fold]
        rows = np.flatnonzero(own == fold)
        held_out = [statements[k] for k in rows.tolist()]
        legs = _legs(others, taught, prior, source)
        again = restate(held_out, legs, level_of(trips, legs), shaped=False)
        arrived_s = np.array([s.arrived_s for s in held_out])
        found[rows] = np.clip(again.scores(arrived_s), -LARGEST_SCORE, LARGEST_SCORE)
    return found


def _folds(trips: Sequence[Trip], statements: Sequence[Statement]) -> Callable[[str, datetime], int]:
    """Which part of the data belongs together: whole days, or whole hours where there are too few days."""
    days = sorted({*(t.day for t in trips), *(s.day for s in statements)})
    if len(days) < FOLDS:
        return lambda _, at: int(at.timestamp() // 3600) % FOLDS
    number = {day: k % FOLDS for k, day in enumerate(days)}
    return lambda day, _: number[day]


def _about(trips: Sequence[Trip], source: str) -> About:
    days = sorted({t.day for t in trips})
    return About(
        trips=len(trips),
        days=len(days),
        first=days[0] if days else "",
        last=days[-1] if days else "",
        simulated=sum(t.simulated for t in trips),
        source=source,
    )
