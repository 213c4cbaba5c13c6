"""Another system's response log, read into the same records that our own events are judged by.

Rows that name the same incident are one incident. Its clock starts at the earliest report (or dispatch, where the log
knows no report) and stops at the first unit on scene; the other legs are those of the unit that arrived first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dispatch.auditing.audit import Basis
from dispatch.auditing.record import Problem, Record
from dispatch.vocabulary import INTERVALS
from geo_data.logs.log_entries import Entries, read_entries
from geo_data.logs.log_judging import NONE, PROBLEMS, problem_codes
from geo_data.logs.log_map import GROUPS, LogMap
from geo_data.logs.log_table import load_table
from geo_data.logs.log_times import DAY_S, Floats, parse_days

EPOCH = date(1970, 1, 1)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedLog:
    """A log in columns, one line an incident.

    Attributes
    ----------
    names : (n,) object
        Incident numbers, ``(line 7)`` where there is none.
    ends_s : mapping
        Epoch seconds of the ends of `INTERVALS` for the unit that arrived first, and of ``first_assigned``, the first
        dispatch of any; NaN where there is none.
    legs_s : mapping
        Seconds of each of `INTERVALS`, to the microsecond, NaN where an end is missing.
    limit_s, hour, day_s : (n,) float64
        Limit; local hour and local midnight of the start of the clock; NaN where unknown.
    units : (n,) object
        The unit that arrived first, None where nobody did or it has no name.
    groups : mapping
        Zone, district and tier, as far as the log has them.
    stated : mapping
        What only the texts show.
    problems : (n,) int64
        See `problem_codes`.
    inside : (n,) bool
        Whether it lies in the period.
    """

    names: npt.NDArray[Any]
    ends_s: Mapping[str, Floats]
    legs_s: Mapping[str, Floats]
    limit_s: Floats
    hour: Floats
    day_s: Floats
    units: npt.NDArray[Any]
    groups: Mapping[str, npt.NDArray[Any]]
    stated: Mapping[Problem, npt.NDArray[np.bool_]]
    problems: npt.NDArray[np.int64]
    inside: npt.NDArray[np.bool_]
    basis: Basis


def read_log(
    path: Path, log_map: LogMap, *, judged_at: datetime, since: date | None = None, until: date | None = None
) -> ResponseLog:
    """Read a log as records; see `judge_log`."""
    log = judge_log(path, log_map, judged_at=judged_at, since=since, until=until)
    return ResponseLog(records=_records(log), basis=log.basis)


def judge_log(
    path: Path, log_map: LogMap, *, judged_at: datetime, since: date | None = None, until: date | None = None
) -> JudgedLog:
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
    JudgedLog

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
    ends_s = _ends(entries, len(incidents.names))
    legs_s = _legs(entries, ends_s, log_map)
    ready = "response_s" in log_map.columns
    no_start = np.isnan(entries.earliest(log_map.start)) & (not ready)
    stated = _stated(incidents, entries, legs_s["response"], log_map)
    day_s = np.where(np.isnan(entries.start_day_s), incidents.day_s, entries.start_day_s)
    inside, undated = _period(day_s, since, until)
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
    return JudgedLog(
        names=incidents.names,
        ends_s=ends_s,
        legs_s=legs_s,
        limit_s=incidents.limit_s,
        hour=entries.hour,
        day_s=day_s,
        units=_units(entries, len(incidents.names)),
        groups=incidents.groups,
        stated=stated,
        problems=problem_codes(legs_s["response"], incidents.limit_s, no_start, log_map.longest_s, stated),
        inside=inside,
        basis=basis,
    )


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


def _ends(entries: Entries, n: int) -> dict[str, Floats]:
    first = entries.of_first_arrived()
    ends_s = {end: first.get(LOG_END[end], np.full(n, np.nan)) for end in LOG_END}
    return ends_s | {"first_assigned": entries.earliest("dispatched")}


def _units(entries: Entries, n: int) -> npt.NDArray[Any]:
    first = entries.first_arrived()
    units = np.full(n, None, dtype=object)
    units[first.index.to_numpy(dtype=np.int64)] = [unit or None for unit in first]
    return units


def _legs(entries: Entries, ends_s: Mapping[str, Floats], log_map: LogMap) -> dict[str, Floats]:
    """Seconds of each interval by incident, NaN where an end is missing."""
    legs = {i.name: ends_s[i.stop] - ends_s[i.start] for i in INTERVALS}
    legs["call_handling"] = ends_s["first_assigned"] - ends_s["reported"]
    legs["response"] = entries.earliest("on_scene") - entries.earliest(log_map.start)
    # The doubles of this century lie a quarter of a microsecond apart: their difference is good to one.
    legs = {name: np.round(leg_s, 6) for name, leg_s in legs.items()}
    return legs | ({"response": entries.ready_s} if "response_s" in log_map.columns else {})


def _stated(
    incidents: _Incidents, entries: Entries, response_s: Floats, log_map: LogMap
) -> dict[Problem, npt.NDArray[np.bool_]]:
    """What only the texts of a log show."""
    ready = "response_s" in log_map.columns
    stop = "response_s" if ready else "on_scene"
    unreadable = entries.unreadable(stop) & np.isnan(response_s if ready else entries.earliest(stop))
    return {
        Problem.NO_INCIDENT_NUMBER: ~incidents.numbered,
        # An unreadable start may have been the earliest one, so the readable ones are no proof.
        Problem.UNREADABLE_TIME: unreadable | (entries.unreadable(log_map.start) & (not ready)),
    }


def _period(day_s: Floats, since: date | None, until: date | None) -> tuple[npt.NDArray[np.bool_], int]:
    """Which incidents lie in the period, and how many could not be placed because they have no date."""
    if since is None and until is None:
        return np.ones(len(day_s), dtype=bool), 0
    day = day_s / DAY_S
    low = -np.inf if since is None else (since - EPOCH).days
    high = np.inf if until is None else (until - EPOCH).days
    return (day >= low) & (day <= high), int(np.isnan(day).sum())


def _records(log: JudgedLog) -> list[Record]:
    columns = [_optional(log.legs_s[i.name]) for i in INTERVALS]
    none: list[Any] = [None] * len(log.names)
    groups = [list(log.groups[g]) if g in log.groups else none for g in GROUPS]
    lines = zip(
        log.inside,
        log.names,
        _optional(log.limit_s),
        log.problems.tolist(),
        _optional(log.hour),
        _optional(log.day_s),
        log.units,
        *groups,
        *columns,
        strict=True,
    )
    return [
        Record(
            incident=name,
            limit_s=limit_s,
            legs_s=tuple(legs_s),
            problem=None if problem == NONE else PROBLEMS[problem],
            zone=zone,
            district=district,
            tier=tier,
            hour=None if at is None else int(at),
            day=None if day_s is None else (EPOCH + timedelta(seconds=day_s)).isoformat(),
            unit=unit,
        )
        for wanted, name, limit_s, problem, at, day_s, unit, zone, district, tier, *legs_s in lines
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
