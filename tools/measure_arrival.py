"""Measure forecasts of arrival on simulated days (模拟): assumed, and learned from few trips and from many.

Learned on tuning days (seeds 1001 on), checked on held-out days (seeds 9101 on) that nothing was chosen on. The hidden traffic
is the usual one (``usual``) or one of another form (``regimes``, `dispatch.simulation.regimes`); both differ in form from
what forecasts assume. Intervals are of 95 %, drawn anew over days, as trips of a day share its traffic.

Run: ``python -m tools.measure_arrival [--days 60] [--kept FOLDER] [--workers 2] [--tables]``; days already played are kept in the
folder.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from api import wiring
from api.simulating.arrival_facts import Facts
from api.simulating.played_days import Day
from dispatch.events import SHARES
from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.calibration import by_band, by_zone, reliability_by_rank, tenth_of
from dispatch.prediction.fit import fit
from dispatch.prediction.lately import level_of
from dispatch.prediction.learned import Learned
from dispatch.prediction.moments import Moment
from dispatch.prediction.predictor import Assumed, Predictor
from dispatch.prediction.restate import restate
from dispatch.prediction.scores import brier, crps_of_quantiles
from dispatch.prediction.today import Varying
from dispatch.prediction.trips import Statement
from tools.arrival_days import played

Floats = npt.NDArray[np.float64]
TUNING, HELD_OUT = 1001, 9101
FEW = (50, 500, 5000)
RESAMPLES = 1000
LOOKS_S = (240.0, 720.0)  # after the departure
NINETY_NINE = tuple(k / 100 for k in range(1, 100))
CASES = {
    "other": ("traffic of another form", "regimes", "regimes"),
    "usual": ("usual traffic", "usual", "usual"),
    "strange": ("learned under usual traffic, used under another", "usual", "regimes"),
}
GROUPS = {"zone": by_zone, "hours": by_band}


class Case(NamedTuple):
    """What is learned from and what it is checked on."""

    name: str
    taught: list[Facts]
    checked: list[Facts]


class Scored(NamedTuple):
    """Statements of one moment as one model would have made them."""

    statements: list[Statement]
    day: npt.NDArray[np.intp]
    p: Floats
    kept: npt.NDArray[np.bool_]
    crps_s: Floats
    inside: Floats


def main() -> None:
    """Play what has not been played, learn, check, print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--days", type=int, default=60)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--kept", type=Path, default=Path("arrival-days"))
    arguments.add_argument("--tables", action="store_true", help="reliability by tenth, zone and hours too")
    arguments.add_argument("--only", choices=CASES)
    asked = arguments.parse_args()
    prior = wiring.load_policy(wiring.settings().policy).arrival
    taught: list[Facts] = []
    models: dict[str, Predictor] = {}
    for case in cases(asked.days, asked.kept, asked.workers, asked.only):
        print(f"\n### {case.name}: {len(case.taught)} tuning days, {len(case.checked)} held-out days")
        if case.taught is not taught:
            taught, models = case.taught, {"assumed": Assumed(prior), **learned(case.taught, prior)}
        for moment in Moment:
            show(moment, models, case.checked)
        if asked.tables:
            for moment in Moment:
                tables(moment, models, case.checked)


def cases(days: int, kept: Path, workers: int, only: str | None) -> Iterator[Case]:
    """Both forms of traffic, and what was learned under one of them used under the other."""

    @cache
    def of(traffic: str, first: int) -> list[Facts]:
        return played([Day(traffic, first + k) for k in range(days)], kept, workers)

    for name, (title, tuning, held_out) in CASES.items():
        if only in (None, name):
            yield Case(title, of(tuning, TUNING), of(held_out, HELD_OUT))


def learned(taught: Sequence[Facts], prior: ArrivalModel) -> dict[str, Predictor]:
    """Models from the first few trips, as a house that begins has them, and from all."""
    trips = sorted((t for day in taught for t in day.trips), key=lambda t: t.at)
    statements = [s for day in taught for s in day.statements if is_looked_at(s)]
    found: dict[str, Predictor] = {}
    for n in (*(n for n in FEW if n < len(trips)), len(trips)):
        until = trips[n - 1].at
        known = [s for s in statements if s.at <= until]
        model = fit(trips[:n], known, prior, source="tuning days")
        if n == len(trips):
            found[f"{n} trips, today left out"] = replace(model, varying=Varying())
        found[f"{n} trips"] = model
    return found


def score(moment: Moment, model: Predictor, checked: Sequence[Facts]) -> Scored:
    """State anew what was stated on the held-out days."""
    rows = [(s, d) for d, day in enumerate(checked) for s in day.statements if s.moment is moment and is_looked_at(s)]
    statements, days = [s for s, _ in rows], np.array([d for _, d in rows], dtype=np.intp)
    trips = [t for day in checked for t in day.trips]
    again = restate(statements, model, level_of(trips, model) if isinstance(model, Learned) else None)
    arrived_s = np.array([s.arrived_s for s in statements])
    there = np.minimum(arrived_s, 6 * 3600.0)
    quantiles_s = again.quantiles_s(SHARES)
    inside = [
        (quantiles_s[:, SHARES.index(low)] <= arrived_s) & (arrived_s <= quantiles_s[:, SHARES.index(high)])
        for low, high in ((0.25, 0.75), (0.1, 0.9), (0.05, 0.95))
    ]
    return Scored(
        statements,
        days,
        again.p_within(np.array([s.left_s for s in statements])),
        np.array([s.kept for s in statements], dtype=np.bool_),
        crps_of_quantiles(again.quantiles_s(NINETY_NINE), NINETY_NINE, there),
        np.column_stack(inside).astype(np.float64),
    )


def is_looked_at(s: Statement) -> bool:
    """Whether a probability was stated; of drives only two looks count, so that long ones do not count for most."""
    return s.p_kept is not None and (s.progress is None or s.progress.elapsed_s in LOOKS_S)


def show(moment: Moment, models: dict[str, Predictor], checked: Sequence[Facts]) -> None:
    """One line a model."""
    print(f"\n**{moment.label} {moment.value}**\n")
    print("| model | n | kept, stated | worst tenth by rank, points | Brier | reliability | resolution | CRPS, s "
          "| within 50 % | 80 % | 90 % |\n|---|---|---|---|---|---|---|---|---|---|---|")  # fmt: skip
    for name, model in models.items():
        s = score(moment, model, checked)
        n_days = len(checked)
        b = brier(s.p, s.kept, tenth_of(s.p))
        if b is None:
            continue
        cover = [over_days(s.inside[:, k], s.day, n_days) for k in range(3)]
        loss = over_days((s.p - s.kept) ** 2, s.day, n_days)
        print(
            f"| {name} | {b.n:,} | {s.kept.mean():.1%}, {s.p.mean():.1%} | {worst(s):.1f} | {three(loss, '.4f')} "
            f"| {b.reliability:.5f} | {b.resolution:.4f} | {three(over_days(s.crps_s, s.day, n_days), '.1f')} "
            f"| {' | '.join(three(c, '.1%') for c in cover)} |"
        )


def worst(s: Scored) -> float:
    """The largest gap of a tenth by rank, in points."""
    return 100 * max(abs(t.gap) for t in reliability_by_rank(s.p, s.kept) if t.gap is not None)


def over_days(values: Floats, day: npt.NDArray[np.intp], days: int) -> tuple[float, float, float]:
    """A mean, and its 95 % interval when days are drawn anew with replacement."""
    total, n = np.bincount(day, values, days), np.maximum(np.bincount(day, minlength=days), 1e-9)
    drawn = np.random.default_rng(1).integers(0, days, (RESAMPLES, days))
    low, high = np.quantile(total[drawn].sum(axis=1) / n[drawn].sum(axis=1), (0.025, 0.975))
    return float(values.mean()), float(low), float(high)


def three(found: tuple[float, float, float], form: str) -> str:
    """A value with its interval."""
    value, low, high = (format(x, form) for x in found)
    return f"{value} ({low} to {high})"


def tables(moment: Moment, models: dict[str, Predictor], checked: Sequence[Facts]) -> None:
    """Reliability by tenths of probability, and coverage by zone and hours, of the last model."""
    name, model = list(models.items())[-1]
    s = score(moment, model, checked)
    print(
        f"\n{moment.label} {moment.value}, {name}\n\n| by rank: stated | kept, 95 % over days | n | gap, points |\n|---|---|---|---|"
    )
    order = np.array_split(np.argsort(s.p, kind="stable"), 10)
    for rows in order:
        seen = over_days(s.kept[rows].astype(np.float64), s.day[rows], len(checked))
        print(
            f"| {s.p[rows].mean():.1%} | {three(seen, '.1%')} | {len(rows):,} | {100 * (seen[0] - s.p[rows].mean()):+.1f} |"
        )
    print("\n| group | n | kept, stated | within 50 % | 80 % | 90 % |\n|---|---|---|---|---|---|")
    for key in GROUPS.values():
        names = np.array([key(x) for x in s.statements])
        for group in np.unique(names):
            rows = np.flatnonzero(names == group)
            cover = " | ".join(f"{x:.1%}" for x in s.inside[rows].mean(axis=0))
            print(f"| {group} | {len(rows):,} | {s.kept[rows].mean():.1%}, {s.p[rows].mean():.1%} | {cover} |")


if __name__ == "__main__":
    main()
