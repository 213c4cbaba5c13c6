"""One promise as a rule: what starts it, what keeps it, how long it leaves, what excludes it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from dispatch.errors import InvalidInput
from dispatch.promises.facts import Pattern, Scope, read_pattern
from dispatch.promises.limits import Limit, LimitUnit, read_limit

OFTEN = {1: "每月", 3: "每季度", 12: "每年"}
FROZEN = "frozen"  # as limit: the starting fact itself says by when


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A rule; `dispatch.promises.judging` says how it is applied.

    Parameters
    ----------
    name : str
        What figures and later editions know it by.
    label, english : str
        What screens show.
    about : Scope
        Only facts about the same incident, client or problem keep it.
    starts : tuple of Pattern
        Each such fact starts a promise of its own. Empty for a standing one.
    kept_by : tuple of Pattern
        All of them are needed, or with ``any_of`` one of them.
    within : Limit or None
        None where it recurs, stands, or the starting fact froze its own due time.
    every : Limit or None
        Months: it is to be kept once in each, counted from the start until ``ends``.
    ends : tuple of Pattern
        Facts after which no further period begins.
    at_least : int
        How many facts must hold at this moment, for a standing promise; 0 for all others.
    excluded_by : tuple of Pattern
        Facts that take it out of the headline, if they come before it is kept and before it is due.
    """

    name: str
    label: str
    english: str
    about: Scope
    kept_by: tuple[Pattern, ...]
    starts: tuple[Pattern, ...] = ()
    any_of: bool = False
    within: Limit | None = None
    every: Limit | None = None
    ends: tuple[Pattern, ...] = ()
    at_least: int = 0
    excluded_by: tuple[Pattern, ...] = ()

    def __post_init__(self) -> None:
        if not self.kept_by:
            raise InvalidInput("kept_by must name at least one fact.")
        if self.at_least:
            self._require(
                not (self.starts or self.within or self.every), "at_least stands alone: no start and no limit."
            )
            return
        self._require(bool(self.starts), "starts must name the fact that starts it.")
        self._require(not (self.within and self.every), "give within or every, not both.")
        self._require(
            self.every is None or self.every.unit is LimitUnit.MONTHS, 'every is counted in months: "1 month".'
        )

    @staticmethod
    def _require(holds: bool, otherwise: str) -> None:
        if not holds:
            raise InvalidInput(otherwise)

    @property
    def limit(self) -> str:
        """The limit in Chinese."""
        if self.at_least:
            return f"始终 ≥ {self.at_least}"
        if self.every is not None:
            return OFTEN.get(self.every.n, f"每 {self.every.label}")
        return self.within.label if self.within else "受理时约定"

    @property
    def limit_english(self) -> str:
        """The limit in English."""
        if self.at_least:
            return f"always ≥ {self.at_least}"
        if self.every is not None:
            return f"every {self.every}"
        return str(self.within) if self.within else "as agreed at the report"

    def as_table(self) -> dict[str, Any]:
        """Write it as plain words, from which `read_promise` makes the same again."""
        table = {f.name: _plain(getattr(self, f.name)) for f in fields(self)}
        table["within"] = str(self.within) if self.within else FROZEN if not (self.every or self.at_least) else None
        return {name: value for name, value in table.items() if value not in (None, [], 0, False)}

    def changed(self, table: Mapping[str, Any]) -> "Promise":
        """The same promise with some keys of a policy file put in; raises `InvalidInput`."""
        return read_promise({**self.as_table(), **table})


def read_promise(table: Mapping[str, Any]) -> Promise:
    """Make a promise from its keys in a policy file.

    Raises
    ------
    InvalidInput
        For a key or a value that cannot be used, without saying which promise.
    """
    known = [f.name for f in fields(Promise)]
    if unknown := [key for key in table if key not in known]:
        raise InvalidInput(f"unknown key {unknown[0]!r}; known are {', '.join(known)}.")
    if missing := [key for key in ("name", "label", "english", "about", "kept_by") if key not in table]:
        raise InvalidInput(f"{missing[0]} is missing.")
    if not {"within", "every", "at_least"} & set(table):
        raise InvalidInput('a limit is missing: within = "24 h", every = "1 month" or at_least = 2.')
    return Promise(**{key: _read(key, value) for key, value in table.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [str(one) for one in value]
    return str(value) if isinstance(value, Limit | Scope) else value


def _read(key: str, value: Any) -> Any:
    try:
        return _READERS[key](value)
    except InvalidInput as error:
        raise InvalidInput(f"{key}: {error}") from None


def _patterns(value: Any) -> tuple[Pattern, ...]:
    if not isinstance(value, list):
        raise InvalidInput("must be a list of facts.")
    return tuple(map(read_pattern, value))


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput("must be a word in quotes.")
    return value


def _scope(value: Any) -> Scope:
    if value not in list(Scope):
        raise InvalidInput(f"{value!r} is unknown; known are {', '.join(Scope)}.")
    return Scope(value)


def _count(value: Any) -> int:
    if type(value) is not int or value < 1:
        raise InvalidInput("must be a whole number above 0.")
    return value


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput("must be true or false.")
    return value


_READERS: dict[str, Any] = {
    "name": _word,
    "label": _word,
    "english": _word,
    "about": _scope,
    "starts": _patterns,
    "kept_by": _patterns,
    "any_of": _switch,
    "within": lambda value: None if value == FROZEN else read_limit(value),
    "every": read_limit,
    "ends": _patterns,
    "at_least": _count,
    "excluded_by": _patterns,
}
