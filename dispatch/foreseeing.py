"""How sure a promise is before anybody is chosen: a fact of its own, so that it can be checked afterwards."""

from datetime import datetime, timedelta

from dispatch.decision import Advice
from dispatch.events import ArrivalForeseen
from dispatch.incident import Incident


def may_foresee(incident: Incident) -> bool:
    """Whether there is a promise and a place, nobody has foretold it yet, and it is ours to keep."""
    known = incident.location is not None and incident.commitment is not None
    return known and incident.foreseen is None and incident.closed_at is None and not incident.is_with_partner


def foreseen(incident: Incident, advice: Advice, now: datetime, by: str) -> ArrivalForeseen:
    """The forecast for the unit that would be sent now."""
    best = next(iter(advice.options), None)
    return ArrivalForeseen(
        incident_id=incident.id,
        at=now,
        by=by,
        unit_id=best.unit_id if best else None,
        eta_at=now + timedelta(seconds=best.eta_s) if best else None,
        p_kept=best.p_kept if best else None,
        forecast=best.forecast if best else None,
    )
