"""From the state of the domain to what travels over HTTP."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from api import wiring
from api.forms import handshake_schemas
from api.forms import schemas as out
from api.forms.duplicate_schemas import DuplicateOut, JoinedOut
from api.forms.scene_summary import scene
from api.forms.unit_schemas import UnitOut
from api.views import follow_up_views, holding_views, recovery_views, step_views
from api.views.response_views import response
from dispatch.alarms.alarm_words import explain_risk, explain_risk_in_english
from dispatch.auditing.audit import judge
from dispatch.bookings import Booking, day_of
from dispatch.candidates import refused_anywhere
from dispatch.decision import Advice, explain_offer
from dispatch.duplicates import Likeness
from dispatch.events import Candidate, IncidentLocated, RefusedUnit, RiskRaised
from dispatch.foretelling import awaited_until
from dispatch.incident import Assignment, Incident
from dispatch.location import Location
from dispatch.log import EventLog
from dispatch.ports import is_straight_line
from dispatch.unit import PartnerRepairShop, Unit, UnitState
from dispatch.vocabulary import AssignmentStatus
from geo_data.roads.directions import Route
from geo_data.roads.network import Network
from geo_data.roads.time_dependent import drive


def location(place: Location) -> out.LocationOut:
    """Show a geocoded place with its alternatives."""
    return out.LocationOut(
        lon=place.position.lon,
        lat=place.position.lat,
        match_code=place.match_code,
        confidence=place.confidence,
        uncertainty_m=place.uncertainty_m,
        matched_text=place.matched_text,
        district=place.district,
        question=place.question,
        alternatives=[location(a) for a in place.alternatives],
    )


def _scene(event: IncidentLocated) -> out.LocationOut:
    return out.LocationOut(
        lon=event.position.lon,
        lat=event.position.lat,
        match_code=event.match_code,
        confidence=event.confidence,
        uncertainty_m=event.uncertainty_m,
        matched_text=event.matched_text,
        district=event.district,
        question=event.question,
    )


def candidate(c: Candidate, metric: str) -> out.CandidateOut:
    """Show one weighed unit; no chance where ``metric`` knows no roads."""
    return out.CandidateOut(
        unit_id=c.unit_id,
        unit_name=c.unit_name,
        travel_s=c.travel_s,
        eta_s=c.eta_s,
        eta_p90_s=c.eta_p90_s,
        p_kept=_chance(c.p_kept, metric),
        simulated=c.simulated,
    )


def _chance(p_kept: float, metric: str) -> float | None:
    return None if is_straight_line(metric) else p_kept


def refused(units: Iterable[RefusedUnit]) -> list[out.RefusedOut]:
    """Show who could not go."""
    return [
        out.RefusedOut(unit_id=u.unit_id, unit_name=u.unit_name, reason=u.reason, reason_label=u.reason.label)
        for u in units
    ]


def recommendation(incident_id: str, advice: Advice) -> out.RecommendationOut:
    """Show a ranking."""
    return out.RecommendationOut(
        incident_id=incident_id,
        role=advice.role,
        options=[candidate(c, advice.metric) for c in advice.options],
        refused=refused(advice.refused),
        explanation=advice.explanation,
        explanation_in_english=advice.explanation_in_english,
        metric=advice.metric,
    )


def _assignment(i: Incident, a: Assignment) -> out.AssignmentOut:
    offer = a.offer
    answer_within = timedelta(seconds=wiring.policy().offers.answer_timeout_s)
    return out.AssignmentOut(
        id=a.id,
        unit_id=a.unit_id,
        unit_name=offer.chosen.unit_name,
        role=a.role,
        role_label=a.role.label,
        status=a.status,
        status_label=a.status.label,
        eta_at=a.eta_at,
        p_kept=_chance(a.p_kept, a.metric),
        offered_at=a.offered_at,
        accepted_at=a.accepted_at,
        departed_at=a.departed_at,
        claimed_at=a.claimed_at,
        confirmed_at=a.confirmed_at,
        track_arrived_at=a.confirmed.track_arrived_at if a.confirmed else None,
        contradicted_at=a.contradicted.at if a.contradicted else None,
        delivered_at=a.delivered_at,
        cleared_at=a.cleared_at,
        ended_reason=a.ended_reason,
        runners_up=[candidate(c, offer.metric) for c in offer.runners_up],
        refused=refused(offer.refused),
        explanation=explain_offer(offer),
        override_reason=offer.override_reason,
        replacement=_replacement(a),
        answer_due_at=a.offered_at + answer_within if a.status is AssignmentStatus.OFFERED else None,
        next_stop=step_views.next_stop(i, a),
        onward_stop=step_views.onward_stop(i, a),
        sent_later=step_views.sent_later(a),
        offered_by=offer.by,
    )


def _replacement(a: Assignment) -> out.ReplacementOut | None:
    waits = a.replacement
    if waits is None or not a.status.is_open:
        return None
    return out.ReplacementOut(
        new_unit_id=waits.new_unit_id, reason=waits.reason, handover=waits.handover, proposed_at=waits.at
    )


def risk(raised: RiskRaised, i: Incident) -> out.RiskOut:
    """Show an alarm."""
    metric = raised.metric
    return out.RiskOut(
        risk=raised.risk,
        risk_label=raised.risk.label,
        assignment_id=raised.assignment_id,
        raised_at=raised.at,
        p_kept=_chance(raised.p_kept, metric),
        proposal=candidate(raised.proposal, metric) if raised.proposal else None,
        driven_s=raised.driven_s,
        sentence=explain_risk(raised, i),
        sentence_in_english=explain_risk_in_english(raised, i),
        role=raised.role,
    )


def exception(raised: RiskRaised, i: Incident) -> handshake_schemas.ExceptionOut:
    """Show an alarm on the board."""
    due_at = i.commitment.due_at if i.commitment else None
    return handshake_schemas.ExceptionOut(**dict(risk(raised, i)), incident_id=i.id, due_at=due_at)


def backup(person: Unit) -> handshake_schemas.BackupOut:
    """Show who can be called up."""
    return handshake_schemas.BackupOut(
        unit_id=person.id,
        unit_name=person.name,
        role=person.role,
        rank=person.backup_rank or 0,
        contacts=list(person.contacts),
        simulated=person.simulated,
    )


def _commitment(i: Incident, now: datetime) -> out.CommitmentOut | None:
    c = i.commitment
    if c is None:
        return None
    record = judge(i, now).record
    verdict = record.verdict
    return out.CommitmentOut(
        kind=c.kind,
        zone=c.zone,
        zone_label=c.zone.label,
        starts_at=c.starts_at,
        due_at=c.due_at,
        limit_s=c.limit_s,
        verdict=verdict,
        verdict_label=verdict.label,
        policy_version=c.policy_version,
        excluded=record.excluded.label if record.excluded else "",
    )


def incident(i: Incident, now: datetime) -> out.IncidentOut:
    """Show an incident as it stands at ``now``."""
    r = i.reported
    return out.IncidentOut(
        id=i.id,
        version=i.version,
        status=i.status,
        status_label=i.status.label,
        tier=i.tier,
        tier_label=i.tier.label,
        response=response(i, wiring.policy().plans),
        simulated=i.simulated,
        text=r.text,
        plate=r.plate,
        phone=r.phone,
        channel=r.channel,
        reported_at=r.at,
        closed_at=i.closed_at,
        location=_scene(i.location) if i.location else None,
        question=i.question,
        commitment=_commitment(i, now),
        assignments=[_assignment(i, a) for a in i.assignments.values()],
        risks=[risk(raised, i) for raised in i.risks],
        merged_into=i.merged_into,
        duplicates=[
            JoinedOut(incident_id=d.duplicate_id, reported_at=d.reported_at, text=d.text, reason=d.reason)
            for d in i.duplicates.values()
        ],
        make=r.make,
        shop=recovery_views.chosen(i),
        partner=recovery_views.partner(i),
        follow_up=follow_up_views.follow_up(i, wiring.policy().caller),
        scene=scene(i),
        hold=holding_views.hold(i),
        closed=holding_views.closed(i),
        foreseen=_foreseen(i),
        forecast_awaited_until=awaited_until(i),
    )


def _foreseen(i: Incident) -> out.ForeseenOut | None:
    told = i.foreseen
    return None if told is None else out.ForeseenOut(at=told.at, eta_at=told.eta_at, p_kept=told.p_kept)


def duplicate(like: Likeness, obstacle: str) -> DuplicateOut:
    """Show a proposal to merge."""
    return DuplicateOut(
        kept_id=like.kept_id,
        duplicate_id=like.duplicate_id,
        p_same=like.p_same,
        distance_m=like.distance_m,
        apart_s=like.apart_s,
        plates=list(like.plates),
        words=list(like.words),
        same_phone=like.same_phone,
        against=list(like.against),
        sentence=like.sentence,
        obstacle=obstacle,
    )


def for_unit(shown: out.IncidentOut, unit_id: str | None) -> out.IncidentOut:
    """What a surveyor may see of an incident: its own assignments, and nothing of who else was weighed."""
    nothing = {"runners_up": [], "refused": [], "explanation": "", "override_reason": "", "offered_by": ""}
    own = [a.model_copy(update={**nothing, "replacement": None}) for a in shown.assignments if a.unit_id == unit_id]
    shop = shown.shop if shown.shop and shown.shop.unit_id == unit_id else None
    of_desks: dict[str, object] = {"risks": [], "duplicates": [], "hold": None, "follow_up": None}
    return shown.model_copy(update={**of_desks, "assignments": own, "shop": shop})


def in_short(shown: out.IncidentOut) -> out.IncidentOut:
    """An incident without who was refused at each offer: thousands in a large fleet, and no screen shows them."""
    assignments = [a.model_copy(update={"refused": []}) for a in shown.assignments]
    return shown.model_copy(update={"assignments": assignments})


_last_shown: dict[str, tuple[UnitState, tuple[object, ...], UnitOut]] = {}


def unit(s: UnitState, now: datetime) -> UnitOut:
    """Show a unit as it stands at ``now``; the same form as long as it does not change."""
    by_the_hour = s.told(now), s.on_duty(now), refused_anywhere(s, now, wiring.policy())  # what changes with time alone
    known = _last_shown.get(s.unit.id)
    if known is None or known[0] is not s or known[1] != by_the_hour:
        known = _last_shown[s.unit.id] = (s, by_the_hour, _unit(s, now))
    return known[2]


def _unit(s: UnitState, now: datetime) -> UnitOut:
    status, fix = s.status(now), s.fix
    return UnitOut(
        id=s.unit.id,
        name=s.unit.name,
        role=s.unit.role,
        role_label=s.unit.role.label,
        status=status,
        status_label=status.label,
        simulated=s.unit.simulated,
        on_shift=s.on_duty(now),
        lon=fix.position.lon if fix else None,
        lat=fix.position.lat if fix else None,
        accuracy_m=fix.accuracy_m if fix else None,
        heading_deg=fix.heading_deg if fix else None,
        speed_mps=fix.speed_mps if fix else None,
        fix_at=fix.at if fix else None,
        mocked=fix.mocked if fix else False,
        duty=s.told(now),
        duty_until=s.duty.until if s.duty and s.told(now) else None,
        backup_rank=s.unit.backup_rank,
        assignment_id=s.assignment.assignment_id if s.assignment else None,
        incident_id=s.assignment.incident_id if s.assignment else None,
        refused=refused_anywhere(s, now, wiring.policy()),
    )


def shops(known: Iterable[PartnerRepairShop], log: EventLog, now: datetime) -> list[out.ShopOut]:
    """Show partner repair shops with what of them is taken today."""
    today = day_of(now)
    load = log.shop_load([today])
    return [_shop(s, load.get(Booking(s.id, today), 0), now) for s in known]


def _shop(s: PartnerRepairShop, booked: int, now: datetime) -> out.ShopOut:
    full = s.capacity is not None and booked >= s.capacity
    return out.ShopOut(
        id=s.id,
        name=s.name,
        lon=s.position.lon,
        lat=s.position.lat,
        designated=s.designated,
        simulated=s.simulated,
        opens=s.hours.start,
        closes=s.hours.end,
        makes=sorted(s.makes),
        capacity=s.capacity,
        booked=booked,
        status="full" if full else "open" if s.hours.covers(now) else "closed",
    )


def network(n: Network) -> out.NetworkOut:
    """Show which roads are in use."""
    return out.NetworkOut(
        title=str(n.meta.get("title", "")),
        schematic=n.schematic,
        fingerprint=n.fingerprint,
        nodes=n.n_nodes,
        edges=n.n_edges,
    )


def route(assignment_id: str, way: Route, now: datetime) -> out.RouteOut:
    """Show a way, planned and begun at ``now``, as a GeoJSON line with its steps."""
    return out.RouteOut(
        assignment_id=assignment_id,
        seconds=way.seconds,
        arrive_at=drive(way, now, now).arrive_at,
        metric=way.metric,
        metres=way.metres,
        geometry={"type": "LineString", "coordinates": way.points.round(6).tolist()},
        steps=[{"name": s.name, "metres": round(s.metres), "seconds": round(s.seconds)} for s in way.steps],
    )
