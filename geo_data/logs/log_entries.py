"""The times of a response log taken apart: every entry of every cell, on one time line."""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo_data.logs.log_map import TIMES, LogMap
from geo_data.logs.log_times import DAY_S, Flags, Floats, parse_times, to_utc, unwrap

SEPARATORS = re.compile(r"[,;|\n]")


@dataclass(frozen=True, eq=False)
class Entries:
    """Every readable time of a log, and what could not be read.

    Parameters
    ----------
    n : int
        Number of incidents.
    times : DataFrame
        ``incident`` (int), ``kind`` (index into `TIMES`), ``unit``, ``local_s``, ``utc_s``.
    bad : DataFrame
        ``incident``, ``kind`` (name), ``text`` of what could not be read.
    dated : (n,) bool
        Whether the days of an incident are known, not only its clock times.
    ready_s : (n,) float64
        Ready response time, the shortest of the rows of an incident, NaN where none.
    start : str
        Kind that starts the clock.
    """

    n: int
    times: pd.DataFrame
    bad: pd.DataFrame
    dated: Flags
    ready_s: Floats
    start: str

    def earliest(self, kind: str, column: str = "utc_s") -> Floats:
        """Earliest time of a kind by incident, NaN where none."""
        chosen = self.times[self.times["kind"] == TIMES.index(kind)]
        return _spread(chosen.groupby("incident")[column].min(), self.n)

    def first_arrived(self) -> "pd.Series[str]":
        """The unit that arrived first, empty where it has no name, by incident that anybody arrived at."""
        arrivals = self.times[self.times["kind"] == TIMES.index("on_scene")].sort_values("utc_s", kind="stable")
        return arrivals.drop_duplicates("incident").set_index("incident")["unit"]

    def of_first_arrived(self) -> dict[str, Floats]:
        """Earliest time of each kind of the unit that arrived first; of the incident for ``reported``."""
        own = self.times[self.times["unit"] == self.times["incident"].map(self.first_arrived())]
        least = own.groupby(["kind", "incident"])["utc_s"].min()
        kinds = set(least.index.get_level_values("kind"))
        found = {name: _spread(least.loc[k], self.n) for k, name in enumerate(TIMES) if k in kinds}
        return found | {"reported": self.earliest("reported")}

    def unreadable(self, kind: str) -> Flags:
        """Incidents with an unreadable entry of a kind."""
        flags = np.zeros(self.n, dtype=bool)
        flags[self.bad.loc[self.bad["kind"] == kind, "incident"].to_numpy(dtype=np.int64)] = True
        return flags

    @cached_property
    def _start_local_s(self) -> Floats:
        kinds = [self.start] if self.start in TIMES else []
        found = np.full(self.n, np.nan)
        for kind in [*kinds, "dispatched"]:
            found = np.where(np.isnan(found), self.earliest(kind, "local_s"), found)
        return found

    @property
    def hour(self) -> Floats:
        """Local hour at which the clock started, NaN where unknown."""
        return np.floor(np.mod(self._start_local_s, DAY_S) / 3600)

    @property
    def start_day_s(self) -> Floats:
        """Local midnight of the start, NaN where unknown."""
        return np.where(self.dated, np.floor(self._start_local_s / DAY_S) * DAY_S, np.nan)

    @property
    def n_unreadable(self) -> int:
        """How many entries could not be read."""
        return len(self.bad)

    @property
    def unreadable_texts(self) -> list[str]:
        """Those entries, each spelling once."""
        return list(dict.fromkeys(self.bad["text"]))


def read_entries(table: pd.DataFrame, incident: npt.NDArray[np.int64], day_s: Floats, log_map: LogMap) -> Entries:
    """Take the time columns of a log apart.

    Parameters
    ----------
    table : DataFrame
        Texts, one line a row of the log.
    incident : (rows,) int64
        Which incident each row speaks of, 0 to n-1.
    day_s : (n,) float64
        Local midnight of the day an incident's bare clock times belong to, NaN where unknown.
    log_map : LogMap

    Returns
    -------
    Entries
    """
    parts = [_texts(table, incident, kind, log_map) for kind in TIMES if kind in log_map.columns]
    texts = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["incident", "kind", "unit", "text"])
    parsed = parse_times(texts["text"], log_map.time_formats, log_map.timezone)
    texts = texts.assign(local_s=parsed.local_s, utc_s=parsed.utc_s, clock=parsed.clock)
    readable = texts["local_s"].notna()
    bad = texts[~readable].assign(kind=lambda f: [TIMES[k] for k in f["kind"]])[["incident", "kind", "text"]]
    times, dated = _on_one_line(texts[readable].sort_values(["incident", "kind"], kind="stable"), day_s, log_map)
    ready_s, bad_ready = _ready(table, incident, len(day_s), log_map)
    bad = pd.concat([bad, bad_ready], ignore_index=True)
    return Entries(n=len(day_s), times=times, bad=bad, dated=dated, ready_s=ready_s, start=log_map.start)


def _texts(table: pd.DataFrame, incident: npt.NDArray[np.int64], kind: str, log_map: LogMap) -> pd.DataFrame:
    unit = table[log_map.columns["unit"]].to_numpy() if "unit" in log_map.columns else ""
    cells = pd.DataFrame({"incident": incident, "unit": unit, "text": table[log_map.columns[kind]].to_numpy()})
    cells = cells[cells["text"] != ""]
    if log_map.between is not None and kind != "reported":
        cells = _split(cells, log_map.between)
    return cells.assign(kind=TIMES.index(kind))


def _split(cells: pd.DataFrame, between: str) -> pd.DataFrame:
    """Take cells of several entries apart; an entry without a unit of its own keeps that of its row."""
    entries = [
        (incident, *_unit_and_time(entry, between, unit))
        for incident, unit, text in zip(*(cells[c].tolist() for c in ("incident", "unit", "text")), strict=True)
        for entry in SEPARATORS.split(text)
        if entry.strip()
    ]
    split = pd.DataFrame(entries, columns=["incident", "unit", "text"])
    return split.astype({"incident": np.int64, "unit": "str", "text": "str"})


def _unit_and_time(entry: str, between: str, unit: str) -> tuple[str, str]:
    own, found, time = entry.partition(between) if between else ("", "", "")
    return (own.strip(), time.strip()) if found else (unit, entry.strip())


def _on_one_line(times: pd.DataFrame, day_s: Floats, log_map: LogMap) -> tuple[pd.DataFrame, Flags]:
    """Put bare clock times on their days and everything in UTC."""
    incident = times["incident"].to_numpy(dtype=np.int64)
    clock = times["clock"].to_numpy(dtype=bool)
    local_s = times["local_s"].to_numpy(dtype=np.float64).copy()
    full_day_s = np.floor(_spread(times[~clock].groupby("incident")["local_s"].min(), len(day_s)) / DAY_S) * DAY_S
    base_s = np.where(np.isnan(day_s), full_day_s, day_s)
    dated = ~np.isnan(base_s)
    anchor_s = _anchor(times, np.nan_to_num(base_s))
    group = incident * len(TIMES) + times["kind"].to_numpy(dtype=np.int64)
    local_s[clock] = unwrap(local_s[clock], group[clock], anchor_s[incident][clock])
    utc_s = times["utc_s"].to_numpy(dtype=np.float64)
    wall = np.isnan(utc_s) & dated[incident]
    utc_s = np.where(np.isnan(utc_s), local_s, utc_s)
    utc_s[wall] = to_utc(local_s[wall], log_map.timezone)
    return times.assign(local_s=local_s, utc_s=utc_s), dated


def _anchor(times: pd.DataFrame, base_s: Floats) -> Floats:
    """First readable time of each incident in the order report, dispatch, …; later clock times run on from it."""
    first = times.drop_duplicates("incident").set_index("incident")
    shift_s = np.where(first["clock"], base_s[first.index.to_numpy(dtype=np.int64)], 0.0)
    return np.nan_to_num(_spread(first["local_s"] + shift_s, len(base_s)))


def _ready(
    table: pd.DataFrame, incident: npt.NDArray[np.int64], n: int, log_map: LogMap
) -> tuple[Floats, pd.DataFrame]:
    """Shortest ready response time by incident, and the cells that hold no number."""
    column = log_map.columns.get("response_s")
    if column is None:
        return np.full(n, np.nan), pd.DataFrame({"incident": [], "kind": [], "text": []})
    text = table[column].reset_index(drop=True)
    seconds = pd.to_numeric(text, errors="coerce").replace([np.inf, -np.inf], np.nan)
    bad = seconds.isna() & (text != "")
    bad_rows = pd.DataFrame(
        {"incident": incident[bad.to_numpy(dtype=bool)], "kind": "response_s", "text": text[bad].to_numpy()}
    )
    return _spread(seconds.groupby(incident).min(), n), bad_rows


def _spread(by_incident: "pd.Series[float]", n: int) -> Floats:
    values = np.full(n, np.nan)
    values[by_incident.index.to_numpy(dtype=np.int64)] = by_incident.to_numpy(dtype=np.float64)
    return values
