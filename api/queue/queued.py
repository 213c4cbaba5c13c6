"""A report that waits on this machine."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Source(StrEnum):
    """Where it came in; a key means the same thing only at the same source."""

    CONSOLE = "console"
    CALLER = "caller"
    COMMAND_LINE = "command_line"


class QueueState(StrEnum):
    """How far it has come."""

    WAITING = "waiting"
    ENTERED = "entered"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToQueue:
    """What is kept of a report.

    Parameters
    ----------
    source : Source
    account : str
        Who took it; empty for a caller.
    key : str
        The idempotency key it enters with.
    path : str
        What was asked for, query included, as the key is bound to it.
    body : bytes
        What was sent, to the byte.
    reported_at : datetime
        When it was taken; every promise runs from here.
    preview : str
        JSON of what could be said of it without the database; empty where nothing could.
    """

    source: Source
    account: str
    key: str
    path: str
    body: bytes
    reported_at: datetime
    preview: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued(ToQueue):
    """A report on disk: its place in the queue and what became of it.

    ``provisional`` is what a caller is told until there is an incident; ``problem`` why it was set aside, or last failed.
    """

    number: int
    provisional: str
    state: QueueState
    tries: int = 0
    problem: str = ""
    incident_id: str = ""
    settled_at: datetime | None = None
