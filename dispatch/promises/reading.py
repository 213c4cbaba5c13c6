"""The ``[[promises]]`` of a policy file: each changes a promise of the house by its name, or adds one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dispatch.errors import InvalidInput
from dispatch.promises.defaults import RULES
from dispatch.promises.rules import Promise, read_promise


@dataclass(frozen=True, slots=True)
class Promises:
    """Every promise that is in force, by name once each."""

    rules: tuple[Promise, ...] = RULES

    def named(self, name: str) -> Promise | None:
        """The promise of that name."""
        return next((rule for rule in self.rules if rule.name == name), None)


def read_promises(tables: Any) -> Promises:
    """Read ``[[promises]]``.

    A name that is known changes the keys given and keeps the others; ``off = true`` takes the promise back; a new name
    adds one and needs all its keys.

    Raises
    ------
    InvalidInput
        For what cannot be used; the message names the promise and the key to mend.
    """
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise InvalidInput("policy [[promises]]: write each promise as a [[promises]] table.")
    rules = {rule.name: rule for rule in RULES}
    seen: set[str] = set()
    for number, table in enumerate(tables, start=1):
        name = table.get("name")
        if not isinstance(name, str) or not name.strip():
            raise InvalidInput(f"policy [[promises]] number {number}: name is missing.")
        if name in seen:
            raise InvalidInput(f"policy [[promises]] {name}: comes twice; leave one.")
        seen.add(name)
        _put(rules, name, table)
    return Promises(tuple(rules.values()))


def _put(rules: dict[str, Promise], name: str, table: Mapping[str, Any]) -> None:
    keys = {key: value for key, value in table.items() if key != "off"}
    off = table.get("off", False)
    try:
        if not isinstance(off, bool):
            raise InvalidInput("off: must be true or false.")
        if off:
            if rules.pop(name, None) is None:
                raise InvalidInput(f"there is none of that name; known are {', '.join(rules)}.")
        elif name in rules:
            rules[name] = rules[name].changed(keys)
        else:
            rules[name] = read_promise(keys)
    except InvalidInput as error:
        raise InvalidInput(f"policy [[promises]] {name}: {error}") from None


def from_tables(tables: Iterable[Mapping[str, Any]]) -> tuple[Promise, ...]:
    """Rules as they were kept when they came into force."""
    return tuple(read_promise(table) for table in tables)
