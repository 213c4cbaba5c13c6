"""Who may go, and why the others may not."""

from collections.abc import Collection, Sequence
from datetime import datetime

from dispatch.events import RefusedUnit
from dispatch.policy import Policy, Positions
from dispatch.unit import UnitState
from dispatch.vocabulary import DutyKind, Refusal, Role, Skill

NO_SKILLS: frozenset[Skill] = frozenset()


def eligible(
    states: Sequence[UnitState],
    role: Role,
    now: datetime,
    policy: Policy,
    *,
    tried: Collection[str] = (),
    skills: frozenset[Skill] = NO_SKILLS,
) -> tuple[list[UnitState], list[RefusedUnit]]:
    """Part the fleet into those who may go and those who may not.

    Parameters
    ----------
    states : sequence of UnitState
        The whole fleet; units of another role are left out of both answers.
    role : Role
    now : datetime
    policy : Policy
        Its positions and duty rules.
    tried : collection of str
        Units that declined this incident or were released from it.
    skills : frozenset of Skill
        A unit needs all of them.

    Returns
    -------
    able : list of UnitState
        On duty, free, with a fresh, precise and true position.
    refused : list of RefusedUnit
        The rest of that role, each with the first reason that applies.
    """
    able: list[UnitState] = []
    refused: list[RefusedUnit] = []
    for state in states:
        reason = refusal(state, role, now, policy, tried, skills)
        if reason is None:
            able.append(state)
        elif reason is not Refusal.WRONG_ROLE:
            refused.append(RefusedUnit(unit_id=state.unit.id, unit_name=state.unit.name, reason=reason))
    return able, refused


def refusal(
    state: UnitState,
    role: Role,
    now: datetime,
    policy: Policy,
    tried: Collection[str] = (),
    skills: frozenset[Skill] = NO_SKILLS,
) -> Refusal | None:
    """First reason why a unit may not go; None when it may."""
    if state.unit.role is not role:
        return Refusal.WRONG_ROLE
    if not skills <= state.unit.skills:
        return Refusal.LACKS_SKILL
    if state.unit.id in tried:
        return Refusal.ALREADY_TRIED
    if state.assignment is not None:
        return Refusal.BUSY
    return _off_duty(state, now, policy.duty.last_offer_s) or _bad_position(state, now, policy.positions)


def _off_duty(state: UnitState, now: datetime, last_offer_s: float) -> Refusal | None:
    told = state.told(now)
    if told is DutyKind.BREAK:
        return Refusal.ON_BREAK
    if not state.on_duty(now):
        return Refusal.OFF_SHIFT if state.unit.backup_rank is None else Refusal.BACKUP_NOT_CALLED
    if told is None and state.unit.shift.left_s(now) <= last_offer_s:
        return Refusal.SHIFT_ENDING
    return None


def _bad_position(state: UnitState, now: datetime, policy: Positions) -> Refusal | None:
    if state.fix is None:
        return Refusal.NO_POSITION
    if state.fix.mocked:
        return Refusal.MOCKED_POSITION
    if (now - state.fix.at).total_seconds() > policy.max_age_s:
        return Refusal.STALE_POSITION
    if state.fix.accuracy_m > policy.max_accuracy_m:
        return Refusal.IMPRECISE_POSITION
    return None
