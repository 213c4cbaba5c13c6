"""Units as they travel over HTTP."""

from datetime import datetime

from pydantic import BaseModel

from dispatch.vocabulary import DutyKind, Refusal, Role, UnitStatus


class MoveOut(BaseModel):
    """Where a unit is; null where no fix is known."""

    id: str
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    heading_deg: float | None
    speed_mps: float | None
    fix_at: datetime | None
    mocked: bool


class UnitOut(MoveOut):
    """A unit as it stands; ``refused`` is why the desk would not send it now wherever it was (its position may be another reason)."""

    name: str
    role: Role
    role_label: str
    status: UnitStatus
    status_label: str
    simulated: bool
    on_shift: bool
    duty: DutyKind | None
    duty_until: datetime | None
    backup_rank: int | None
    assignment_id: str | None
    incident_id: str | None
    refused: Refusal | None
