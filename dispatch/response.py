"""What a person decides on the response to an incident: its tiers, a need taken off, a hospital, a survey by video."""

from collections.abc import Collection
from datetime import datetime

from dispatch import events as ev
from dispatch.desk import Desk
from dispatch.errors import Conflict, IllegalTransition, InvalidInput
from dispatch.hospitals import Hospital
from dispatch.incident import Incident
from dispatch.intake import pinned
from dispatch.location import Position
from dispatch.vocabulary import Role, Tier, pressing_first


def change_tiers(
    desk: Desk, incident_id: str, tiers: Collection[Tier], now: datetime, *, reason: str, by: str
) -> Incident:
    """Put an incident into other tiers; its commitment stays as frozen at intake. One that then needs nobody closes.

    Raises
    ------
    InvalidInput
        Without a tier or a reason.
    Conflict
        When a partner serves the incident.
    """
    if not tiers:
        raise InvalidInput("请至少选择一个级别。(Name one tier or more.)")
    _require(reason, "改级别须填写原因。(Another tier needs a reason.)")
    incident = _ours(desk, incident_id)
    changed = ev.TierChanged(incident_id=incident_id, at=now, by=by, tiers=pressing_first(tiers), reason=reason)
    return desk.close_if_finished(desk.record(incident, changed), now, by=by)


def waive(desk: Desk, incident_id: str, role: Role, now: datetime, *, reason: str, by: str) -> Incident:
    """Take a role off that the plan asks for; an incident that was served and then needs nobody any more closes; one that nobody served is closed by a person.

    Raises
    ------
    InvalidInput
        Without a reason.
    Conflict
        When nobody is needed in that role, somebody is bound to it, or a partner serves the incident.
    """
    _require(reason, "免除须填写原因。(A waiver needs a reason.)")
    incident = _ours(desk, incident_id)
    if incident.open_in(role) is not None:
        raise Conflict(f"{role.label}已派出:请先改派或释放。(Somebody is on it: release them first.)")
    if role not in (*desk.open_roles(incident), *incident.unanswered_roles):
        raise Conflict(f"案件 {incident_id} 现在不缺{role.label}。(Nobody is missing in that role: reload.)")
    waived = ev.NeedWaived(incident_id=incident_id, at=now, by=by, role=role, reason=reason)
    return desk.close_if_finished(desk.record(incident, waived), now, by=by)


def name_hospital(
    desk: Desk, incident_id: str, words: str, now: datetime, *, position: Position | None = None, by: str
) -> Incident:
    """Record where the injured person is; the specialist is sent there.

    Parameters
    ----------
    position : Position or None
        Where a person says the hospital is; without it the words must tell surely.

    Raises
    ------
    InvalidInput
        When it is not surely known where that is, with what to ask; or outside the service area, with what to do.
    Conflict
        When a partner serves the incident.
    """
    incident = _ours(desk, incident_id)
    if position is None:
        hospital = desk.find_hospital(words)
    else:
        hospital = Hospital(words=words.strip(), place=pinned(position, desk.district_of))
    if hospital.place is None:
        raise InvalidInput(hospital.question)
    return desk.record(incident, hospital.as_event(incident_id, now, by))


def start_remote(desk: Desk, incident_id: str, now: datetime, *, surveyor: str, consent: str = "", by: str) -> Incident:
    """Begin a survey by video where the plan allows it and nobody is near.

    Without the caller's ``consent`` the arrival promise runs on.

    Raises
    ------
    InvalidInput
        Without a surveyor.
    Conflict
        When the plan does not allow it, somebody is near, somebody surveys already, or a partner serves the incident.
    """
    _require(surveyor, "请填写视频查勘员。(Say who surveys.)")
    incident = _ours(desk, incident_id)
    refusal = why_not_remote(desk, incident, now)
    if refusal:
        raise Conflict(refusal)
    started = ev.RemoteSurveyStarted(
        incident_id=incident_id, at=now, by=by, surveyor=surveyor.strip(), consent=consent.strip()
    )
    return desk.record(incident, started)


def end_remote(desk: Desk, incident_id: str, now: datetime, *, completed: bool, note: str = "", by: str) -> Incident:
    """End a survey by video; completed, it serves the surveyor's need, and an incident that needs nobody more closes.

    Raises
    ------
    InvalidInput
        When it was not completed and nobody says why.
    """
    if not completed:
        _require(note, "未完成须填写原因。(Say why it was not completed.)")
    ended = ev.RemoteSurveyEnded(incident_id=incident_id, at=now, by=by, completed=completed, note=note)
    return desk.close_if_finished(desk.record(desk.incident(incident_id), ended), now, by=by)


def why_not_remote(desk: Desk, incident: Incident, now: datetime) -> str:
    """Why a survey by video may not begin now; empty where it may."""
    plan = desk.plan(incident)
    if not plan.remote:
        tiers = "、".join(t.label for t in incident.tiers)
        return f"级别为{tiers},须到现场查勘。(The plan of these tiers asks for a surveyor on scene.)"
    if incident.location is None or incident.closed_at is not None:
        return ""  # nobody can be sent to no place; the log refuses a closed incident
    options = desk.advise(incident.id, Role.SURVEYOR, now).options
    eta_s = min((o.eta_s for o in options), default=None)
    if eta_s is None or eta_s > plan.remote_if_median_over_s:
        return ""
    limit = plan.remote_if_median_over_s / 60
    return f"有查勘员 {eta_s / 60:.0f} 分钟可到(超过 {limit:g} 分钟才可视频查勘)。(Somebody is near: send them.)"


def _ours(desk: Desk, incident_id: str) -> Incident:
    """An incident that our own people serve: a partner keeps to its own agreement, our plan means nothing there."""
    incident = desk.incident(incident_id)
    if incident.partner is not None and incident.is_with_partner:
        raise IllegalTransition(
            f"案件 {incident_id} 由{incident.partner.engaged.partner}按其约定救援,本地的级别、免除、医院和视频查勘对它不适用:"
            "请电话与对方商定;若地点其实在广州,请先在地图上标出。(A partner serves it under its own agreement: telephone "
            "them; if it is in Guangzhou after all, set the place on the map first.)"
        )
    return incident


def _require(words: str, told: str) -> None:
    if not words.strip():
        raise InvalidInput(told)
