"""What the house tells: the section [messages] of the policy."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from string import Formatter

from dispatch.errors import InvalidInput
from dispatch.message import Kind, Means, Message

CHANNELS: dict[Kind, tuple[Means, ...]] = {
    Kind.OFFER: (Means.PUSH,),
    Kind.ALARM: (Means.SMS, Means.MAIL),
}  # in the order they are tried; all others by text message
WORDS = {"id", "company", "telephone", "link", "name", "eta", "amount", "risk", "due"}
FIRST_WAIT_S = 1.0  # after a failure; each further wait is twice as long
LONGEST_WAIT_S = 600.0


@dataclass(frozen=True, slots=True)
class MessageRules:
    """Templates in Chinese; an empty one is not sent at all.

    Each may name ``{id}`` (the case), ``{company}``, ``{telephone}``, and ``{link}``, ``{name}``, ``{eta}``, ``{amount}``,
    ``{risk}``, ``{due}`` where its kind knows them. ``sms_templates`` holds the provider's own id of a template as
    ``kind=id``; without one the kind itself is sent. ``offer_again_after_s`` is how long an offer waits for an answer before
    it goes by text message too, ``slip_s`` how much later than last told an arrival must be to be told anew. ``worth_s`` is
    how long a message is worth sending; an offer as long as it stands, a call-up and an alarm for ``urgent_worth_s``.
    """

    offer: str = "新任务,请打开查看"
    offer_again: str = "您有新任务 {id} 待接单,请打开查勘端。"
    call_up: str = "{name},请上线支援:案件 {id} 需要后备人员,请立即回电 {telephone}。"
    report_taken: str = "您的案件 {id} 已受理。查看进展:{link} 客服电话 {telephone}。如有人受伤请先拨打 120。"
    accepted: str = "案件 {id}:{name}已接单,预计 {eta} 到达现场。"
    later: str = "案件 {id}:因路况等原因,{name}预计推迟至 {eta} 到达,抱歉让您久等。"
    arrived: str = "案件 {id}:{name}已到达现场。"
    paid: str = "案件 {id} 已赔付 {amount} 元,请查收。疑问请拨 {telephone}。"
    refused: str = "案件 {id} 的理赔结果已作出,我们将书面并电话告知。疑问请拨 {telephone}。"
    alarm: str = "案件 {id} {risk}:承诺 {due} 前到场,请处理。"
    sms_templates: tuple[str, ...] = ()
    offer_again_after_s: float = 30.0
    slip_s: float = 300.0
    worth_s: float = 3600.0
    urgent_worth_s: float = 900.0
    tries: int = 8

    def __post_init__(self) -> None:
        for kind in Kind:
            try:
                named = {name for _, name, _, _ in Formatter().parse(self.template(kind)) if name is not None}
            except ValueError as error:
                raise InvalidInput(f"policy [messages] {kind}: {error}.") from None
            if unknown := named - WORDS:
                raise InvalidInput(
                    f"policy [messages] {kind}: unknown {min(unknown)!r}; known are {', '.join(sorted(WORDS))}."
                )
        for line in self.sms_templates:
            if line.partition("=")[0] not in list(Kind) or not line.partition("=")[2]:
                raise InvalidInput(f"policy [messages] sms_templates: {line!r} is not kind=id.")

    def template(self, kind: Kind) -> str:
        """The words of a kind; empty where it is switched off."""
        found: str = getattr(self, kind.value)
        return found.strip()

    def sms_template(self, kind: Kind) -> str:
        """The provider's id of a template."""
        own = dict(line.split("=", 1) for line in self.sms_templates)
        return own.get(kind.value, kind.value)

    def begins_at(self, message: Message) -> datetime:
        """When it is sent first."""
        wait_s = self.offer_again_after_s if message.kind is Kind.OFFER_AGAIN else 0.0
        return message.caused_at + timedelta(seconds=wait_s)

    def until(self, message: Message, answer_limit_s: float) -> datetime:
        """When it is worth nothing any more."""
        if message.kind in (Kind.OFFER, Kind.OFFER_AGAIN):
            return message.caused_at + timedelta(seconds=answer_limit_s)
        urgent = message.kind in (Kind.CALL_UP, Kind.ALARM, Kind.ACCEPTED, Kind.LATER, Kind.ARRIVED)
        return message.caused_at + timedelta(seconds=self.urgent_worth_s if urgent else self.worth_s)


def channels(kind: Kind) -> tuple[Means, ...]:
    """How a kind is told, in the order that is tried."""
    return CHANNELS.get(kind, (Means.SMS,))
