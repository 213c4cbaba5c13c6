"""The map that tells how to read another system's response log: which column is which, and what the limits are."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dispatch.errors import InvalidInput, Unavailable

TIMES = ("reported", "dispatched", "en_route", "on_scene", "cleared")
GROUPS = ("zone", "district", "tier")
SETTINGS = ("title", "timezone", "encoding", "delimiter", "longest_s", "limit_unit", "columns", "limits")
COLUMNS = ("incident", "unit", *GROUPS, "date", "date_format", *TIMES, "time_format", "response_s", "p_kept", "cells")
UNIT_S = {"s": 1.0, "min": 60.0}
LONGEST_S = 4 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogMap:
    """How to read one log.

    Parameters
    ----------
    title : str
    timezone : ZoneInfo
        Of every time that names none itself.
    encoding, delimiter : str
    longest_s : float
        A response longer than this is taken for a slip of the clock, in seconds.
    incident : tuple of str
        Columns that together name an incident.
    columns : mapping
        Column of the log by our word: any of ``unit``, ``zone``, ``district``, ``tier``, ``date``, ``response_s``, ``p_kept`` and `TIMES`.
    date_formats, time_formats : tuple of str
        `strptime` forms, tried in order; empty means ISO 8601 and its near kin.
    between : str or None
        What stands between unit and time in a cell of several entries, empty for times alone; None for plain cells.
    limits_s : mapping
        Seconds allowed, by zone.
    default_limit_s : float or None
        For every other zone; None where the map names none.
    """

    title: str
    timezone: ZoneInfo
    encoding: str
    delimiter: str
    longest_s: float
    incident: tuple[str, ...]
    columns: Mapping[str, str]
    date_formats: tuple[str, ...]
    time_formats: tuple[str, ...]
    between: str | None
    limits_s: Mapping[str, float]
    default_limit_s: float | None

    @property
    def start(self) -> str:
        """At which event the clock starts."""
        return "reported" if "reported" in self.columns or "response_s" in self.columns else "dispatched"

    @property
    def used_columns(self) -> list[str]:
        """Columns the log must have, each once."""
        return list(dict.fromkeys([*self.incident, *self.columns.values()]))


def load_map(path: Path) -> LogMap:
    """Read a map file.

    Parameters
    ----------
    path : Path
        TOML; its form is told in docs/audit.md.

    Raises
    ------
    Unavailable
        When there is no such file.
    InvalidInput
        When it is not TOML, a key is unknown, or something needed is missing.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise Unavailable(f"No map file at {path}: give --map the TOML file that names the log's columns.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidInput(f"{path} is not a readable TOML file: {error}.") from None
    return parse_map(table)


def parse_map(table: Mapping[str, Any]) -> LogMap:
    """Build a map from parsed TOML; raises `InvalidInput` with the place and the remedy."""
    _known(table, SETTINGS, "the top of the map")
    columns = _table(table, "columns")
    _known(columns, COLUMNS, "[columns]")
    named = {k: _text(columns, k) for k in ("unit", *GROUPS, "date", *TIMES, "response_s", "p_kept") if k in columns}
    _enough(named)
    unit_s = _limit_unit_s(table)
    limits_s = {zone: unit_s * _positive("[limits]", zone, v) for zone, v in _table(table, "limits").items()}
    return LogMap(
        title=_text(table, "title", "response log"),
        timezone=_timezone(_text(table, "timezone")),
        encoding=_text(table, "encoding", "utf-8"),
        delimiter=_text(table, "delimiter", ","),
        longest_s=_positive("the map", "longest_s", table.get("longest_s", LONGEST_S)),
        incident=_texts(columns, "incident"),
        columns=named,
        date_formats=_texts(columns, "date_format", ()),
        time_formats=_texts(columns, "time_format", ()),
        between=_between(_text(columns, "cells")) if "cells" in columns else None,
        limits_s={zone.strip(): limit_s for zone, limit_s in limits_s.items() if zone != "default"},
        default_limit_s=limits_s.get("default"),
    )


def _known(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}."
            raise InvalidInput(f"map: unknown key {key!r} in {where}: {hint}")


def _enough(named: Mapping[str, str]) -> None:
    if "response_s" in named or ("on_scene" in named and ("reported" in named or "dispatched" in named)):
        return
    raise InvalidInput(
        "map: [columns] must name on_scene with reported or dispatched, or a ready response_s; else there is nothing to judge."
    )


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key)
    if not isinstance(value, Mapping) or not value:
        raise InvalidInput(f"map: the table [{key}] is missing or empty; docs/audit.md shows one.")
    return value


def _text(table: Mapping[str, Any], key: str, default: str | None = None) -> str:
    value = table.get(key, default)
    if not isinstance(value, str) or not value:
        raise InvalidInput(f'map: {key} must be given as text, e.g. {key} = "…".')
    return value


def _texts(table: Mapping[str, Any], key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
    if key not in table and default is not None:
        return default
    value = table.get(key)
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(v, str) and v for v in values):
        raise InvalidInput(f"map: {key} must be given as text or a list of texts.")
    return tuple(values)


def _positive(where: str, key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise InvalidInput(f"map: {key} in {where} must be a number above 0, not {value!r}.")
    return float(value)


def _limit_unit_s(table: Mapping[str, Any]) -> float:
    unit = table.get("limit_unit", "s")
    if not isinstance(unit, str) or unit not in UNIT_S:
        raise InvalidInput(f'map: limit_unit must be "s" or "min", not {unit!r}.')
    return UNIT_S[unit]


def _timezone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(f'map: unknown timezone {name!r}; write it like "Asia/Shanghai".') from None


def _between(template: str) -> str:
    """What stands between the unit and the time in ``unit=time``; empty where entries are times alone."""
    matched = re.fullmatch(r"(?:unit(?P<between>.+))?time", template)
    if matched is None:
        raise InvalidInput(f'map: cells must read like "unit=time" or "time", not {template!r}.')
    between = matched["between"] or ""
    return between.strip() or between
