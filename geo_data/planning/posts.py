"""Where posts should be: location models of spopt (PySAL) on our own travel times, solved by HiGHS.

- Most demand covered with n posts (MCLP): R. Church and C. ReVelle, "The maximal covering location problem", Papers of the
  Regional Science Association 32, 1974.
- Shortest mean way to the nearest of n posts (p-median): S. L. Hakimi, Operations Research 12(3), 1964; programme of C. ReVelle
  and R. Swain, "Central facilities location", Geographical Analysis 2(1), 1970.
- Fewest posts (LSCP): C. Toregas, R. Swain, C. ReVelle and L. Bergman, "The location of emergency service facilities",
  Operations Research 19(6), 1971; for a share of the demand the least n whose MCLP covers it.

"Covered" means that the probability of arriving in time, turnout and the spread of travel in it, is ``p_least`` or more.
Models take one unit to be free at each post: how many people it takes is another question (`dispatch.planning`).
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import numpy as np

from dispatch.errors import InvalidInput
from geo_data.planning.post_table import NOWHERE_S, PostTable, covers, silent
from geo_data.roads.network import Floats

ROUNDING = 1e-9
RADIUS = 0.5


class Model(StrEnum):
    """What to make best."""

    MCLP = "mclp"
    PMEDIAN = "pmedian"
    LSCP = "lscp"


def place_posts(table: PostTable, n: int, model: Model, p_least: float, kept: Sequence[int] = ()) -> list[int]:
    """Choose ``n`` sites by MCLP or p-median.

    Where fewer posts cover all that can be covered, MCLP has no use for the rest: they go, one by one, where they
    shorten the mean way most.

    Parameters
    ----------
    table : PostTable
    n : int
        Posts in all, those kept included.
    model : Model
        `Model.MCLP` or `Model.PMEDIAN`.
    p_least : float
        See `geo_data.planning.post_table.covers`.
    kept : sequence of int
        Rows that must be chosen.

    Returns
    -------
    list of int
        Rows, rising.

    Raises
    ------
    InvalidInput
        When there are fewer sites than ``n``, or more posts to keep.
    """
    sites = len(table.travel_s)
    if not max(1, len(set(kept))) <= n <= sites:
        raise InvalidInput(
            f"--n {n}: 需在 {max(1, len(set(kept)))} 与候选点数 {sites} 之间。(Use at least the posts kept and no more than the candidates.)"
        )
    if model is Model.PMEDIAN:
        return _solved("PMedian", kept, table.travel_s.T / 60, weights=table.weight, p_facilities=n)
    found = _most_covered(table, n, p_least, kept)
    within = covers(table, p_least).any(axis=0)
    if _covered(table, found, p_least) < float(table.weight[within].sum()) - ROUNDING:
        return found
    enough = _solved("LSCP", kept, _uncovered(table, p_least)[within], service_radius=RADIUS) if within.any() else kept
    return _nearer(table, enough, n)


def fewest_posts(
    table: PostTable,
    share: float,
    p_least: float,
    kept: Sequence[int] = (),
    progress: Callable[[int, int], None] = silent,
) -> list[int]:
    """Choose as few sites as cover a share of the demand, 0 to 1; arguments otherwise as `place_posts`.

    Raises
    ------
    InvalidInput
        When all sites together cover less.
    """
    within = covers(table, p_least).any(axis=0)
    most = float(table.weight[within].sum())
    if share > most + ROUNDING:
        raise InvalidInput(
            f"--share {share}: 全部 {len(table.travel_s)} 个候选点最多覆盖 {most:.1%}。"
            f"(All candidates together cover {most:.1%}: ask for less, a lower --p-least, or more candidates.)"
        )
    if share >= most - ROUNDING:
        return _solved("LSCP", kept, _uncovered(table, p_least)[within], service_radius=RADIUS)
    low, high = max(1, len(set(kept))), len(table.travel_s)
    best = list(range(high))
    while low < high:
        middle = (low + high) // 2
        progress(middle, high)
        found = _most_covered(table, middle, p_least, kept)
        if _covered(table, found, p_least) >= share - ROUNDING:
            best, high = found, middle
        else:
            low = middle + 1
    return best if len(best) == high else _most_covered(table, high, p_least, kept)


def _most_covered(table: PostTable, n: int, p_least: float, kept: Sequence[int]) -> list[int]:
    cost = _uncovered(table, p_least)
    return _solved("MCLP", kept, cost, weights=table.weight, service_radius=RADIUS, p_facilities=n)


def _nearer(table: PostTable, posts: Sequence[int], n: int) -> list[int]:
    """Add sites up to ``n``, each time the one with which the mean way falls most: for posts that cover has no use for."""
    rows = list(posts)
    nearest_s = table.travel_s[rows].min(axis=0, initial=NOWHERE_S)
    while len(rows) < n:
        mean_s = np.minimum(table.travel_s, nearest_s) @ table.weight
        mean_s[rows] = np.inf
        rows.append(int(np.argmin(mean_s)))
        nearest_s = np.minimum(nearest_s, table.travel_s[rows[-1]])
    return sorted(rows)


def _covered(table: PostTable, rows: Sequence[int], p_least: float) -> float:
    return float(table.weight[covers(table, p_least)[list(rows)].any(axis=0)].sum())


def _uncovered(table: PostTable, p_least: float) -> Floats:
    """(c, s) costs for spopt: 0 where a site covers a cell, else 1, which is beyond `RADIUS`."""
    return 1.0 - covers(table, p_least).T


def _solved(name: str, kept: Sequence[int], cost: Floats, **more: Any) -> list[int]:
    with _patient_with_pulp():
        import pulp  # noqa: PLC0415  (these take seconds to import, and only planning needs them)
        from spopt import locate  # noqa: PLC0415

        n_sites = cost.shape[1]
        fixed = np.isin(np.arange(n_sites), list(kept)).astype(int) if len(kept) else None
        problem = getattr(locate, name).from_cost_matrix(cost, predefined_facilities_arr=fixed, **more)
        for share in np.ravel(getattr(problem, "cli_assgn_vars", [])):
            share.cat = (
                pulp.LpContinuous
            )  # no optimum changes: all goes to the nearest; and HiGHS is twenty times as quick
        problem.solve(pulp.HiGHS(msg=False, gapRel=0.0), results=False)
        return [row for row, chosen in enumerate(problem.fac_vars) if round(chosen.value())]


@contextmanager
def _patient_with_pulp() -> Iterator[None]:
    """PuLP 3.3 warns at each variable of what PuLP 4 will no longer know; pyproject.toml keeps PuLP 4 away."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield
