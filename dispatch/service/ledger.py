"""The ledger of services: an append-only store by stream, the port and its in-memory form."""

from dataclasses import dataclass
from itertools import count
from threading import Lock
from typing import Protocol

from dispatch.errors import Conflict
from dispatch.service.kinds import ServiceFact


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact and its place in its stream, from 1."""

    number: int
    fact: ServiceFact

    @property
    def id(self) -> str:
        """What evidence names it by."""
        return f"{self.fact.stream}/{self.number}"


class Ledger(Protocol):
    """What `append` accepted is never lost and never changes."""

    def new_client_id(self) -> str:
        """A fresh id, e.g. ``C0001``."""
        ...

    def append(self, fact: ServiceFact, *, after: int | None) -> Entry:
        """Add a fact to its stream.

        Parameters
        ----------
        fact : ServiceFact
        after : int or None
            How many facts of the stream the writer saw; None where it says the same whatever they are.

        Raises
        ------
        Conflict
            The stream has gone on since.
        """
        ...

    def stream(self, key: str) -> list[Entry]:
        """All facts of a stream in order; none for one that was never written to."""
        ...

    def streams(self, beginning: str) -> dict[str, list[Entry]]:
        """Every stream whose key begins so, by key."""
        ...


class MemoryLedger:
    """A `Ledger` in memory that obeys the same rules as the real one."""

    def __init__(self) -> None:
        self._streams: dict[str, list[Entry]] = {}
        self._numbers = count(1)
        self._lock = Lock()

    def new_client_id(self) -> str:
        """Next id in order of asking."""
        return client_id(next(self._numbers))

    def append(self, fact: ServiceFact, *, after: int | None) -> Entry:
        """Add a fact to its stream."""
        with self._lock:
            known = self._streams.setdefault(fact.stream, [])
            if after not in (None, len(known)):
                raise gone_on(fact.stream)
            known.append(Entry(len(known) + 1, fact))
            return known[-1]

    def stream(self, key: str) -> list[Entry]:
        """All facts of a stream in order."""
        return list(self._streams.get(key, ()))

    def streams(self, beginning: str) -> dict[str, list[Entry]]:
        """Every stream whose key begins so, by key."""
        return {key: list(mine) for key, mine in sorted(self._streams.items()) if mine and key.startswith(beginning)}


def client_id(number: int) -> str:
    """Spell a client's id."""
    return f"C{number:04d}"


def gone_on(stream: str) -> Conflict:
    """Somebody else wrote to the stream first."""
    return Conflict(f"{stream} 已被他人更新:请刷新后再试。(Reload and try again.)")
