"""What a partner in another city has done for an incident, as it told us by telephone."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dispatch.errors import IllegalTransition
from dispatch.events import PartnerEngaged, PartnerReported
from dispatch.location import Position
from dispatch.vocabulary import IncidentStatus, PartnerStep

TIME_OF = {
    PartnerStep.ACCEPTED: "accepted_at",
    PartnerStep.ON_SCENE: "claimed_at",
    PartnerStep.DELIVERED: "cleared_at",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerService:
    """A partner's work on one incident; each time is None until it was told, and no track can confirm any.

    The names are those of `dispatch.incident.Assignment`, so that an audit reads both alike: ``claimed_at`` is on scene,
    ``cleared_at`` is delivered.
    """

    engaged: PartnerEngaged
    accepted_at: datetime | None = None
    claimed_at: datetime | None = None
    cleared_at: datetime | None = None
    told_by: str = ""

    def told(self, event: PartnerReported) -> "PartnerService":
        """Take what the partner says; raises `IllegalTransition` for a step told before, or out of its order in time."""
        steps = list(TIME_OF)
        position = steps.index(event.step)
        if any(getattr(self, TIME_OF[step]) is not None for step in steps[position:]):
            raise IllegalTransition(f"合作单位已报过“{event.step.label}”或更后的进展。(Told already: reload.)")
        earlier = [at for step in steps[:position] if (at := getattr(self, TIME_OF[step])) is not None]
        if event.at < max([self.engaged.at, *earlier]):
            raise IllegalTransition("时间早于报案或上一步:请核对。(Earlier than the report or the step before.)")
        told: dict[str, Any] = {TIME_OF[event.step]: event.at, "told_by": event.told_by}
        return replace(self, **told)

    @property
    def departed_at(self) -> datetime | None:
        """Unknown: partners tell no departure."""
        return None

    @property
    def confirmed_at(self) -> datetime | None:
        """Unknown: there is no track."""
        return None

    @property
    def claimed_from(self) -> Position | None:
        """Unknown: it was told by telephone."""
        return None

    @property
    def status(self) -> IncidentStatus:
        """Where the incident stands, as far as the partner told."""
        if self.claimed_at is not None or self.cleared_at is not None:
            return IncidentStatus.ON_SCENE
        return IncidentStatus.ACCEPTED if self.accepted_at is not None else IncidentStatus.OFFERED
