"""Taking a report in: which facts it becomes."""

from datetime import datetime

from dispatch import events as ev
from dispatch.commitment import promise
from dispatch.incident import Incident
from dispatch.location import Location
from dispatch.policy import Policy
from dispatch.province import Partner
from dispatch.provincial import engaged
from dispatch.report import Report
from dispatch.triage import can_drive, triage
from dispatch.vocabulary import HoldEnd, HoldEvent


def taken_in(
    incident_id: str,
    report: Report,
    place: Location | None,
    hospital: Location | None,
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
    place, hospital : Location or None
        Of the scene and of where the injured person is; None where unknown.
    policy : Policy
    by : str
        Who took it.
    partner : Partner or None
        Who serves it in another city, under a promise of its own.
    """
    findings = triage(report, place, policy.triage)
    tiers = tuple(f.tier for f in findings)
    events: list[ev.Event] = [_reported(incident_id, report, findings, by)]
    if place is not None:
        events.append(located(incident_id, place, report.received_at, by))
    if partner is not None:
        events += engaged(incident_id, report, partner, tiers[0], policy, by=by)
    else:
        events.append(promise(incident_id, report, place, tiers, policy))
    if hospital is not None:
        events.append(hospital_named(incident_id, report.hospital, hospital, report.received_at, by))
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
    )


def relocated(incident: Incident, place: Location, at: datetime, by: str) -> list[ev.Event]:
    """The place of an incident as somebody corrects it; a hold that waited for it ends."""
    moved: list[ev.Event] = [located(incident.id, place, at, by)]
    if incident.held is not None and incident.held.ends_on is HoldEvent.LOCATED:
        moved.append(ev.HoldEnded(incident_id=incident.id, at=at, by=by, how=HoldEnd.LOCATED))
    return moved


def hospital_named(incident_id: str, name: str, place: Location, at: datetime, by: str) -> ev.HospitalNamed:
    """The hospital of an injured person as a fact."""
    return ev.HospitalNamed(
        incident_id=incident_id,
        at=at,
        by=by,
        name=name,
        position=place.position,
        uncertainty_m=place.uncertainty_m,
    )


def _reported(incident_id: str, report: Report, findings: tuple[ev.TriageFinding, ...], by: str) -> ev.IncidentReported:
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
    )
