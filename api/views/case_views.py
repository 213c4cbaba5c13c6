"""From an incident to what its caller may see."""

from datetime import datetime, timedelta

from api.forms import caller_schemas as out
from dispatch.caller_desk import CALLER
from dispatch.case import CaseStep, coming, courtesy_name, phase_of, steps_of
from dispatch.desk import Desk
from dispatch.events import IncidentLocated
from dispatch.incident import Assignment, Incident
from dispatch.location import Location
from dispatch.onway import forecast_now
from dispatch.policy.policy import CallerRules
from dispatch.ports import is_straight_line
from dispatch.unit import Fix
from dispatch.vocabulary import AssignmentStatus, Role

AWAITED = (AssignmentStatus.ACCEPTED, AssignmentStatus.EN_ROUTE)


def case(desk: Desk, own: Incident, kept: Incident, now: datetime) -> out.CaseOut:
    """Show the caller of ``own`` how the case stands; ``kept`` is what serves it, another incident where it was merged."""
    rules, phase = desk.policy.caller, phase_of(kept)
    promise = kept.commitment
    return out.CaseOut(
        number=own.id,
        as_of=now,
        reported_at=own.reported.at,
        phase=phase,
        phase_label=phase.label,
        simulated=kept.simulated,
        injured=bool(own.reported.injured),
        company=rules.company,
        telephone=rules.telephone,
        merged_into=kept.id if kept is not own else None,
        place=place(kept.location) if kept.location else None,
        doubt=_doubt(own),
        may_doubt=kept.closed_at is None,
        due_at=promise.due_at if promise else None,
        arrived_at=kept.arrived_at,
        closed_at=kept.closed_at,
        coming=[_coming(desk, kept, a, now) for a in coming(kept)],
        partner=_partner(kept),
        steps=[_step(s) for s in steps_of(kept)],
        result_told_at=min((t.at for t in kept.claim.told), default=None),
        callback=_callback(own, rules),
        rating=_rating(own, rules),
        may_rate=_may_rate(own, kept, now, rules),
        photos=len(photos_of(own, kept)),
        most_photos=rules.photos,
    )


def sender(own: Incident) -> str:
    """Who sends photographs of a case: the caller of this very report."""
    return f"{CALLER} {own.id}"


def photos_of(own: Incident, kept: Incident) -> set[str]:
    """The photographs this very caller sent, by sha256."""
    return {key for i in (own, kept) for key, e in i.photos.items() if e.by == sender(own)}


def place(at: Location | IncidentLocated, *, question: str = "") -> out.CallerPlaceOut:
    """Show a place, with what would narrow it most where that is asked."""
    return out.CallerPlaceOut(
        lon=at.position.lon,
        lat=at.position.lat,
        words=at.matched_text,
        district=at.district,
        uncertainty_m=at.uncertainty_m,
        question=question,
    )


def _coming(desk: Desk, kept: Incident, a: Assignment, now: datetime) -> out.ComingOut:
    fix = _latest(desk, a, now) if a.status in AWAITED else None
    shown = a.status is AssignmentStatus.EN_ROUTE and a.role is not Role.SPECIALIST  # who goes to the hospital
    return out.ComingOut(
        role=a.role,
        role_label=a.role.label,
        name=courtesy_name(a.offer.chosen.unit_name, a.role),
        unit_number=a.unit_id,
        status=a.status,
        arrived_at=a.claimed_at,
        eta=_eta(desk, kept, a, fix, now) if a.status in AWAITED else None,
        position=out.PositionOut(lon=fix.position.lon, lat=fix.position.lat, at=fix.at) if fix and shown else None,
    )


def _latest(desk: Desk, a: Assignment, now: datetime) -> Fix | None:
    track = desk.fleet.track(a.unit_id, now - timedelta(seconds=desk.policy.positions.max_age_s))
    return track[-1] if track and not track[-1].mocked else None


def _eta(desk: Desk, kept: Incident, a: Assignment, fix: Fix | None, now: datetime) -> out.EtaOut | None:
    seen = forecast_now(desk, kept, a, fix, now)
    if seen is None or is_straight_line(seen.stated.day_kind):
        return None
    p10, p50, p90 = (now + timedelta(seconds=seen.forecast.quantile_s(p)) for p in (0.1, 0.5, 0.9))
    return out.EtaOut(p10_at=p10, p50_at=p50, p90_at=p90)


def _partner(kept: Incident) -> out.CasePartnerOut | None:
    if kept.partner is None or not kept.is_with_partner:
        return None
    who = kept.partner.engaged
    return out.CasePartnerOut(
        city=who.city,
        name=who.partner,
        telephone=who.telephone,
        accepted_at=kept.partner.accepted_at,
        on_scene_at=kept.partner.claimed_at,
        delivered_at=kept.partner.cleared_at,
    )


def _step(s: CaseStep) -> out.CaseStepOut:
    return out.CaseStepOut(
        stage=s.stage,
        stage_label=s.stage.label,
        status=s.status,
        at=s.at,
        amount_yuan=s.amount_yuan,
        words=s.words,
    )


def _callback(own: Incident, rules: CallerRules) -> out.CaseCallbackOut | None:
    if not own.caller.callbacks:
        return None
    last = own.caller.callbacks[-1]
    return out.CaseCallbackOut(
        asked_at=last.asked.at,
        due_at=last.due_at(rules.callback_within_s),
        done_at=last.done.at if last.done else None,
    )


def _doubt(own: Incident) -> out.CaseDoubtOut | None:
    side = own.caller
    if side.doubt is None:
        return None
    return out.CaseDoubtOut(
        asked_at=side.doubt.at,
        text=side.doubt.text,
        moved=side.doubt_moved_at is not None,
        answer=side.doubt_settled.answer if side.doubt_settled else "",
    )


def _rating(own: Incident, rules: CallerRules) -> out.CaseRatingOut | None:
    side = own.caller
    until = side.rating_until(rules.rating_edit_h)
    if side.rating is None or until is None:
        return None
    return out.CaseRatingOut(stars=side.rating.stars, words=side.rating.words, editable_until=until)


def _may_rate(own: Incident, kept: Incident, now: datetime, rules: CallerRules) -> bool:
    until = own.caller.rating_until(rules.rating_edit_h)
    return kept.closed_at is not None and (until is None or now <= until)
