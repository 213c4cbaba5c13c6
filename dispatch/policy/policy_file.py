"""Reading one section of a policy file: what is left out keeps its default, what is unknown is refused by name."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from math import isfinite, isnan
from typing import Any

from dispatch.errors import InvalidInput
from dispatch.plans import Plans
from dispatch.policy.audit_rules import read_organisations
from dispatch.policy.province import read_partners
from dispatch.promises.reading import Promises, read_promises
from dispatch.zones import read_parts


def section(kind: Any, name: str, table: Any) -> Any:
    """Build one section of the policy from its table.

    Parameters
    ----------
    kind : type
        A frozen dataclass whose fields all have defaults.
    name : str
    table : mapping, or list of mapping
        As parsed from TOML; a list for the promises.

    Raises
    ------
    InvalidInput
        For an unknown key, or a value of another kind than the default.
    """
    if kind is Promises:
        return read_promises(table)
    if not isinstance(table, Mapping):
        raise InvalidInput(f"policy: [{name}] must be a table of key = value lines.")
    if kind is Plans:
        return Plans.from_mapping(table)
    known = {f.name: f.default for f in fields(kind)}
    for key, value in table.items():
        if key not in known:
            raise InvalidInput(f"policy [{name}]: unknown key {key!r}; known are {', '.join(known)}.")
        if key not in READERS:
            _require_kind(f"[{name}] {key}", value, known[key])
            _require_range(f"[{name}] {key}", key, value, known[key])
    return kind(**{key: READERS.get(key, _plain)(value) for key, value in table.items()})


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


LONGEST_S = 10 * 366 * 86400.0
READERS: dict[str, Callable[[Any], Any]] = {
    "part": read_parts,
    "partners": read_partners,
    "organisations": read_organisations,
}  # keys that hold more than numbers and words


def _require_kind(where: str, value: Any, default: Any) -> None:
    if isinstance(default, tuple):
        kind = type(default[0]) if default else str
        if not isinstance(value, list) or not all(isinstance(v, kind) for v in value):
            raise InvalidInput(f"policy {where} must be a list of {kind.__name__}.")
    elif isinstance(default, bool):
        if not isinstance(value, bool):
            raise InvalidInput(f"policy {where} must be true or false.")
    elif isinstance(default, str):
        if not isinstance(value, str):
            raise InvalidInput(f"policy {where} must be a word in quotes.")
    elif isinstance(default, int) and type(value) is not int:
        raise InvalidInput(f"policy {where} must be a whole number.")
    elif isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise InvalidInput(f"policy {where} must be a number above 0.")


def _require_range(where: str, key: str, value: Any, default: Any) -> None:
    numbers = [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, float | int)]
    if any(isnan(v) for v in numbers) or (not all(map(isfinite, numbers)) and default != value):
        raise InvalidInput(f"policy {where} must be finite: write a number.")
    if "p" in key.split("_") and any(v > 1 for v in numbers):
        raise InvalidInput(f"policy {where} is a probability: write a number up to 1.")
    if key.endswith("_s") and any(v > LONGEST_S for v in numbers):
        raise InvalidInput(f"policy {where} is longer than ten years: seconds are meant.")
