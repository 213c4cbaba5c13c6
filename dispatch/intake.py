"""Taking a report in: which facts it becomes."""

from collections.abc import Callable
from datetime import datetime

from dispatch import events as ev
from dispatch.commitment import promise
from dispatch.errors import OutsideServiceArea
from dispatch.hospitals import Hospital
from dispatch.incident import Incident
from dispatch.location import Location, NotLocated, Position
from dispatch.policy.policy import Policy
from dispatch.policy.province import Partner
from dispatch.recovery.provincial import engaged
from dispatch.report import Report
from dispatch.triage.triage import can_drive, triage
from dispatch.vocabulary import Confidence, HoldEnd, HoldEvent, MatchCode

PINNED_UNCERTAINTY_M = 30.0  # a person set the pin on the map


def taken_in(
    incident_id: str,
    report: Report,
    found: Location | NotLocated,
    hospital: Hospital | None,
    policy: Policy,
    by: str,
    *,
    partner: Partner | None = None,
) -> list[ev.Event]:
    """The facts of a report: what was said and which tiers that makes, where it is, the promise, the hospital.

    Parameters
    ----------
    incident_id : str
    report : Report
    found : Location or NotLocated
        Of the scene.
    hospital : Hospital or None
        Where the injured person is; None where nobody said.
    policy : Policy
    by : str
        Who took it.
    partner : Partner or None
        Who serves it in another city, under a promise of its own.
    """
    place = found if isinstance(found, Location) else None
    question = found.reason if isinstance(found, NotLocated) else ""
    findings = triage(report, place, policy.triage)
    tiers = tuple(f.tier for f in findings)
    events: list[ev.Event] = [_reported(incident_id, report, findings, question, by)]
    if place is not None:
        events.append(located(incident_id, place, report.received_at, by))
    if partner is not None:
        events += engaged(incident_id, report, partner, tiers[0], policy, by=by)
    else:
        events.append(promise(incident_id, report, place, tiers, policy))
    if hospital is not None:
        events.append(hospital.as_event(incident_id, report.received_at, by))
    return events


def located(incident_id: str, place: Location, at: datetime, by: str) -> ev.IncidentLocated:
    """The place of an incident as a fact."""
    return ev.IncidentLocated(
        incident_id=incident_id,
        at=at,
        by=by,
        position=place.position,
        uncertainty_m=place.uncertainty_m,
        match_code=place.match_code,
        confidence=place.confidence,
        matched_text=place.matched_text,
        district=place.district,
        question=place.question,
        bearing_deg=place.bearing_deg,
    )


def relocated(incident: Incident, place: Location, at: datetime, by: str) -> list[ev.Event]:
    """The place of an incident as somebody corrects it; a hold that waited for it ends."""
    moved: list[ev.Event] = [located(incident.id, place, at, by)]
    if incident.held is not None and incident.held.ends_on is HoldEvent.LOCATED:
        moved.append(ev.HoldEnded(incident_id=incident.id, at=at, by=by, how=HoldEnd.LOCATED))
    return moved


def pinned(position: Position, district_of: Callable[[Position], str | None]) -> Location:
    """A place that a person set on the map; raises `OutsideServiceArea`."""
    district = district_of(position)
    if district is None:
        raise OutsideServiceArea("该点不在服务范围(广州市)内。(The point is outside Guangzhou: set it again.)")
    return Location(
        position=position,
        match_code=MatchCode.GOOD,
        confidence=Confidence.HIGH,
        uncertainty_m=PINNED_UNCERTAINTY_M,
        matched_text="人工定位",
        district=district,
    )


def _reported(
    incident_id: str, report: Report, findings: tuple[ev.TriageFinding, ...], question: str, by: str
) -> ev.IncidentReported:
    return ev.IncidentReported(
        incident_id=incident_id,
        at=report.received_at,
        by=by,
        text=report.text,
        channel=report.channel,
        tier=findings[0].tier,
        plate=report.plate,
        phone=report.phone,
        simulated=report.simulated,
        tiers=tuple(f.tier for f in findings),
        findings=findings,
        client=report.client,
        injured=report.injured,
        drivable=can_drive(report),
        vehicles=report.vehicles,
        on_expressway=report.on_expressway,
        big_loss=report.big_loss,
        make=report.make,
        question=question,
        provisional=report.provisional,
        waited_s=report.waited_s,
    )
