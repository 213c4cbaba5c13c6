"""The dispatch desk: from a report to an arrival, one step a line.

The desk decides and records; it holds no state of its own. Every step reads the incident's history from the log,
decides with pure functions, and appends what follows. The log refuses what somebody else overtook.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

from dispatch import events as ev
from dispatch import merging
from dispatch.candidates import eligible
from dispatch.commitment import promise
from dispatch.decision import Advice, Rule, choose, nearest_by_road
from dispatch.errors import (
    Conflict,
    IllegalTransition,
    InvalidInput,
    OutsideServiceArea,
    ShopFull,
    UnitAlreadyAssigned,
    UnknownId,
)
from dispatch.incident import Assignment, Incident, advance, fold
from dispatch.location import Location, Position
from dispatch.log import EventLog
from dispatch.policy import Policy
from dispatch.ports import Fleet, Geocode, TravelTimesFrom, TravelTimesTo, one_by_one
from dispatch.provincial import engaged, partner_for
from dispatch.report import Report, triage
from dispatch.towing import Towing
from dispatch.vocabulary import AssignmentStatus, Confidence, MatchCode, Role

DistrictOf = Callable[[Position], str | None]
PINNED_UNCERTAINTY_M = 30.0  # a person set the pin on the map


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The decisions of dispatch, given their ports.

    Parameters
    ----------
    geocode : Geocode
    travel_times : TravelTimesTo
    district_of : callable
        District of a position, None outside the service area.
    fleet : Fleet
    log : EventLog
    policy : Policy
    rule : Rule
        Ranks the candidates.
    onward : TravelTimesFrom or None
        From the scene to the repair shops; None asks ``travel_times`` for one shop after another.
    """

    geocode: Geocode
    travel_times: TravelTimesTo
    district_of: DistrictOf
    fleet: Fleet
    log: EventLog
    policy: Policy = field(default_factory=Policy)
    rule: Rule = nearest_by_road
    onward: TravelTimesFrom | None = None

    def take_report(self, report: Report, *, by: str = "desk") -> Incident:
        """Turn a report into an incident with its place and its commitment.

        A report whose place is not understood is still taken: it waits, unlocated, under the stricter limit.

        Raises
        ------
        OutsideServiceArea
            When the place lies where neither we nor a partner works; nothing is recorded.
        """
        found = self.geocode(report.text, hint=report.position, hint_accuracy_m=report.position_accuracy_m)
        place = found if isinstance(found, Location) else None
        inside = report.position is not None and self.district_of(report.position) is not None
        partner = partner_for(found, report.position, inside=inside, policy=self.policy)
        incident_id = self.log.new_incident_id(report.received_at)
        events: list[ev.Event] = [_reported(incident_id, report, by)]
        if place is not None:
            events.append(_located(incident_id, place, report.received_at, by))
        if partner is not None:
            events += engaged(incident_id, report, partner, self.policy, by=by)
        else:
            events.append(promise(incident_id, report, place, self.policy))
        self.log.append(events, after=0)
        return fold(events)

    def relocate(self, incident_id: str, position: Position, now: datetime, *, by: str) -> Incident:
        """Put the incident where a person says it is; the commitment stays as frozen at intake."""
        district = self.district_of(position)
        if district is None:
            raise OutsideServiceArea("该点不在服务范围(广州市)内。(The point is outside Guangzhou: set it again.)")
        place = Location(
            position=position,
            match_code=MatchCode.GOOD,
            confidence=Confidence.HIGH,
            uncertainty_m=PINNED_UNCERTAINTY_M,
            matched_text="人工定位",
            district=district,
        )
        return self._append(self.incident(incident_id), _located(incident_id, place, now, by))

    def advise(self, incident_id: str, role: Role, now: datetime) -> Advice:
        """Rank who should go to an incident; raises `InvalidInput` while it has no place."""
        return self._advise(self.incident(incident_id), role, now)

    def offer(
        self,
        incident_id: str,
        role: Role,
        now: datetime,
        *,
        unit_id: str | None = None,
        reason: str = "",
        by: str = "desk",
    ) -> Incident:
        """Offer the job to the best unit, or to the one an operator names with a reason.

        Raises
        ------
        InvalidInput
            An override without a reason, or an incident without a place.
        Conflict
            Nobody can go, or the named unit cannot; the message says why.
        """
        incident = self.incident(incident_id)
        advice = self._advise(incident, role, now, wanted=unit_id)
        chosen = _chosen(advice, unit_id, reason)
        while True:
            offer = self._offer_event(incident, advice, chosen, now, reason=reason, by=by)
            try:
                return self._append_offer(incident, offer)
            except UnitAlreadyAssigned:
                advice = advice.without(chosen)  # somebody took it a moment ago
                if unit_id is not None or not advice.options:
                    raise
                chosen = advice.options[0]

    def reassign(
        self, assignment_id: str, now: datetime, *, reason: str, unit_id: str | None = None, by: str
    ) -> Incident:
        """End an assignment and offer the job to another unit, both or neither.

        Raises
        ------
        Conflict
            Nobody else can go, or the named unit cannot; the assignment then stays as it was.
        """
        incident = self._incident_of(assignment_id)
        old = incident.assignment(assignment_id)
        released = _about(ev.AssignmentReleased, old, incident, now, by, reason=reason)
        freed = advance(incident, released)
        advice = self._advise(freed, old.role, now, wanted=unit_id)
        offer = self._offer_event(freed, advice, _chosen(advice, unit_id, reason), now, reason=reason, by=by)
        return self._append_offer(incident, offer, released)

    def accept(self, assignment_id: str, now: datetime, *, by: str) -> Incident:
        """The unit takes the job."""
        return self._step(ev.AssignmentAccepted, assignment_id, now, by)

    def decline(self, assignment_id: str, now: datetime, *, reason: str, by: str) -> Incident:
        """The unit refuses the job; it is not offered this incident again."""
        return self._step(ev.AssignmentDeclined, assignment_id, now, by, reason=reason)

    def depart(self, assignment_id: str, now: datetime, *, by: str) -> Incident:
        """The unit sets off."""
        return self._step(ev.UnitDeparted, assignment_id, now, by)

    def arrive(self, assignment_id: str, now: datetime, *, position: Position | None = None, by: str) -> Incident:
        """The unit claims to be on scene."""
        return self._step(ev.ArrivalClaimed, assignment_id, now, by, position=position)

    def release(self, assignment_id: str, now: datetime, *, reason: str, by: str) -> Incident:
        """End an assignment before it is done."""
        return self._step(ev.AssignmentReleased, assignment_id, now, by, reason=reason)

    def clear(self, assignment_id: str, now: datetime, *, by: str) -> Incident:
        """The unit is done; a surveyed incident that waits for nobody closes with its last assignment."""
        return self.close_when_done(self._step(ev.UnitCleared, assignment_id, now, by), now, by)

    def close_when_done(self, after: Incident, now: datetime, by: str) -> Incident:
        """Close a surveyed incident that waits for nobody any more."""
        if after.open_assignments or after.unanswered_roles or after.arrived_at is None:
            return after
        return self.close(after.id, now, reason="现场作业完成", by=by)

    def close(self, incident_id: str, now: datetime, *, reason: str, by: str) -> Incident:
        """Close an incident that needs nobody any more: units on scene are cleared, others released, all at once."""
        incident = self.incident(incident_id)
        endings: list[ev.Event] = []
        for a in incident.open_assignments:
            if a.status is AssignmentStatus.ON_SCENE:
                endings.append(_about(ev.UnitCleared, a, incident, now, by))
            else:
                endings.append(_about(ev.AssignmentReleased, a, incident, now, by, reason=reason))
        closed = ev.IncidentClosed(incident_id=incident_id, at=now, by=by, reason=reason)
        return self._append(incident, *endings, closed)

    def merge(self, incident_id: str, into: str, now: datetime, *, reason: str, by: str) -> Incident:
        """Close an incident as a second report of ``into``, which is returned; only a person does this.

        Raises
        ------
        Conflict
            Where a merge would lose a promise or call a unit back; the message says what to do first.
        """
        return self._append_both(merging.merge, self.incident(incident_id), self.incident(into), now, reason, by)

    def unmerge(self, incident_id: str, now: datetime, *, reason: str, by: str) -> Incident:
        """Open a merged incident again, under the promise it had; returns the incident it was merged into."""
        duplicate = self.incident(incident_id)
        if duplicate.merged_into is None:
            raise IllegalTransition(f"案件 {incident_id} 没有并入其他案件。(It is not merged.)")
        return self._append_both(merging.unmerge, duplicate, self.incident(duplicate.merged_into), now, reason, by)

    def note(
        self, kind: type[ev.AssignmentEvent], assignment: Assignment, incident: Incident, now: datetime, **details: Any
    ) -> Incident:
        """Record what the desk itself noticed; refused as stale when ``incident`` has moved on since it was read."""
        return self._append(incident, _about(kind, assignment, incident, now, "desk", **details))

    def record(self, incident: Incident, *events: ev.Event) -> Incident:
        """Record what was decided about ``incident`` as it was read, all or none; see `dispatch.recovery_desk`."""
        return self._append(incident, *events)

    def incident(self, incident_id: str) -> Incident:
        """The incident as it stands; raises `UnknownId`."""
        return self.log.incident(incident_id)

    def _incident_of(self, assignment_id: str) -> Incident:
        return self.incident(self.log.incident_of(assignment_id))

    def _step(
        self, kind: type[ev.AssignmentEvent], assignment_id: str, now: datetime, by: str, **details: Any
    ) -> Incident:
        incident = self._incident_of(assignment_id)
        return self._append(incident, _about(kind, incident.assignment(assignment_id), incident, now, by, **details))

    def _append(self, incident: Incident, *events: ev.Event) -> Incident:
        after = reduce(advance, events, incident)
        self.log.append(events, after=incident.version)
        return after

    def _append_offer(self, incident: Incident, offer: ev.UnitOffered, *before: ev.Event) -> Incident:
        """Append an offer, a tow's together with its shop: the next best where another desk has filled the first."""
        after = reduce(advance, [*before, offer], incident)
        full: list[str] = []
        while True:
            tow = after.assignment(offer.assignment_id)
            shop = self.towing.chosen_for(after, tow, offer.at, by=offer.by, full=full)
            try:
                return self._append(incident, *before, offer, *([shop] if shop else []))
            except ShopFull:
                if shop is None:
                    raise
                full.append(shop.shop.shop_id)

    @property
    def towing(self) -> Towing:
        """Where vehicles that cannot drive are brought."""
        onward = self.onward or one_by_one(self.travel_times)
        return Towing(fleet=self.fleet, log=self.log, onward=onward, policy=self.policy)

    def _append_both(
        self,
        step: Callable[..., merging.Steps],
        duplicate: Incident,
        kept: Incident,
        now: datetime,
        reason: str,
        by: str,
    ) -> Incident:
        """Append to both incidents, by id, so that two writers never wait for one another; the transaction undoes halves."""
        leaving, joining = step(duplicate, kept, now, reason=reason, by=by)
        reduce(advance, leaving, duplicate)  # what does not follow is refused before anything is written
        after = advance(kept, joining)
        parts: list[tuple[Incident, list[ev.Event]]] = [(duplicate, leaving), (kept, [joining])]
        for incident, events in sorted(parts, key=lambda part: part[0].id):
            self.log.append(events, after=incident.version)
        return after

    def _advise(self, incident: Incident, role: Role, now: datetime, *, wanted: str | None = None) -> Advice:
        if incident.closed_at is not None:
            raise IllegalTransition(f"案件 {incident.id} 已结束。(The incident is closed.)")
        if incident.partner is not None and incident.location is None:
            raise IllegalTransition(
                f"由{incident.partner.engaged.partner}救援:请电话跟进。(A partner has it: telephone.)"
            )
        if incident.location is None or incident.commitment is None:
            raise InvalidInput("案件尚未定位:请先在地图上标出地点。(Set the place on the map first.)")
        tried = incident.refusers - {wanted}  # an operator may ask one of them again
        able, refused = eligible(self.fleet.states(now), role, now, self.policy.positions, tried=tried)
        origins = [s.fix.position for s in able if s.fix is not None]
        times = self.travel_times(origins, incident.location.position, now)
        advice = choose(
            able,
            times.seconds.tolist(),
            role=role,
            refused=refused,
            time_left_s=(incident.commitment.due_at - now).total_seconds(),
            model=self.policy.arrival,
            uncertainty_m=incident.location.uncertainty_m,
            metric=times.metric,
            hour_log_sd=times.hour_log_sd,
            scenario_s=times.scenario_s,
            scenario_log_sd=times.scenario_log_sd,
            rule=self.rule,
        )
        return self.towing.jointly(incident, advice, now)

    def _offer_event(
        self, incident: Incident, advice: Advice, chosen: ev.Candidate, now: datetime, *, reason: str, by: str
    ) -> ev.UnitOffered:
        others = [c for c in advice.options if c.unit_id != chosen.unit_id]
        return ev.UnitOffered(
            incident_id=incident.id,
            at=now,
            by=by,
            assignment_id=f"{incident.id}-{len(incident.assignments) + 1}",
            unit_id=chosen.unit_id,
            role=advice.role,
            eta_at=now + timedelta(seconds=chosen.eta_s),
            p_kept=chosen.p_kept,
            chosen=chosen,
            runners_up=tuple(others[: self.policy.offers.runners_up]),
            refused=advice.refused,
            rule=advice.rule,
            metric=advice.metric,
            override_reason=reason if chosen.unit_id != advice.options[0].unit_id else "",
        )


def _chosen(advice: Advice, unit_id: str | None, reason: str) -> ev.Candidate:
    if not advice.options:
        raise Conflict(advice.explanation)
    if unit_id is None:
        return advice.options[0]
    chosen = next((c for c in advice.options if c.unit_id == unit_id), None)
    if chosen is None:
        why = next((r.reason.label for r in advice.refused if r.unit_id == unit_id), None)
        if why is None:
            raise UnknownId(f"{unit_id!r} 不在名册或角色不符。(No such unit in this role: see /v1/units.)")
        raise Conflict(f"{unit_id} 不能派:{why}。(This unit cannot go: choose another.)")
    if chosen is not advice.options[0] and not reason.strip():
        raise InvalidInput("选择非推荐单元须填写原因。(Choosing another unit needs a reason.)")
    return chosen


def _about(
    kind: type[ev.AssignmentEvent], assignment: Assignment, incident: Incident, now: datetime, by: str, **details: Any
) -> ev.AssignmentEvent:
    return kind(
        incident_id=incident.id, at=now, by=by, assignment_id=assignment.id, unit_id=assignment.unit_id, **details
    )


def _reported(incident_id: str, report: Report, by: str) -> ev.IncidentReported:
    return ev.IncidentReported(
        incident_id=incident_id,
        at=report.received_at,
        by=by,
        text=report.text,
        channel=report.channel,
        tier=triage(report),
        plate=report.plate,
        phone=report.phone,
        simulated=report.simulated,
        make=report.make,
    )


def _located(incident_id: str, place: Location, at: datetime, by: str) -> ev.IncidentLocated:
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
