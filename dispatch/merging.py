"""Two reports made one incident by a person, and the mistake taken back: which events that takes, and when it is refused."""

from collections.abc import Callable
from datetime import datetime
from functools import reduce

from dispatch import events as ev
from dispatch.duplicates import in_order, likeness
from dispatch.errors import Conflict, IllegalTransition, InvalidInput
from dispatch.folding import advance
from dispatch.incident import Incident
from dispatch.log import EventLog
from dispatch.vocabulary import AssignmentStatus

ON_THE_WAY = (AssignmentStatus.EN_ROUTE, AssignmentStatus.ON_SCENE)

Steps = tuple[list[ev.Event], ev.Event]


def obstacle(duplicate: Incident, kept: Incident) -> str:
    """Say why ``duplicate`` cannot be merged into ``kept`` now; empty where it can.

    The promise due first must stay, and nobody may be on the way to the other: a merge hides no late arrival and calls
    nobody back by the way.
    """
    if duplicate.id == kept.id:
        return "案件不能并入自己:请选择另一起。(An incident cannot be merged into itself.)"
    if duplicate.closed_at or kept.closed_at:
        over = duplicate if duplicate.closed_at else kept
        return f"案件 {over.id} 已结束,不能合并。(It is closed: reload.)"
    if duplicate.reported.simulated != kept.reported.simulated:
        return "模拟案件与真实案件不能合并。(A simulated and a real incident cannot be merged.)"
    if in_order(duplicate, kept)[0] is duplicate:
        return f"{duplicate.id} 的时限更早,须保留:请把 {kept.id} 并入 {duplicate.id}。(Merge the other way round.)"
    going = [a for a in duplicate.open_assignments if a.status in ON_THE_WAY]
    if going:
        units = "、".join(f"{a.offer.chosen.unit_name}({a.status.label})" for a in going)
        return f"{units} 正在处理 {duplicate.id}:请先释放,再合并。(Release the unit under way first, then merge.)"
    if duplicate.is_surveyed or duplicate.remote_runs:
        return f"{duplicate.id} 已有查勘员到过现场或视频查勘:请单独结束。(It was surveyed: close it by itself.)"
    return ""


def merge(duplicate: Incident, kept: Incident, now: datetime, *, reason: str, by: str) -> Steps:
    """Close ``duplicate`` as a second report of ``kept``; offers for it are released.

    Returns
    -------
    leaving : list of Event
        For the duplicate.
    joining : Event
        For the kept one.

    Raises
    ------
    InvalidInput
        Without a reason, or for one incident.
    Conflict
        With the sentence of `obstacle`.
    """
    if not reason.strip():
        raise InvalidInput("合并须填写原因。(A merge needs a reason.)")
    trouble = obstacle(duplicate, kept)
    if trouble:
        raise (InvalidInput if duplicate.id == kept.id else Conflict)(trouble)
    like = likeness(duplicate, kept)
    leaving: list[ev.Event] = [
        ev.AssignmentReleased(
            incident_id=duplicate.id, at=now, by=by, assignment_id=a.id, unit_id=a.unit_id, reason=f"并入 {kept.id}"
        )
        for a in duplicate.open_assignments
    ]
    leaving.append(
        ev.IncidentMerged(
            incident_id=duplicate.id,
            at=now,
            by=by,
            kept_id=kept.id,
            p_same=like.p_same if like else None,
            likeness=like.sentence if like else "",
            reason=reason,
        )
    )
    reported = duplicate.reported
    joining = ev.DuplicateJoined(
        incident_id=kept.id,
        at=now,
        by=by,
        duplicate_id=duplicate.id,
        reported_at=reported.at,
        text=reported.text,
        tier=duplicate.tier,
        tiers=duplicate.tiers,
        reason=reason,
    )
    return leaving, joining


def unmerge(duplicate: Incident, kept: Incident, now: datetime, *, reason: str, by: str) -> Steps:
    """Open ``duplicate`` again; its promise runs on from its own report, and the two are not proposed again.

    Raises
    ------
    InvalidInput
        Without a reason.
    IllegalTransition
        When it is not merged.
    """
    if not reason.strip():
        raise InvalidInput("撤销合并须填写原因。(Undoing a merge needs a reason.)")
    if duplicate.merged_into != kept.id:
        raise IllegalTransition(f"案件 {duplicate.id} 未并入 {kept.id}。(Not merged: reload.)")
    leaving = ev.MergeUndone(incident_id=duplicate.id, at=now, by=by, kept_id=kept.id, reason=reason)
    parting = ev.DuplicateParted(incident_id=kept.id, at=now, by=by, duplicate_id=duplicate.id, reason=reason)
    return [leaving], parting


def append_both(
    log: EventLog,
    step: Callable[..., Steps],
    duplicate: Incident,
    kept: Incident,
    now: datetime,
    *,
    reason: str,
    by: str,
) -> Incident:
    """Append to both incidents, by id, so that two writers never wait for one another."""
    leaving, joining = step(duplicate, kept, now, reason=reason, by=by)
    reduce(advance, leaving, duplicate)  # what does not follow is refused before anything is written
    after = advance(kept, joining)
    parts: list[tuple[Incident, list[ev.Event]]] = [(duplicate, leaving), (kept, [joining])]
    log.append_all([(events, i.version) for i, events in sorted(parts, key=lambda part: part[0].id)])
    return after
