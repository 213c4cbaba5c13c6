"""One window: which unit goes to which incident, all together.

An assignment problem (H. W. Kuhn, "The Hungarian method", Naval Research Logistics Quarterly 2, 1955), solved by scipy. It is
solved twice: once with every unit that has a job keeping it, once with those that have not set off free to exchange. What
differs falls into chains, units that follow one another from incident to incident; each chain is taken or left as a whole.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dispatch.choosing.arrivals import Floats
from dispatch.choosing.situation import NOBODY, Situation
from dispatch.policy.policy import Choosing

Columns = npt.NDArray[np.intp]
CUT_OFF_S = 1e6  # price of keeping a unit that no road leads from any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What becomes of one incident.

    Parameters
    ----------
    row : int
        Of the situation.
    column : int
        The unit it gets; `NOBODY` where it goes on waiting.
    before : int
        The unit it has now; `NOBODY` where it has none.
    chain : int
        Matches of one chain are carried out together or not at all.
    gain_s : float
        What exchanging saves, over the whole chain; 0 where nobody exchanges.
    """

    row: int
    column: int
    before: int
    chain: int
    gain_s: float


def match(s: Situation, cost: Floats, policy: Choosing) -> list[Match]:
    """Match incidents and units at the least cost.

    Parameters
    ----------
    s : Situation
    cost : (i, u) float64
        Of a rule; inf where a unit may not go.
    policy : Choosing

    Returns
    -------
    list of Match
        One a row, in their order.
    """
    bound = s.current != NOBODY
    cost = cost.copy()
    cost[bound, s.current[bound]] = np.minimum(cost[bound, s.current[bound]], CUT_OFF_S)
    wait_s = np.where(bound, np.inf, wait_price_s(s, policy))
    kept = _least(np.where(_may_keep(s), cost, np.inf), wait_s)
    if not (policy.swaps and bound.any()):
        return _matches(s, kept, np.arange(len(kept)), np.zeros(len(kept)))
    free = _least(np.where(_as_sure(s, kept, policy.swap_late_rise), cost, np.inf), wait_s)
    chain = _chains(kept, free, s.travel_s.shape[1])
    saved_s = np.bincount(chain, _cost_of(cost, wait_s, kept) - _cost_of(cost, wait_s, free))
    disturbed = np.bincount(chain, bound & (free != kept)) > 0
    taken = disturbed & (saved_s > policy.swap_gain_s)
    columns = np.where(taken[chain], free, kept)
    return _matches(s, columns, chain, np.where(taken, saved_s, 0.0))


def wait_price_s(s: Situation, policy: Choosing) -> Floats:
    """(i,) what it costs to leave an incident waiting: more and more, so that none waits for ever."""
    return np.asarray(s.priority * (policy.wait_price_s + policy.wait_growth * s.waited_s))


def _may_keep(s: Situation) -> npt.NDArray[np.bool_]:
    """Whether a pair is possible when every unit that has a job keeps it."""
    bound = s.current[s.current != NOBODY]
    possible = np.ones(s.travel_s.shape, dtype=np.bool_)
    possible[:, bound] = False
    possible[s.current != NOBODY] = False
    possible[s.current != NOBODY, bound] = True
    return possible


def _as_sure(s: Situation, kept: Columns, rise: float) -> npt.NDArray[np.bool_]:
    """Whether a pair makes an incident late hardly more probably than the unit that it would have anyway."""
    had = np.where(kept == NOBODY, 0.0, _at(s.p_kept, kept))
    return np.asarray(s.p_kept >= had[:, None] - rise)


def _least(cost: Floats, wait_s: Floats) -> Columns:
    """(i,) column of each incident at the least sum, `NOBODY` for those that wait at their price."""
    n, units = cost.shape
    alone = np.full((n, n), np.inf)
    np.fill_diagonal(alone, wait_s)
    _, column = linear_sum_assignment(np.hstack([cost, alone]))
    return np.where(column < units, column, NOBODY)


def _cost_of(cost: Floats, wait_s: Floats, columns: Columns) -> Floats:
    return np.where(columns == NOBODY, wait_s, _at(cost, columns))


def _at(values: Floats, columns: Columns) -> Floats:
    return np.asarray(values[np.arange(len(columns)), columns])


def _chains(one: Columns, other: Columns, n_units: int) -> Columns:
    """(i,) number of the chain each incident belongs to: those that share a unit in either matching."""
    n = len(one)
    row = np.tile(np.arange(n), 2)
    column = np.concatenate([one, other])
    shared = column != NOBODY
    links = coo_array((np.ones(shared.sum()), (row[shared], n + column[shared])), shape=(n + n_units, n + n_units))
    return np.asarray(connected_components(links, directed=False)[1][:n])


def _matches(s: Situation, columns: Columns, chain: Columns, gain_s: Floats) -> list[Match]:
    rows = zip(columns.tolist(), s.current.tolist(), chain.tolist(), strict=True)
    return [
        Match(row=i, column=column, before=before, chain=number, gain_s=float(gain_s[number]))
        for i, (column, before, number) in enumerate(rows)
    ]
