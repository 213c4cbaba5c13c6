"""Who asks, as far as a log may say it: the request's id and the account's name."""

import re
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import uuid4

HEADER = "X-Request-Id"
_WELL_FORMED = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{14,62}[0-9A-Za-z]")  # too long for a telephone number


@dataclass(slots=True)
class Asked:
    """What is known of the request in hand."""

    request_id: str
    account: str = ""


_asked: ContextVar[Asked | None] = ContextVar("asked", default=None)


def request_id_of(given: str) -> str:
    """The id somebody before us gave the request, where it is well-formed; else one of our own."""
    return given if _WELL_FORMED.fullmatch(given) else uuid4().hex


def begin(given: str) -> Asked:
    """Note that a request begins; everything in its context knows of it."""
    asked = Asked(request_id_of(given))
    _asked.set(asked)
    return asked


def current() -> Asked | None:
    """The request in hand; None outside of any."""
    return _asked.get()


def note_account(name: str) -> None:
    """Say who asks, once that is known."""
    asked = _asked.get()
    if asked is not None:
        asked.account = name
