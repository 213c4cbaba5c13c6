"""Forecasts made anew from the facts that were kept of them, many at once: what another model would have said."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from dispatch.arrival import SHORTEST_TRAVEL_S, sums, travel_log_sds
from dispatch.events import SHARES
from dispatch.prediction.fitted import Fitted
from dispatch.prediction.learned import is_nearly_there
from dispatch.prediction.moments import Moment
from dispatch.prediction.predictor import Predictor
from dispatch.prediction.shape import PLAIN, Shape
from dispatch.prediction.today import Level, narrowed
from dispatch.prediction.trips import Statement

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Restated:
    """Distributions of arrival, one a statement, by one model.

    Parameters
    ----------
    log_medians, log_sds : (n,) float64
    shapes : tuple of Shape
    which : (n,) int
        Index of each into ``shapes``.
    p_most : float
    """

    log_medians: Floats
    log_sds: Floats
    shapes: tuple[Shape, ...]
    which: npt.NDArray[np.intp]
    p_most: float = 0.995

    def p_within(self, seconds: Floats) -> Floats:
        """(n,) probability of arriving within ``seconds`` (n,), as it is stated; 0 where none are left."""
        some = np.clip(self._shaped(self.scores(seconds), inverse=False), 1 - self.p_most, self.p_most)
        return np.where(seconds > 0, some, 0.0)

    def scores(self, seconds: Floats) -> Floats:
        """(n,) normal scores of ``seconds`` in the lognormal, shapes left out."""
        some_s = np.where(seconds > 0, np.minimum(seconds, 1e9), 1.0)
        return np.asarray((np.log(some_s) - self.log_medians) / self.log_sds)

    def quantiles_s(self, shares: Sequence[float]) -> Floats:
        """(n, q) seconds."""
        columns = [self._shaped(np.full(len(self.log_sds), float(ndtri(p))), inverse=True) for p in shares]
        z = ndtri(np.column_stack(columns)) if columns else np.empty((len(self.log_sds), 0))
        return np.asarray(np.exp(self.log_medians[:, None] + self.log_sds[:, None] * z))

    def _shaped(self, z: Floats, *, inverse: bool) -> Floats:
        p, found = ndtr(z), np.empty(len(z))
        for number, shape in enumerate(self.shapes):
            own = self.which == number
            found[own] = shape.shares(p[own]) if inverse else shape.p(p[own])
        return found


def restate(
    statements: Sequence[Statement], predictor: Predictor, level: Level | None = None, *, shaped: bool = True
) -> Restated:
    """What ``predictor`` would have said in the place of those statements; all of them need a travel time.

    With a ``level`` it would have known of each day what had ended before the statement.
    """
    log_levels, known = levels_at(statements, level)
    groups: dict[object, list[int]] = defaultdict(list)
    for k, s in enumerate(statements):
        groups[(s.moment, s.conditions, s.progress is not None, is_nearly_there(s.progress))].append(k)
    log_medians, log_sds = np.empty(len(statements)), np.empty(len(statements))
    shapes, which, p_most = {PLAIN: 0}, np.zeros(len(statements), dtype=np.intp), 0.995
    for rows in groups.values():
        some = [statements[k] for k in rows]
        fitted = predictor.at(some[0].conditions, some[0].moment, some[0].progress)
        log_medians[rows], log_sds[rows] = _lognormals(some, fitted, log_levels[rows], known[rows])
        p_most = fitted.model.p_most
        if shaped:
            which[rows] = shapes.setdefault(fitted.shape, len(shapes))
    return Restated(log_medians, log_sds, tuple(shapes), which, p_most)


def said_by(predictor: Predictor, statements: Sequence[Statement]) -> list[Statement]:
    """The same statements with the probabilities and quantiles that ``predictor`` would have said, to be checked as its own."""
    again = restate(statements, predictor)
    p = again.p_within(np.array([s.left_s for s in statements])).tolist()
    quantiles_s = again.quantiles_s(SHARES).tolist()
    return [replace(s, p_kept=p[k], quantiles_s=tuple(quantiles_s[k])) for k, s in enumerate(statements)]


def levels_at(statements: Sequence[Statement], level: Level | None) -> tuple[Floats, Floats]:
    """What was known of the level at each statement, see `Today`; nothing where nobody looked."""
    if level is None:
        return np.zeros(len(statements)), np.zeros(len(statements))
    return level.at(np.array([s.at.timestamp() for s in statements]))


def so_far(statements: Sequence[Statement], fitted: Fitted, log_levels: Floats) -> Floats:
    """See `Fitted.so_far`, against days of that level; 0 for statements without progress."""
    elapsed_s, covered_s = (
        np.array([getattr(s.progress, name, 0.0) for s in statements]) for name in ("elapsed_s", "covered_s")
    )
    return fitted.so_far(elapsed_s, covered_s, np.exp(log_levels))


def _lognormals(
    statements: Sequence[Statement], fitted: Fitted, log_levels: Floats, known: Floats
) -> tuple[Floats, Floats]:
    """Of statements under the same conditions, whatever their progress."""
    travel_s, straight_m, uncertainty_m = (
        np.array([getattr(s, name) for s in statements], dtype=np.float64)
        for name in ("travel_s", "straight_m", "uncertainty_m")
    )
    rest = np.exp(log_levels + fitted.rest_power * so_far(statements, fitted, log_levels))
    usual = replace(fitted, rest_factor=1.0).slowness(travel_s, straight_m)
    trips_s = np.maximum(travel_s * usual * rest, SHORTEST_TRAVEL_S)
    departed = statements[0].moment is Moment.ON_THE_WAY and statements[0].progress is not None
    spread = narrowed(travel_log_sds(trips_s, fitted.model), known)
    medians_s, log_sds = sums(trips_s, spread, fitted.model, departed=departed, uncertainty_m=uncertainty_m)
    return np.log(medians_s), log_sds
