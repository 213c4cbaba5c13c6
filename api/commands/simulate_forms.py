"""Figures of simulated days (模拟) as a table, as JSON and as CSV."""

import csv
import json
from io import StringIO
from math import isnan
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Group, RenderableType
from rich.table import Table

from dispatch.auditing.shares import Share
from dispatch.simulation.outcomes import ROLES, TIERS, ZONES, Outcomes

Rows = npt.NDArray[np.bool_] | None


def as_text(title: str, outcomes: Outcomes) -> RenderableType:
    """Late share with n and interval, response, by zone and hour, and the load of units."""
    table = Table("", "n", "超时 late, 95 %", "均值 mean", "P90", title=title, title_justify="left")
    for name, rows in _groups(outcomes):
        table.add_row(name, *_cells(outcomes, rows))
    return Group(table, _loads(outcomes))


def beside(title: str, was: Outcomes, real: Outcomes, would_be: Outcomes) -> RenderableType:
    """What was recorded, the same day simulated as it was staffed, and simulated with the change."""
    table = Table("", "n", "超时 late, 95 %", "均值 mean", "P90", title=title, title_justify="left")
    table.add_row("实际 recorded", *_cells(real, None))
    table.add_row("模拟:原班次 simulated, as it was", *_cells(was, None))
    table.add_row("模拟:改变后 simulated, changed", *_cells(would_be, None))
    same = len(was) == len(would_be)
    first, second = (o.late.sum() for o in (was, would_be))
    note = f"同样的报案与隐藏路况 same callers and hidden roads: {first} → {second} 起超时 late" if same else ""
    return Group(table, note)


def as_json(title: str, outcomes: Outcomes) -> str:
    """The same figures for programs; seconds and shares, null where there is none."""
    groups = {name: _figures(outcomes, rows) for name, rows in _groups(outcomes)}
    loads = {role.value: _none(outcomes.gini(role)) for role in ROLES if (outcomes.role == ROLES.index(role)).any()}
    whole = {"title": title, "simulated": True, "groups": groups, "gini_of_jobs": loads}
    return json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def as_csv(outcomes: Outcomes) -> str:
    """One incident a line; an empty response means that nobody had come by the end."""
    page = StringIO()
    table = csv.writer(page, lineterminator="\n")
    table.writerow(["reported_s", "zone", "tier", "hour", "limit_s", "response_s", "late", "simulated"])
    for i in range(len(outcomes)):
        response_s = float(outcomes.response_s[i])
        table.writerow(
            [
                f"{outcomes.reported_s[i]:.3f}",
                ZONES[outcomes.zone[i]].value,
                TIERS[outcomes.tier[i]].value,
                int(outcomes.hour[i]),
                f"{outcomes.limit_s[i]:g}",
                "" if isnan(response_s) else f"{response_s:.3f}",
                int(outcomes.late[i]) if outcomes.judged[i] else "",
                1,
            ]
        )
    return page.getvalue()


def _groups(outcomes: Outcomes) -> list[tuple[str, Rows]]:
    groups: list[tuple[str, Rows]] = [("全部 all", None)]
    groups += [(f"{zone.label} {zone.value}", outcomes.zone == k) for k, zone in enumerate(ZONES)]
    return groups + [(f"{hour:02d}", outcomes.hour == hour) for hour in range(24)]


def _cells(outcomes: Outcomes, rows: Rows) -> tuple[str, str, str, str]:
    late, (mean_s, p90_s) = outcomes.late_share(rows), outcomes.response(rows)
    return f"{late.n:,}", _percent(late), _minutes(mean_s), _minutes(p90_s)


def _figures(outcomes: Outcomes, rows: Rows) -> dict[str, Any]:
    late, (mean_s, p90_s) = outcomes.late_share(rows), outcomes.response(rows)
    share = {"n": late.n, "late": late.kept, "late_share": late.p, "low": late.low, "high": late.high}
    return {**share, "mean_response_s": _none(mean_s), "p90_response_s": _none(p90_s)}


def _loads(outcomes: Outcomes) -> Table:
    table = Table("角色 role", "n", "任务均值 jobs", "基尼 Gini", title="负荷 load", title_justify="left")
    for k, role in enumerate(ROLES):
        jobs = outcomes.jobs[outcomes.role == k]
        if len(jobs):
            table.add_row(role.label, f"{len(jobs)}", f"{jobs.mean():.1f}", f"{outcomes.gini(role):.3f}")
    return table


def _percent(s: Share) -> str:
    if s.p is None or s.low is None or s.high is None:
        return "–"
    return f"{100 * s.p:.1f} % ({100 * s.low:.1f}–{100 * s.high:.1f})"


def _minutes(seconds: float) -> str:
    return "–" if isnan(seconds) else f"{seconds / 60:.1f} min"


def _none(value: float) -> float | None:
    return None if isnan(value) else value
