"""What the desk's times were, as tables for the terminal and as data."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from math import nan
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table

from api.benchmarks.desk import Timed
from api.benchmarks.targets import Promise


def report(found: Sequence[Timed]) -> RenderableType:
    """All tables of a run."""
    kept = [f"{p.words}: {p.found:.2f} {p.unit}, wanted ≤ {p.wanted:.0f}: {p.verdict.value}" for p in promises(found)]
    load = f"{os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}. Processor time of one thread."
    return Group(_times(found), _stages(found), *kept, load)


def promises(found: Sequence[Timed]) -> list[Promise]:
    """What was promised of the medians."""
    return [
        Promise(t.name, t.limit_ms, t.median, *(t.interval or (nan, nan)), at_least=False, unit="ms")
        for t in found
        if t.limit_ms is not None
    ]


def as_json(found: Sequence[Timed]) -> list[dict[str, Any]]:
    """All of it for a file."""
    return [{**asdict(t), "median": t.median, "p99": t.p99, "interval": t.interval} for t in found]


def _times(found: Sequence[Timed]) -> Table:
    table = Table(title="500 units; a window has 50 incidents. Milliseconds", title_justify="left")
    for head in ("", "median", "interval of 95 %", "p99", "n", "× ours"):
        table.add_column(head, justify="right" if head else "left")
    for t in found:
        ours = next(o for o in found if t.name.startswith(o.name))
        low, high = t.interval or (nan, nan)
        times = "" if t is ours else f"{t.median / ours.median:.1f}"
        table.add_row(t.name, f"{t.median:.2f}", f"{low:.2f} – {high:.2f}", f"{t.p99:.2f}", str(len(t.ms)), times)
    return table


def _stages(found: Sequence[Timed]) -> Table:
    table = Table(title="Medians of the stages", title_justify="left")
    staged = [t for t in found if t.stages]
    table.add_column("")
    for name in staged[0].stages if staged else ():
        table.add_column(name, justify="right")
    for t in staged:
        table.add_row(t.name, *(f"{np.median(ms):.2f}" for ms in t.stages.values()))
    return table
