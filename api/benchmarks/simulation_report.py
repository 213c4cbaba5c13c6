"""What simulated days cost, as tables for the terminal and as data."""

import os
from dataclasses import asdict
from math import nan
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table

from api.benchmarks.simulation import PER_DAY, Cost
from api.benchmarks.targets import Promise

LIMIT_MS = 1.3  # so that a year takes six minutes on two processes


def report(cost: Cost) -> RenderableType:
    """All of a run."""
    kept = promise(cost)
    year = f"A year of {PER_DAY:,.0f} a day: {cost.year_min:.0f} min of one core, {cost.year_min / 2:.0f} min on two."
    return Group(
        _times(cost),
        _parts(cost),
        f"{kept.words}: {kept.found:.2f} {kept.unit}, wanted ≤ {kept.wanted:.1f}: {kept.verdict.value}",
        year,
        f"Peak memory {cost.peak_mb:.0f} MB. {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}.",
    )


def promise(cost: Cost) -> Promise:
    """What was promised of the median hour."""
    low, high = cost.interval_ms or (nan, nan)
    return Promise("processor time an incident", LIMIT_MS, cost.median_ms, low, high, at_least=False, unit="ms")


def as_json(cost: Cost) -> dict[str, Any]:
    """All of it for a file."""
    more = {"mean_ms": cost.mean_ms, "median_ms": cost.median_ms, "interval_ms": cost.interval_ms}
    return {**asdict(cost), **more, "year_min": cost.year_min, "load": os.getloadavg()[0]}


def _times(cost: Cost) -> Table:
    table = Table(title="模拟 simulated days: processor milliseconds an incident", title_justify="left")
    for head in ("", "value", "n"):
        table.add_column(head, justify="right" if head else "left")
    low, high = cost.interval_ms or (nan, nan)
    table.add_row("mean", f"{cost.mean_ms:.2f}", f"{cost.incidents:,} incidents")
    table.add_row("median of the days", f"{np.median(cost.days_ms):.2f}", f"{len(cost.days_ms)} days")
    table.add_row("median of the hours", f"{cost.median_ms:.2f}", f"{len(cost.hours_ms)} hours")
    table.add_row("its interval of 95 %", f"{low:.2f} – {high:.2f}", "")
    return table


def _parts(cost: Cost) -> Table:
    table = Table(title="Parts, on another day and with the clock", title_justify="left")
    table.add_column("")
    table.add_column("ms", justify="right")
    for name, ms in cost.parts_ms.items():
        table.add_row(name, f"{ms:.2f}")
    return table
