"""Another system's response log, read into the same records that our own events are judged by.

Rows that name the same incident are one incident. Its clock starts at the earliest report (or dispatch, where the log
knows no report) and stops at the first unit on scene; the other legs are those of the unit that arrived first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dispatch.audit import Basis
from dispatch.record import Problem, Record
from dispatch.vocabulary import INTERVALS
from geo_data.logs.log_entries import Entries, read_entries
from geo_data.logs.log_map import GROUPS, LogMap
from geo_data.logs.log_table import load_table
from geo_data.logs.log_times import DAY_S, Floats, parse_days

# The interval ends of our vocabulary, as a log calls them.
LOG_END = {
    "reported": "reported",
    "assigned": "dispatched",
    "en_route": "en_route",
    "on_scene": "on_scene",
    "cleared": "cleared",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseLog:
    """Records of a log, one an incident, and what they rest on."""

    records: list[Record]
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class _Incidents:
    """One line an incident, in order of first appearance."""

    names: npt.NDArray[Any]
    numbered: npt.NDArray[np.bool_]
    day_s: Floats
    limit_s: Floats
    groups: Mapping[str, npt.NDArray[Any]]


def read_log(
    path: Path, log_map: LogMap, *, judged_at: datetime, since: date | None = None, until: date | None = None
) -> ResponseLog:
    """Read a log.

    Parameters
    ----------
    path : Path
        csv or csv.gz.
    log_map : LogMap
    judged_at : datetime
        Aware; stated on the audit. A log is taken as finished: what has no arrival in it is not kept.
    since, until : date, optional
        First and last local day, both included, of the start of the clock.

    Returns
    -------
    ResponseLog

    Raises
    ------
    Unavailable
        When there is no such file.
    InvalidInput
        When it is not csv in the stated encoding, or lacks a column the map names.
    """
    table = load_table(path, log_map)
    row_incident, incidents = _merge(table, log_map)
    entries = read_entries(table, row_incident, incidents.day_s, log_map)
    legs = _legs(entries, len(incidents.names), log_map)
    if "response_s" in log_map.columns:
        legs["response"] = entries.ready_s
    problems = _problems(incidents, entries, legs, log_map)
    inside, undated = _period(entries, incidents.day_s, since, until)
    records = _records(incidents, legs, problems, entries.hour, inside)
    basis = Basis(
        title=log_map.title,
        source=path.name,
        judged_at=judged_at,
        start=log_map.start,
        timezone=log_map.timezone.key,
        since=since,
        until=until,
        rows=len(table),
        merged_rows=len(table) - len(incidents.names),
        notes=_notes(log_map, entries, incidents, undated),
    )
    return ResponseLog(records=records, basis=basis)


def _merge(table: pd.DataFrame, log_map: LogMap) -> tuple[npt.NDArray[np.int64], _Incidents]:
    key = table[log_map.incident[0]]
    for column in log_map.incident[1:]:
        key = key + " " + table[column]
    key = key.str.strip()
    numbered = (key != "").to_numpy(dtype=bool)
    lines = pd.Series(np.arange(2, len(table) + 2), index=table.index).astype("str")
    key = key.where(numbered, "(line " + lines + ")")  # a row without a number can only stand for itself
    codes, names = pd.factorize(key)
    groups = {g: table[log_map.columns[g]] for g in GROUPS if g in log_map.columns}
    limit_s = _limits_s(groups.get("zone"), len(table), log_map)
    rows = pd.DataFrame({"incident": codes, "limit_s": limit_s, "numbered": numbered, "day_s": _days(table, log_map)})
    rows = rows.assign(**{g: groups[g].where(groups[g] != "").to_numpy() for g in groups})
    first = rows.groupby("incident", sort=True).first()
    if "zone" in groups:
        first[["zone", "limit_s"]] = _strictest(rows)
    return codes, _Incidents(
        names=np.asarray(names, dtype=object),
        numbered=first["numbered"].to_numpy(dtype=bool),
        day_s=first["day_s"].to_numpy(dtype=np.float64),
        limit_s=first["limit_s"].to_numpy(dtype=np.float64),
        groups={g: first[g].astype(object).where(first[g].notna(), None).to_numpy() for g in groups},
    )


def _strictest(rows: pd.DataFrame) -> pd.DataFrame:
    """Zone and limit of each incident; where its rows disagree, the named zone with the strictest limit."""
    ordered = rows.assign(blank=rows["zone"].isna()).sort_values(["incident", "blank", "limit_s"], kind="stable")
    return ordered.drop_duplicates("incident").set_index("incident")[["zone", "limit_s"]]


def _limits_s(zone: "pd.Series[str] | None", n: int, log_map: LogMap) -> Floats:
    default_s = np.nan if log_map.default_limit_s is None else log_map.default_limit_s
    if zone is None:
        return np.full(n, default_s)
    limits_s = zone.map(dict(log_map.limits_s)).astype("float64").fillna(default_s)
    return np.asarray(limits_s, dtype=np.float64)


def _days(table: pd.DataFrame, log_map: LogMap) -> Floats:
    if "date" not in log_map.columns:
        return np.full(len(table), np.nan)
    return parse_days(table[log_map.columns["date"]], log_map.date_formats)


def _legs(entries: Entries, n: int, log_map: LogMap) -> dict[str, Floats]:
    """Seconds of each interval by incident, NaN where an end is missing."""
    first = entries.of_first_arrived()
    ends = {end: first.get(LOG_END[end], np.full(n, np.nan)) for end in LOG_END}
    legs = {i.name: ends[i.stop] - ends[i.start] for i in INTERVALS}
    legs["call_handling"] = entries.earliest("dispatched") - entries.earliest("reported")
    legs["response"] = entries.earliest("on_scene") - entries.earliest(log_map.start)
    return legs


def _problems(
    incidents: _Incidents, entries: Entries, legs: Mapping[str, Floats], log_map: LogMap
) -> npt.NDArray[np.int64]:
    """Index into `PROBLEMS` of the first reason that holds, -1 where the response can be judged."""
    response_s = legs["response"]
    ready = "response_s" in log_map.columns
    stop = "response_s" if ready else "on_scene"
    unreadable = entries.unreadable(stop) & np.isnan(response_s if ready else entries.earliest(stop))
    no_start = np.isnan(entries.earliest(log_map.start)) & (not ready)
    holds = {
        Problem.NO_INCIDENT_NUMBER: ~incidents.numbered,
        # An unreadable start may have been the earliest one, so the readable ones are no proof.
        Problem.UNREADABLE_TIME: unreadable | (entries.unreadable(log_map.start) & (not ready)),
        Problem.NO_START: no_start,
        Problem.NO_ARRIVAL: np.isnan(response_s),
        Problem.ARRIVAL_BEFORE_START: response_s < 0,
        Problem.ZERO_INTERVAL: response_s == 0,
        Problem.TOO_LONG: response_s > log_map.longest_s,
        Problem.NO_LIMIT: np.isnan(incidents.limit_s),
    }
    return np.select([holds[p] for p in PROBLEMS], list(range(len(PROBLEMS))), default=-1).astype(np.int64)


PROBLEMS = (
    Problem.NO_INCIDENT_NUMBER,
    Problem.UNREADABLE_TIME,
    Problem.NO_START,
    Problem.NO_ARRIVAL,
    Problem.ARRIVAL_BEFORE_START,
    Problem.ZERO_INTERVAL,
    Problem.TOO_LONG,
    Problem.NO_LIMIT,
)


def _period(
    entries: Entries, day_s: Floats, since: date | None, until: date | None
) -> tuple[npt.NDArray[np.bool_], int]:
    """Which incidents lie in the period, and how many could not be placed because they have no date."""
    if since is None and until is None:
        return np.ones(len(day_s), dtype=bool), 0
    day = np.where(np.isnan(entries.start_day_s), day_s, entries.start_day_s) / DAY_S
    low = -np.inf if since is None else (since - date(1970, 1, 1)).days
    high = np.inf if until is None else (until - date(1970, 1, 1)).days
    return (day >= low) & (day <= high), int(np.isnan(day).sum())


def _records(
    incidents: _Incidents,
    legs: Mapping[str, Floats],
    problems: npt.NDArray[np.int64],
    hour: Floats,
    inside: npt.NDArray[np.bool_],
) -> list[Record]:
    columns = [_optional(legs[i.name]) for i in INTERVALS]
    none: list[Any] = [None] * len(inside)
    groups = [list(incidents.groups[g]) if g in incidents.groups else none for g in GROUPS]
    lines = zip(
        inside,
        incidents.names,
        _optional(incidents.limit_s),
        problems.tolist(),
        _optional(hour),
        *groups,
        *columns,
        strict=True,
    )
    return [
        Record(
            incident=name,
            limit_s=limit_s,
            legs_s=tuple(legs_s),
            problem=None if problem < 0 else PROBLEMS[problem],
            zone=zone,
            district=district,
            tier=tier,
            hour=None if at is None else int(at),
        )
        for wanted, name, limit_s, problem, at, zone, district, tier, *legs_s in lines
        if wanted
    ]


def _optional(values: Floats) -> list[float | None]:
    return [None if v != v else v for v in values.tolist()]  # noqa: PLR0124 - only NaN differs from itself


def _notes(log_map: LogMap, entries: Entries, incidents: _Incidents, undated: int) -> tuple[str, ...]:
    notes = []
    if log_map.start == "dispatched":
        notes.append(
            "起算为派出而非报案：不含接报时间，数字偏好看。(The clock starts at dispatch, not at the report: call handling is not in it, which flatters.)"
        )
    if entries.unreadable_texts:
        samples = "、".join(repr(t) for t in entries.unreadable_texts[:3])
        notes.append(f"无法识别的时间 {entries.n_unreadable} 处，如 {samples}。(Unreadable time entries.)")
    if undated:
        notes.append(
            f"{undated} 起没有日期，无法归入所选时段，未计入。(Incidents without a date, left out of the period.)"
        )
    unused = sorted(set(log_map.limits_s) - set(incidents.groups.get("zone", ())))
    if unused:
        notes.append(
            f"[limits] 中的 {'、'.join(unused)} 在记录中没有出现。(Zones in the map that the log does not have.)"
        )
    return tuple(notes)
