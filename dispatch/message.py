"""A message as a fact caused it: to whom, and of what; no number, no address and no words yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from dispatch.vocabulary import Labelled

CALLER = "caller"
DUTY = "duty"


class Kind(Labelled):
    """What is told."""

    OFFER = "offer", "派单推送"
    OFFER_AGAIN = "offer_again", "派单短信"
    CALL_UP = "call_up", "后备召集"
    REPORT_TAKEN = "report_taken", "受理告知"
    ACCEPTED = "accepted", "接单告知"
    LATER = "later", "到场推迟"
    ARRIVED = "arrived", "到场告知"
    PAID = "paid", "赔付告知"
    REFUSED = "refused", "拒赔告知"
    ALARM = "alarm", "超时预警"


class Means(Labelled):
    """How it is told."""

    PUSH = "push", "推送"
    SMS = "sms", "短信"
    MAIL = "mail", "邮件"
    KEPT = "kept", "仅留存"


class State(Labelled):
    """How a message stands."""

    WAITING = "waiting", "待发送"
    SENT = "sent", "已发送"
    KEPT = "kept", "已留存(未外发)"
    NOBODY = "nobody", "无联系方式"
    FAILED = "failed", "发送失败"
    EXPIRED = "expired", "已过时"
    MOOT = "moot", "不再需要"
    OFF = "off", "未启用"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a fact caused.

    Parameters
    ----------
    cause : str
        The fact and the kind of message, e.g. ``GZ261126-00001/7/offer``: with the recipient it is there once.
    recipient : str
        ``unit:S001``, ``caller`` or ``duty`` (the manager on duty); who that is by telephone is looked up when it is sent.
    about : str
        What must still hold when it is sent: an assignment, a risk; see `dispatch.messages.worth`.
    words : mapping
        What its template may name besides the incident.
    simulated : bool
        Of a simulated case: it never leaves the house.
    """

    cause: str
    kind: Kind
    recipient: str
    incident_id: str
    caused_at: datetime
    about: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message made out to somebody.

    Parameters
    ----------
    id : str
        The same at each try, for the provider to tell a repeat by.
    to : str
        Telephone number, mail address, or for web push the unit's id.
    title : str
        Subject of a mail.
    text : str
        Chinese, complete, as it is read; of a push only the title shows on the lock screen.
    template, params
        What a text-message provider wants in the place of ``text``.
    reached : frozenset of str
        Addresses that earlier tries reached.
    """

    id: str
    kind: Kind
    incident_id: str
    to: str
    title: str
    text: str
    template: str
    params: Mapping[str, str]
    until: datetime
    simulated: bool = False
    reached: frozenset[str] = frozenset()


class Came(StrEnum):
    """What one try came to."""

    THERE = "there"
    LATER = "later"  # may work another time
    REFUSED = "refused"  # will never work so
    NOBODY = "nobody"  # no such address


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one try came to; ``why`` holds no number and no address. ``reached`` includes earlier tries."""

    came: Came
    why: str = ""
    reached: frozenset[str] = frozenset()


class Channel(Protocol):
    """One way out of the house."""

    def send(self, message: Outgoing) -> Outcome:
        """Try once; never raises for somebody who cannot be reached."""
        ...
