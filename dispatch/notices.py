"""Telling a unit of its offer when its screen is closed: what is told, by whom, and how often it is tried.

A notice is written in the same transaction as its offer, so there is none without the other; sending it is the
business of a `Notifier`, which may speak web push, text messages or mail.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

FIRST_WAIT_S = 1.0  # after a failure; each further wait is twice as long


class NoticeOutcome(StrEnum):
    """How a notice ended."""

    SENT = "sent"
    NOBODY = "nobody"  # the unit has no address
    FAILED = "failed"
    EXPIRED = "expired"  # the answer's time limit passed first
    MOOT = "moot"  # the offer was answered or taken back first


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A unit is to be told of an offer; ``reached`` are the addresses that have it already, ``until`` its time limit."""

    assignment_id: str
    incident_id: str
    unit_id: str
    until: datetime
    tries: int = 0
    reached: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one try came to.

    Parameters
    ----------
    reached : frozenset of str
        Addresses that have the notice by now, those of earlier tries included.
    again : bool
        Whether some address may still be reached.
    refused : bool
        Whether some address turned it down for good.
    """

    reached: frozenset[str]
    again: bool = False
    refused: bool = False


class Notifier(Protocol):
    """One or several ways to reach a unit."""

    def __call__(self, notice: Notice, now: datetime) -> Delivery:
        """Try every address of the unit that has not got the notice; never raises for one that cannot be reached."""
        ...


def next_try(notice: Notice, delivery: Delivery, now: datetime) -> datetime | None:
    """When to try again; None where nothing is left to reach or the time limit comes first."""
    at = now + timedelta(seconds=FIRST_WAIT_S * 2**notice.tries)
    return at if delivery.again and at < notice.until else None


def outcome(delivery: Delivery) -> NoticeOutcome:
    """What a notice came to once nothing more is tried."""
    if delivery.reached:
        return NoticeOutcome.SENT
    return NoticeOutcome.FAILED if delivery.again or delivery.refused else NoticeOutcome.NOBODY
