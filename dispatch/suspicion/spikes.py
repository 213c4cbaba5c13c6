"""Arrivals that bunch just under the limit, tested against a smooth course of their numbers.

After J. McCrary, "Manipulation of the running variable in the regression discontinuity design", J. Econometrics 142 (2008),
in a plainer form: responses near the limit are counted in bins of one length; a log-quadratic Poisson curve is fitted to all
bins but those beside the limit (the one tested before it, and as many after it as late ones would be taken from); what the
curve expects in the tested bin is compared with what is there, its own uncertainty included. Honest people hurry too: a
spike is a reason to look, not a proof.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import binom, poisson

from dispatch.policy.suspicion_rules import SuspicionRules
from dispatch.suspicion.findings import Finding, Pattern

BINS_BEFORE, BINS_AFTER, TAKEN_FROM = 15, 10, 3
ROUNDS = 30

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spike:
    """How many arrived in the last bin before the limit, and how many a smooth course expects; ``p`` of so many or more."""

    found: int
    expected: float
    n: int
    p: float


def spike(slack_s: Sequence[float], bin_s: float) -> Spike | None:
    """Test for a spike just under the limit.

    Parameters
    ----------
    slack_s : sequence of float
        Seconds that were left at arrival; below 0 for late ones.
    bin_s : float
        Length of the tested bin.

    Returns
    -------
    Spike or None
        None where too few arrived near the limit to fit anything.
    """
    counts, tested = _counts(slack_s, bin_s)
    curve = _fitted(counts, tested)
    if curve is None:
        return None
    log_mean, log_sd = curve
    nodes, weights = np.polynomial.hermite_e.hermegauss(21)
    means = np.exp(log_mean + log_sd * nodes)
    tails = poisson.sf(counts[tested] - 1, means)
    p = float(np.sum(weights * tails) / weights.sum())
    return Spike(found=int(counts[tested]), expected=float(np.exp(log_mean)), n=int(counts.sum()), p=min(p, 1.0))


def _counts(slack_s: Sequence[float], bin_s: float) -> tuple[npt.NDArray[np.int64], int]:
    """Arrivals in each bin, in the order of time, and which is the last before the limit; that one includes the limit."""
    late_s = -np.asarray(slack_s, dtype=np.float64)
    place = np.ceil(late_s / bin_s).astype(np.int64) + BINS_BEFORE - 1
    inside = place[(place >= 0) & (place < BINS_BEFORE + BINS_AFTER)]
    return np.bincount(inside, minlength=BINS_BEFORE + BINS_AFTER), BINS_BEFORE - 1


def _fitted(counts: npt.NDArray[np.int64], tested: int) -> tuple[float, float] | None:
    """Logarithm of the expected number in the tested bin and its standard error (Poisson regression by Newton's method)."""
    x = (np.arange(len(counts)) - tested) / BINS_BEFORE
    design = np.column_stack([np.ones_like(x), x, x**2])
    used = np.ones(len(counts), dtype=np.bool_)
    used[tested : tested + 1 + TAKEN_FROM] = False
    rows, seen = design[used], counts[used].astype(np.float64)
    if np.count_nonzero(seen) < 2 * design.shape[1]:
        return None
    factor = np.array([np.log(seen.mean()), 0.0, 0.0])
    for _ in range(ROUNDS):
        mean = np.exp(np.clip(rows @ factor, -20, 20))
        information = rows.T @ (rows * mean[:, None]) + 1e-9 * np.eye(3)
        step = np.linalg.solve(information, rows.T @ (seen - mean))
        factor = factor + np.clip(step, -2, 2)
        if float(np.abs(step).max()) < 1e-8:
            break
    spread = np.linalg.inv(information)
    at = design[tested]
    overdispersion = max(1.0, float(np.sum((seen - mean) ** 2 / mean)) / max(len(seen) - 3, 1))
    return float(at @ factor), float(np.sqrt(at @ spread @ at * overdispersion))


def in_spikes(slack_by_unit: Mapping[str, Sequence[float]], rules: SuspicionRules) -> Iterator[Finding]:
    """Spikes over all units together, and of single units against what the whole house would smoothly have.

    A unit's share of the tested bin is compared by a binomial test; its p-values are corrected for the number of units
    (S. Holm, Scand. J. Statistics 6, 1979).
    """
    everybody = [s for slack in slack_by_unit.values() for s in slack]
    overall = spike(everybody, rules.spike_s)
    if overall is None or overall.n < rules.spike_n:
        return
    if overall.p < rules.p_spike:
        yield _finding(None, overall, overall.p, rules.spike_s)
    smooth_p = overall.expected / (overall.n - overall.found + overall.expected)
    tests = {unit: _against(slack, smooth_p, rules.spike_s) for unit, slack in slack_by_unit.items()}
    able = sorted(((t.p, unit, t) for unit, t in tests.items() if t.n >= rules.spike_n), key=lambda row: row[:2])
    least = 0.0
    for rank, (p, unit, test) in enumerate(able):
        least = max(least, min(1.0, p * (len(able) - rank)))
        if least < rules.p_spike:
            yield _finding(unit, test, least, rules.spike_s)


def _against(slack_s: Sequence[float], smooth_p: float, bin_s: float) -> Spike:
    counts, tested = _counts(slack_s, bin_s)
    n, found = int(counts.sum()), int(counts[tested])
    return Spike(found=found, expected=n * smooth_p, n=n, p=float(binom.sf(found - 1, n, smooth_p)))


def _finding(unit_id: str | None, test: Spike, p: float, bin_s: float) -> Finding:
    who = ("", "") if unit_id is None else (f"{unit_id}:", f"{unit_id}: ")
    zh = f"{who[0]}时限前 {bin_s:.0f} 秒内到场 {test.found} 起,平滑估计应为 {test.expected:.1f} 起(时限附近共 {test.n} 起,p={p:.2g})。"
    en = (
        f"{who[1]}{test.found} arrived in the last {bin_s:.0f} s before the limit, a smooth course expects {test.expected:.1f} "
        f"(n = {test.n} near the limit, p = {p:.2g})."
    )
    numbers = {"found": test.found, "expected": test.expected, "n": test.n, "p": p}
    return Finding(pattern=Pattern.SPIKE, unit_id=unit_id, zh=zh, en=en, numbers=numbers)
