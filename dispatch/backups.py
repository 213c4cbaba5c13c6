"""Back-up people, called up in their order when the regular staff cannot keep a promise."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from dispatch.desk import Desk
from dispatch.errors import Conflict, InvalidInput
from dispatch.events import BackupCalled
from dispatch.incident import Incident
from dispatch.unit import DutyChange, UnitState
from dispatch.vocabulary import DutyKind, Role


def in_order(states: Sequence[UnitState], role: Role, now: datetime) -> list[UnitState]:
    """Back-ups of a role who can be called now, the first to be called first.

    Left out: those on duty already, those bound to an incident, and those who did not answer a moment ago.
    """
    free = [s for s in states if s.unit.role is role and s.unit.backup_rank is not None and s.assignment is None]
    waiting = [s for s in free if not s.on_duty(now) and s.told(now) is not DutyKind.UNREACHABLE]
    return sorted(waiting, key=lambda s: (s.unit.backup_rank or 0, s.unit.id))


def call_next(
    desk: Desk, incident_id: str, role: Role, now: datetime, *, reason: str, by: str, reached: bool = True
) -> Incident:
    """Call up the next back-up for an incident, or record that they could not be reached.

    Parameters
    ----------
    desk : Desk
    incident_id : str
    role : Role
    now : datetime
    reason : str
        Why; required while the regular staff could still keep the promise.
    by : str
    reached : bool
        False when the person did not answer: the next call goes to the next in order.

    Raises
    ------
    Conflict
        When no back-up is left to call, or the incident is closed or a partner's.
    InvalidInput
        When the regular staff can keep the promise and no reason is given.
    """
    incident = desk.incident(incident_id)
    if incident.is_with_partner or incident.closed_at is not None:
        raise Conflict(f"案件 {incident_id} 已结束或由合作单位救援,不启用后备。(Closed, or a partner has it.)")
    states = desk.fleet.states(now)
    waiting = in_order(states, role, now)
    if not waiting:
        raise Conflict(f"没有可启用的后备{role.label}。(No back-up is left to call.)")
    if not reason.strip() and not _needed(desk, incident, role, now):
        raise InvalidInput("在岗人员仍可按时到场,启用后备须填写原因。(Staff on duty can keep it: give a reason.)")
    person = waiting[0].unit
    kind = DutyKind.CALLED_UP if reached else DutyKind.UNREACHABLE
    until = now + timedelta(seconds=desk.policy.duty.length_s(kind))
    called = BackupCalled(
        incident_id=incident.id,
        at=now,
        by=by,
        unit_id=person.id,
        unit_name=person.name,
        rank=person.backup_rank or 0,
        role=role,
        reached=reached,
        reason=reason,
    )
    after = desk.record(incident, called)
    desk.fleet.record_duty(DutyChange(unit_id=person.id, at=now, until=until, kind=kind, reason=reason, by=by))
    return after


def is_joining(desk: Desk, role: Role, now: datetime) -> bool:
    """Whether somebody of ``role`` was called up a moment ago, is free, and may still turn up."""
    return any(
        s.duty is not None
        and s.unit.role is role
        and s.assignment is None
        and s.told(now) is DutyKind.CALLED_UP
        and (now - s.duty.at).total_seconds() < desk.policy.duty.join_s
        for s in desk.fleet.states(now)
    )


def _needed(desk: Desk, incident: Incident, role: Role, now: datetime) -> bool:
    best = next(iter(desk.advise(incident.id, role, now).options), None)
    return best is None or best.p_kept < desk.policy.duty.backup_below_p
