"""Patterns in the events of one incident."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from dispatch import events as ev
from dispatch.events import Event
from dispatch.incident import Assignment, Incident
from dispatch.location import distance_m
from dispatch.policy.suspicion_rules import SuspicionRules
from dispatch.suspicion.findings import Finding, Pattern
from dispatch.vocabulary import AssignmentStatus, Role


def in_claims(incident: Incident, history: Sequence[Event], rules: SuspicionRules) -> Iterator[Finding]:
    """Every pattern in the events of an incident, as folded and as they came."""
    for assignment in incident.assignments.values():
        if assignment.claimed_at is not None:
            yield from _button_far(incident, assignment, history, rules)
            yield from _track(incident, assignment, rules)
            yield from _no_interval(incident, assignment, assignment.claimed_at, rules)
        yield from _clock(incident, assignment, rules)
    yield from _edits(incident, history, rules)


def _about(incident: Incident, assignment: Assignment, pattern: Pattern, zh: str, en: str, **numbers: float) -> Finding:
    return Finding(
        pattern=pattern,
        incident_id=incident.id,
        unit_id=assignment.unit_id,
        at=assignment.claimed_at or assignment.last_step_at,
        zh=zh,
        en=en,
        numbers=numbers,
        simulated=incident.simulated,
    )


def _button_far(
    incident: Incident, assignment: Assignment, history: Sequence[Event], rules: SuspicionRules
) -> Iterator[Finding]:
    """Against the place as it was known when the button was pressed: what was moved later does not excuse or accuse."""
    scene: ev.IncidentLocated | None = None
    for event in history:
        if isinstance(event, ev.ArrivalClaimed) and event.assignment_id == assignment.id:
            break
        if isinstance(event, ev.IncidentLocated):
            scene = event
    if assignment.role is Role.SPECIALIST:
        return  # goes to a hospital
    if scene is None or assignment.claimed_from is None:
        return
    capture = assignment.captures.get(AssignmentStatus.ON_SCENE)
    vague_m = scene.uncertainty_m + (capture.accuracy_m or 0.0 if capture else 0.0)
    apart_m = distance_m(assignment.claimed_from, scene.position)
    if apart_m > vague_m + rules.button_far_m:
        zh = f"按到场时离现场 {apart_m:,.0f} 米(地点误差 {scene.uncertainty_m:,.0f} 米)。"
        en = f"Pressed {apart_m:,.0f} m from the scene, whose place is good to {scene.uncertainty_m:,.0f} m."
        yield _about(incident, assignment, Pattern.BUTTON_FAR, zh, en, apart_m=apart_m, uncertainty_m=vague_m)


def _track(incident: Incident, assignment: Assignment, rules: SuspicionRules) -> Iterator[Finding]:
    confirmed, claimed_at = assignment.confirmed, assignment.claimed_at
    if assignment.contradicted is not None and confirmed is None:
        away = assignment.contradicted
        zh = f"按到场前后 {away.fixes} 个定位都在现场 {away.nearest_m:,.0f} 米以外。"
        en = f"All {away.fixes} fixes around the claim lie {away.nearest_m:,.0f} m or more from the scene."
        yield _about(incident, assignment, Pattern.CONTRADICTED, zh, en, nearest_m=away.nearest_m, fixes=away.fixes)
    if confirmed is None or confirmed.track_arrived_at is None or claimed_at is None:
        return
    later_s = (confirmed.track_arrived_at - claimed_at).total_seconds()
    if later_s > rules.track_later_s:
        zh, en = (
            f"轨迹比按键晚 {later_s:.0f} 秒到现场。",
            f"The track reached the scene {later_s:.0f} s after the button.",
        )
        yield _about(incident, assignment, Pattern.TRACK_LATER, zh, en, later_s=later_s)


def _no_interval(
    incident: Incident, assignment: Assignment, claimed_at: datetime, rules: SuspicionRules
) -> Iterator[Finding]:
    response_s = (claimed_at - incident.reported.at).total_seconds()
    if response_s <= 0:
        zh, en = f"到场时效 {response_s:.0f} 秒。", f"The response took {response_s:.0f} s."
        yield _about(incident, assignment, Pattern.NO_INTERVAL, zh, en, response_s=response_s)
    forecast_s = assignment.offer.chosen.travel_s
    if assignment.departed_at is None or forecast_s < rules.trip_s:
        return
    travel_s = (claimed_at - assignment.departed_at).total_seconds()
    if travel_s <= rules.no_trip_s:
        zh = f"出发到到场只有 {travel_s:.0f} 秒,预计行程 {forecast_s / 60:.0f} 分钟。"
        en = f"{travel_s:.0f} s from setting off to arrival; the forecast was {forecast_s / 60:.0f} min."
        yield _about(incident, assignment, Pattern.NO_INTERVAL, zh, en, travel_s=travel_s, forecast_s=forecast_s)


def _clock(incident: Incident, assignment: Assignment, rules: SuspicionRules) -> Iterator[Finding]:
    captures = list(assignment.captures.values())
    for doubted in (c for c in captures if c.doubt is not None):
        gap_s = doubted.delay_s
        zh = f"自报时间与收到时间相差 {gap_s:.0f} 秒,不予采信:{doubted.doubt.label if doubted.doubt else ''}。"
        en = f"The claimed time lies {gap_s:.0f} s before its receipt and does not count: {doubted.doubt}."
        yield _about(incident, assignment, Pattern.TIME_DOUBTED, zh, en, gap_s=gap_s)
    skews_s = [c.skew_s for c in captures if c.skew_s is not None]
    changes_s = [abs(b - a) for a, b in pairwise(skews_s)]
    worst_s = max([*map(abs, skews_s), *changes_s], default=0.0)
    if worst_s > rules.skew_s:
        zh, en = (
            f"手机时钟偏差或变动 {worst_s:.0f} 秒。",
            f"The phone's clock was off, or was changed, by {worst_s:.0f} s.",
        )
        yield _about(incident, assignment, Pattern.CLOCK_SKEW, zh, en, skew_s=worst_s)


def _edits(incident: Incident, history: Sequence[Event], rules: SuspicionRules) -> Iterator[Finding]:
    """Places moved and tiers changed after somebody arrived, or after the promise was due."""
    place: ev.IncidentLocated | None = None
    arrived: ev.ArrivalClaimed | None = None
    for event in history:
        if isinstance(event, ev.ArrivalClaimed):
            arrived = arrived or event
        elif isinstance(event, ev.IncidentLocated):
            moved_m = distance_m(place.position, event.position) if place else 0.0
            if arrived is not None and moved_m > rules.moved_m:
                zh = f"到场之后由 {event.by} 把地点移动 {moved_m:,.0f} 米。"
                en = f"Moved {moved_m:,.0f} m by {event.by} after the arrival."
                yield _edit(incident, event, arrived, Pattern.SCENE_MOVED, zh, en, moved_m=moved_m)
            place = event
        elif isinstance(event, ev.TierChanged):
            due_at = incident.commitment.due_at if incident.commitment else None
            if arrived is not None or (due_at is not None and event.at > due_at):
                when = ("到场之后", "after the arrival") if arrived else ("时限过后", "after the limit")
                zh, en = f"{when[0]}由 {event.by} 改案件类别。", f"Tiers changed by {event.by} {when[1]}."
                yield _edit(incident, event, arrived, Pattern.TIER_LATE, zh, en)


def _edit(
    incident: Incident,
    event: Event,
    arrived: ev.ArrivalClaimed | None,
    pattern: Pattern,
    zh: str,
    en: str,
    **numbers: float,
) -> Finding:
    return Finding(
        pattern=pattern,
        incident_id=incident.id,
        unit_id=arrived.unit_id if arrived else None,
        at=event.at,
        zh=zh,
        en=en,
        numbers=numbers,
        simulated=incident.simulated,
    )
