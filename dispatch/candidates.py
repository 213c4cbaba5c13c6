"""Who may go, and why the others may not."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import lru_cache

from dispatch.events import RefusedUnit
from dispatch.policy.policy import Policy, Positions
from dispatch.unit import Shift, UnitState
from dispatch.vocabulary import DutyKind, Refusal, Role, Skill

NO_SKILLS: frozenset[Skill] = frozenset()
LeftS = Callable[[Shift], float]


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
    left_s = _shifts_at(now)
    for state in [s for s in states if s.unit.role is role]:
        reason = _refusal(state, now, policy, tried, skills, left_s)
        if reason is None:
            able.append(state)
        else:
            refused.append(_refused(state.unit.id, state.unit.name, reason))
    return able, refused


@lru_cache(maxsize=8192)  # the same units are refused for the same reasons decision after decision
def _refused(unit_id: str, unit_name: str, reason: Refusal) -> RefusedUnit:
    return RefusedUnit(unit_id=unit_id, unit_name=unit_name, reason=reason)


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
    return _refusal(state, now, policy, tried, skills, _shifts_at(now))


def refused_anywhere(state: UnitState, now: datetime, policy: Policy) -> Refusal | None:
    """First reason why a unit may not go that would hold wherever it was; None where only its position counts."""
    return _unfit(state, now, policy, _shifts_at(now))


def _refusal(
    state: UnitState,
    now: datetime,
    policy: Policy,
    tried: Collection[str],
    skills: frozenset[Skill],
    left_s: LeftS,
) -> Refusal | None:
    if skills and not skills <= state.unit.skills:
        return Refusal.LACKS_SKILL
    if tried and state.unit.id in tried:
        return Refusal.ALREADY_TRIED
    return _unfit(state, now, policy, left_s) or _bad_position(state, now, policy.positions)


def _unfit(state: UnitState, now: datetime, policy: Policy, left_s: LeftS) -> Refusal | None:
    if state.assignment is not None:
        return Refusal.BUSY
    told = None if state.duty is None else state.told(now)
    if told is None and state.unit.backup_rank is None:  # as most are: told by the shift alone
        left = left_s(state.unit.shift)
        if left <= policy.duty.last_offer_s:
            return Refusal.OFF_SHIFT if left < 0 else Refusal.SHIFT_ENDING
        return None
    return _off_duty(state, told, now)


def _off_duty(state: UnitState, told: DutyKind | None, now: datetime) -> Refusal | None:
    if told is DutyKind.BREAK:
        return Refusal.ON_BREAK
    if not state.on_duty(now):
        return Refusal.OFF_SHIFT if state.unit.backup_rank is None else Refusal.BACKUP_NOT_CALLED
    return None


def _shifts_at(now: datetime) -> LeftS:
    """Seconds until a shift ends, negative where it is not on; worked out once for each of the few shifts of a fleet."""
    known: dict[int, float] = {}

    def left_s(shift: Shift) -> float:
        found = known.get(id(shift))  # by identity: to compare shifts takes as long as to read the clock
        if found is None:
            found = known[id(shift)] = shift.left_s(now) if shift.covers(now) else -1.0
        return found

    return left_s


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
