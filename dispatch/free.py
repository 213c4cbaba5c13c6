"""How many units are free, by the very rule by which the desk sends them; who is idle and would not be sent is counted apart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatch.candidates import eligible
from dispatch.policy.policy import Policy
from dispatch.unit import UnitState
from dispatch.vocabulary import Refusal, Role

IDLE_ALL_THE_SAME = (
    Refusal.STALE_POSITION,
    Refusal.NO_POSITION,
    Refusal.IMPRECISE_POSITION,
    Refusal.MOCKED_POSITION,
    Refusal.SHIFT_ENDING,
)
"""Why the desk passes over units that wait for work: all but the last for want of a position to trust."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeUnits:
    """Units of a role on duty without a job: how many can be sent, and how many cannot, by the reason; none of 0."""

    role: Role
    sendable: int
    others: Mapping[Refusal, int]


def free_units(states: Sequence[UnitState], role: Role, now: datetime, policy: Policy) -> FreeUnits:
    """Count the free units of a role at ``now``."""
    able, refused = eligible(states, role, now, policy)
    reasons = Counter(one.reason for one in refused)
    others = {reason: reasons[reason] for reason in IDLE_ALL_THE_SAME if reasons[reason]}
    return FreeUnits(role=role, sendable=len(able), others=others)
