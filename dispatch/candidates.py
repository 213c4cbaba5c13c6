"""Who may go, and why the others may not."""

from collections.abc import Collection, Sequence
from datetime import datetime

from dispatch.events import RefusedUnit
from dispatch.policy import Positions
from dispatch.unit import UnitState
from dispatch.vocabulary import Refusal, Role, Skill

NO_SKILLS: frozenset[Skill] = frozenset()


def eligible(
    states: Sequence[UnitState],
    role: Role,
    now: datetime,
    policy: Positions,
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
    policy : Positions
    tried : collection of str
        Units that declined this incident or were released from it.
    skills : frozenset of Skill
        A unit needs all of them.

    Returns
    -------
    able : list of UnitState
        On shift, free, with a fresh and precise position.
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
    policy: Positions,
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
    if not state.unit.shift.covers(now):
        return Refusal.OFF_SHIFT
    if state.fix is None:
        return Refusal.NO_POSITION
    if (now - state.fix.at).total_seconds() > policy.max_age_s:
        return Refusal.STALE_POSITION
    if state.fix.accuracy_m > policy.max_accuracy_m:
        return Refusal.IMPRECISE_POSITION
    return None
