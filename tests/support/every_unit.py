"""A fleet with a unit of each kind there can be at one moment."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import product

from dispatch.location import Position
from dispatch.policy.policy import Policy
from dispatch.unit import DutyChange, Fix, OpenAssignment, Shift, Unit, UnitState
from dispatch.vocabulary import AssignmentStatus, DutyKind, Refusal, Role

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)  # eleven o'clock in Guangzhou
POLICY = Policy()
HERE = Position(113.33, 23.12)
FRESH = Fix(unit_id="", position=HERE, at=NOW)
FIXES = {
    None: FRESH,
    Refusal.NO_POSITION: None,
    Refusal.STALE_POSITION: replace(FRESH, at=NOW - timedelta(seconds=POLICY.positions.max_age_s + 1)),
    Refusal.IMPRECISE_POSITION: replace(FRESH, accuracy_m=POLICY.positions.max_accuracy_m + 1),
    Refusal.MOCKED_POSITION: replace(FRESH, mocked=True),
}
SHIFTS = {
    None: Shift(time(0), time(0)),
    Refusal.OFF_SHIFT: Shift(time(20), time(23)),
    Refusal.SHIFT_ENDING: Shift(time(8), time(11, 5)),
}
JOB = OpenAssignment(assignment_id="A", incident_id="I", status=AssignmentStatus.EN_ROUTE)
DUTIES = {
    None: None,
    **{kind: DutyChange(unit_id="", at=NOW, until=NOW + timedelta(hours=1), kind=kind) for kind in DutyKind},
}


def every_unit() -> list[UnitState]:
    """Every role in every position, shift and duty, with a job and without, regular staff and back-ups."""
    return [
        UnitState(
            unit=Unit(id=f"U{n}", name="", role=role, standby=HERE, shift=shift, backup_rank=rank),
            fix=fix,
            assignment=job,
            duty=duty,
        )
        for n, (role, fix, shift, job, duty, rank) in enumerate(
            product(Role, FIXES.values(), SHIFTS.values(), (None, JOB), DUTIES.values(), (None, 1))
        )
    ]
