"""What the desk does for a caller: call back, look at the place again, take a rating.

A caller's word is taken even where the desk writes to the incident at that very moment: it is read again and tried anew.
"""

from collections.abc import Callable
from datetime import datetime

from dispatch import events as ev
from dispatch.desk import Desk
from dispatch.errors import Conflict, InvalidInput, StaleIncident
from dispatch.incident import Incident
from dispatch.location import Position

CALLER = "caller"
TRIES = 4
MOST_MERGES = 20  # a chain of merges longer than this is a circle


def served(desk: Desk, incident: Incident) -> Incident:
    """The incident that serves a report: itself, or what it was merged into."""
    for _ in range(MOST_MERGES):
        if incident.merged_into is None:
            return incident
        incident = desk.incident(incident.merged_into)
    raise Conflict(f"案件 {incident.id} 的合并记录有误:请联系管理员。(Merged in a circle.)")


def ask_callback(desk: Desk, incident_id: str, now: datetime, *, reason: str, phone: str) -> Incident:
    """The caller wants to be called back; while one call-back waits, only another reason or number changes anything."""

    def ask(incident: Incident) -> Incident:
        waiting = incident.caller.open_callback
        if waiting is not None and (waiting.asked.reason, waiting.asked.phone) == (reason.strip(), phone.strip()):
            return incident
        asked = ev.CallbackRequested(
            incident_id=incident.id, at=now, by=CALLER, reason=reason.strip(), phone=phone.strip()
        )
        return desk.record(incident, asked)

    return _insisting(desk, incident_id, ask)


def answer_callback(desk: Desk, incident_id: str, now: datetime, *, reached: bool, result: str, by: str) -> Incident:
    """Record a call back; raises `InvalidInput` without a result, `Conflict` where none is asked for."""
    if not result.strip():
        raise InvalidInput("请填写回电结果。(Say what came of the call.)")
    called = ev.CallbackAnswered(incident_id=incident_id, at=now, by=by, reached=reached, result=result.strip())
    return desk.record(desk.incident(incident_id), called)


def doubt_place(
    desk: Desk, incident_id: str, now: datetime, *, text: str, position: Position | None, accuracy_m: float | None
) -> Incident:
    """The caller says that the place is another; a dispatcher decides.

    Raises
    ------
    InvalidInput
        With neither words nor a point.
    Conflict
        Once the incident, or the one it was merged into, is closed.
    """
    if not text.strip() and position is None:
        raise InvalidInput("请写明地点,或在地图上指出。(Say the place in words, or point at it.)")

    def doubt(incident: Incident) -> Incident:
        if served(desk, incident).closed_at is not None:
            raise Conflict("案件已结束,地点不再更改。(The case is closed: the place stays.)")
        said = ev.PlaceDoubted(
            incident_id=incident.id, at=now, by=CALLER, text=text.strip(), position=position, accuracy_m=accuracy_m
        )
        return incident if _same_doubt(incident.caller.open_doubt, said) else desk.record(incident, said)

    return _insisting(desk, incident_id, doubt)


def settle_doubt(desk: Desk, incident_id: str, now: datetime, *, answer: str, by: str) -> Incident:
    """Leave the place as it is, with words for the caller; to move it, `Desk.relocate` answers the doubt by itself."""
    if not answer.strip():
        raise InvalidInput("请填写给报案人的答复。(Say what the caller is told.)")
    settled = ev.PlaceDoubtSettled(incident_id=incident_id, at=now, by=by, answer=answer.strip())
    return desk.record(desk.incident(incident_id), settled)


def rate(desk: Desk, incident_id: str, now: datetime, *, stars: int, words: str) -> Incident:
    """Rate the service once it has ended; the rating may be changed for a while.

    Raises
    ------
    Conflict
        Before the end, or when the time to change it is over.
    """

    def take(incident: Incident) -> Incident:
        if served(desk, incident).closed_at is None:
            raise Conflict("服务还没有结束,结束后再评价。(The service goes on: rate it when it has ended.)")
        before, until = incident.caller.rating, incident.caller.rating_until(desk.policy.caller.rating_edit_h)
        if before is not None and (before.stars, before.words) == (stars, words.strip()):
            return incident
        if until is not None and now > until:
            raise Conflict("评价已提交,不能再改。(The rating can no longer be changed.)")
        rated = ev.ServiceRated(incident_id=incident.id, at=now, by=CALLER, stars=stars, words=words.strip())
        return desk.record(incident, rated)

    return _insisting(desk, incident_id, take)


def _same_doubt(before: ev.PlaceDoubted | None, said: ev.PlaceDoubted) -> bool:
    return before is not None and (before.text, before.position) == (said.text, said.position)


def _insisting(desk: Desk, incident_id: str, work: Callable[[Incident], Incident]) -> Incident:
    for _ in range(TRIES - 1):
        try:
            return work(desk.incident(incident_id))
        except StaleIncident:
            continue
    return work(desk.incident(incident_id))
