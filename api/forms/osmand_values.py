"""Single values of the OsmAnd protocol: numbers, yes or no, moments, batteries."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite

from dispatch.errors import InvalidInput

# Java writes 1.0E-5; nothing here takes NaN, 1_000 or the digits of other scripts, as `float` alone would.
_NUMBER = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,3})?", re.ASCII)
_SECONDS_BELOW = 2**31 - 1  # Traccar's own rule: smaller numbers are seconds, larger ones milliseconds
_PLAIN = "%Y-%m-%d %H:%M:%S"
_YEARS = range(2000, 2200)
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


def number(said: Mapping[str, object], name: str) -> float | None:
    """A finite number; None where ``name`` is not there or empty.

    Raises
    ------
    InvalidInput
        When it is something else.
    """
    value = said.get(name)
    if value is None or value == "":
        return None
    found = _number_or_none(value)
    if found is None:
        raise InvalidInput(f"参数 {name} 不是数字。({name} is not a number.)")
    return found


def flag(said: Mapping[str, object], name: str, *, default: bool) -> bool:
    """Yes or no, ``default`` where it is not there; raises `InvalidInput` for anything else."""
    if name not in said:
        return default
    found = flag_or_none(said[name])
    if found is None:
        raise InvalidInput(f"参数 {name} 只能是 true 或 false。({name} must be true or false.)")
    return found


def flag_or_none(value: object) -> bool | None:
    """Yes or no; None for anything else."""
    return value if isinstance(value, bool) else _FLAGS.get(str(value).lower())


def battery(percent: object) -> float | None:
    """A battery's charge in percent as a share from 0 to 1; None where that cannot be."""
    found = _number_or_none(percent)
    return found / 100 if found is not None and 0 <= found <= 100 else None


def share(value: object) -> float | None:
    """A share from 0 to 1; None where that cannot be, as for the -1 of a phone that does not know."""
    found = _number_or_none(value)
    return found if found is not None and 0 <= found <= 1 else None


def moment(value: object) -> datetime:
    """A moment in UTC: seconds or milliseconds since 1970, ISO 8601, or ``yyyy-MM-dd HH:mm:ss`` in UTC.

    Raises
    ------
    InvalidInput
        When it is none of these, or outside the years 2000 to 2199.
    """
    try:
        found = _moment(value)
    except (ValueError, OverflowError, OSError):
        found = None
    if found is None or found.year not in _YEARS:
        raise InvalidInput("时间 timestamp 无法识别。(The timestamp cannot be read: send seconds since 1970.)")
    return found


def _moment(value: object) -> datetime | None:
    since_1970 = _number_or_none(value)
    if since_1970 is not None:
        return datetime.fromtimestamp(since_1970 if since_1970 < _SECONDS_BELOW else since_1970 / 1000, UTC)
    if not isinstance(value, str):
        return None
    if "T" not in value:
        return datetime.strptime(value, _PLAIN).replace(tzinfo=UTC)
    found = datetime.fromisoformat(value.replace(" ", "+"))  # an address turns the plus of a zone into a space
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _number_or_none(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if isfinite(found) else None
