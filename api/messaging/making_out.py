"""Making a message out: to which number or address, in which words."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from string import Formatter

from dispatch.incident import Incident
from dispatch.message import CALLER, DUTY, Means, Message, Outgoing
from dispatch.policy.message_rules import MessageRules, channels
from dispatch.unit import Unit

NUMBER = re.compile(r"\+?\d{7,15}")
SIMULATED = "模拟号码"


@dataclass(frozen=True, slots=True)
class House:
    """Who sends: the company's name and telephone, and the manager on duty."""

    company: str = ""
    telephone: str = ""
    duty_phone: str = ""
    duty_mail: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What is looked up for a message: its incident, a unit by its id, and a new link to the case."""

    house: House
    rules: MessageRules
    incident: Incident
    unit: Callable[[str], Unit | None]
    link: Callable[[], str]


def address(message: Message, means: Means, about: Context) -> str:
    """Where a message goes by some means; empty where there is no such address."""
    kind, _, key = message.recipient.partition(":")
    if kind == "unit" and means is Means.PUSH:
        return key
    if message.simulated:
        return SIMULATED
    if kind == CALLER:
        return number_in([about.incident.reported.phone]) if means is Means.SMS else ""
    if kind == DUTY:
        return {Means.SMS: about.house.duty_phone, Means.MAIL: about.house.duty_mail}.get(means, "")
    unit = about.unit(key)
    return number_in(unit.contacts) if unit and means is Means.SMS else ""


def number_in(contacts: Sequence[str]) -> str:
    """The first telephone number among some contacts; empty where there is none."""
    bare = (re.sub(r"[\s()-]", "", one) for one in contacts)
    return next((one for one in bare if NUMBER.fullmatch(one)), "")


def made_out(message: Message, means: Means, about: Context, *, until: datetime, reached: frozenset[str]) -> Outgoing:
    """Write a message out in full."""
    template = about.rules.template(message.kind)
    words = {"id": message.incident_id, "company": about.house.company, "telephone": about.house.telephone}
    words |= message.words
    named = {name for _, name, _, _ in Formatter().parse(template) if name}
    params = {name: about.link() if name == "link" else words.get(name, "") for name in sorted(named)}
    text = template.format_map(params)
    return Outgoing(
        id=sha256(f"{message.cause} {message.recipient}".encode()).hexdigest()[:32],
        kind=message.kind,
        incident_id=message.incident_id,
        to=address(message, channels(message.kind)[0] if means is Means.KEPT else means, about),
        title=text if means is Means.PUSH else f"{message.kind.label} {message.incident_id}",
        text=f"【{about.house.company}】{text}" if about.house.company else text,
        template=about.rules.sms_template(message.kind),
        params=params,
        until=until,
        simulated=message.simulated,
        reached=reached,
    )
