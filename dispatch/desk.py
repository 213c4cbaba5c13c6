"""The dispatch desk: from a report to an arrival, one step a line.

The desk decides and records; it holds no state of its own. Every step reads the incident's history from the log,
decides with pure functions, and appends what follows. The log refuses what somebody else overtook.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

from dispatch import events as ev
from dispatch import merging
from dispatch.candidates import eligible
from dispatch.capture import Capture
from dispatch.choosing.rules import Rule, rule_of
from dispatch.choosing.scenes import nowhere_to_go, scene_of
from dispatch.choosing.situation import Scene, Situation, situation
from dispatch.closing import closing
from dispatch.decision import Advice, choose, offer_event, pick
from dispatch.errors import IllegalTransition, InvalidInput, ShopFull, UnitAlreadyAssigned
from dispatch.folding import advance, fold
from dispatch.foreseeing import foreseen, may_foresee
from dispatch.hospitals import Hospital, hospital_of
from dispatch.incident import Assignment, Incident
from dispatch.intake import pinned, relocated, taken_in
from dispatch.location import Position
from dispatch.log import EventLog
from dispatch.needs import NeedState, is_finished, need_states, plan_of
from dispatch.plans import ResponsePlan
from dispatch.policy.policy import Policy
from dispatch.ports import (
    DemandReach,
    Fleet,
    Geocode,
    TravelTable,
    TravelTimes,
    TravelTimesBetween,
    TravelTimesFrom,
    TravelTimesTo,
    from_one,
    one_by_one,
)
from dispatch.prediction.moments import Moment
from dispatch.prediction.predictor import Forecasting
from dispatch.recovery.provincial import partner_for
from dispatch.recovery.towing import Towing
from dispatch.report import Report
from dispatch.steps import about, step_taken
from dispatch.track_matching import MatchTrack
from dispatch.unit import UnitState
from dispatch.verification import confirmation
from dispatch.vocabulary import CloseCode, NeedStatus, Role

ASSIGNED = Moment.ASSIGNMENT
DistrictOf = Callable[[Position], str | None]


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
    rule : Rule or None
        Prices the candidates; None takes the policy's.
    travel_between : TravelTimesBetween or None
        Many to many, for windows; None asks ``travel_times`` for one incident after the other.
    reach : DemandReach or None
        What cover is reckoned from; None leaves cover out.
    onward : TravelTimesFrom or None
        From the scene to the repair shops; None asks ``travel_times`` for one shop after another.
    match : MatchTrack or None
        Finds the roads a unit drove when its arrival is confirmed; None leaves the carriageway unknown.
    forecasting : Forecasting
        What arrivals are forecast with.
    """

    geocode: Geocode
    travel_times: TravelTimesTo
    district_of: DistrictOf
    fleet: Fleet
    log: EventLog
    policy: Policy = field(default_factory=Policy)
    rule: Rule | None = None
    travel_between: TravelTimesBetween | None = None
    reach: DemandReach | None = None
    onward: TravelTimesFrom | None = None
    match: MatchTrack | None = None
    forecasting: Forecasting = field(default_factory=Forecasting)

    def take_report(self, report: Report, *, by: str = "desk") -> Incident:
        """Turn a report into an incident with its place and its commitment.

        A report whose place is not understood is still taken: it waits, unlocated, under the stricter limit.

        Raises
        ------
        OutsideServiceArea
            When the place lies where neither we nor a partner works; nothing is recorded.
        """
        found = self.geocode(report.text, hint=report.position, hint_accuracy_m=report.position_accuracy_m)
        inside = report.position is not None and self.district_of(report.position) is not None
        partner = partner_for(found, report.position, inside=inside, policy=self.policy)
        incident_id = self.log.new_incident_id(report.received_at)
        hospital = self.find_hospital(report.hospital) if report.hospital.strip() else None
        events = taken_in(incident_id, report, found, hospital, self.policy, by, partner=partner)
        taken = fold(events)
        told = self.foretold(taken, report.received_at, by)
        self.log.append([*events, *told], after=0)
        return reduce(advance, told, taken)

    def relocate(self, incident_id: str, position: Position, now: datetime, *, by: str) -> Incident:
        """Put the incident where a person says it is; the commitment stays as frozen at intake."""
        incident = self.incident(incident_id)
        moved = relocated(incident, pinned(position, self.district_of), now, by)
        return self.record(incident, *moved, *self.foretold(reduce(advance, moved, incident), now, by))

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
        chosen = pick(advice, unit_id, reason)
        while True:
            offer = self.offer_to(incident, advice, chosen, now, reason=reason, by=by)
            try:
                return self.record_offer(incident, offer)
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
        released = about(ev.AssignmentReleased, old, incident, now, by, reason=reason)
        freed = advance(incident, released)
        offer = self.successor(freed, old.role, now, unit_id=unit_id, reason=reason, by=by)
        return self.record_offer(incident, offer, released)

    def successor(
        self, freed: Incident, role: Role, now: datetime, *, unit_id: str | None, reason: str, by: str
    ) -> ev.UnitOffered:
        """The offer that follows when somebody else's job in ``role`` has ended; recorded by the caller."""
        advice = self._advise(freed, role, now, wanted=unit_id)
        return self.offer_to(freed, advice, pick(advice, unit_id, reason), now, reason=reason, by=by)

    def accept(self, assignment_id: str, now: datetime, *, by: str, captured: Capture | None = None) -> Incident:
        """The unit takes the job."""
        return self._step(ev.AssignmentAccepted, assignment_id, now, by, captured)

    def decline(
        self, assignment_id: str, now: datetime, *, reason: str, by: str, captured: Capture | None = None
    ) -> Incident:
        """The unit refuses the job; it is not offered this incident again."""
        return self._step(ev.AssignmentDeclined, assignment_id, now, by, captured, reason=reason)

    def depart(self, assignment_id: str, now: datetime, *, by: str, captured: Capture | None = None) -> Incident:
        """The unit sets off."""
        return self._step(ev.UnitDeparted, assignment_id, now, by, captured)

    def arrive(
        self,
        assignment_id: str,
        now: datetime,
        *,
        by: str,
        position: Position | None = None,
        captured: Capture | None = None,
    ) -> Incident:
        """The unit claims to be on scene; a time its phone captured counts where it is plausible."""
        return self._step(ev.ArrivalClaimed, assignment_id, now, by, captured, position=position)

    def release(self, assignment_id: str, now: datetime, *, reason: str, by: str) -> Incident:
        """End an assignment before it is done; an incident that needs nobody any more closes with it."""
        incident = self._incident_of(assignment_id)
        old = incident.assignment(assignment_id)
        released = self.record(incident, about(ev.AssignmentReleased, old, incident, now, by, reason=reason))
        return self.close_if_finished(released, now, by=by)

    def clear(
        self, assignment_id: str, now: datetime, *, reason: str = "", by: str, captured: Capture | None = None
    ) -> Incident:
        """The unit is done; an incident whose every need is served or waived closes with its last assignment.

        Raises
        ------
        InvalidInput
            For a tow that leaves the scene without the vehicle it was to bring to a repair shop, without a ``reason``.
        """
        incident = self._incident_of(assignment_id)
        done, rules = incident.assignment(assignment_id), self.policy.captures
        if incident.is_to_deliver(done) and not reason.strip():
            raise InvalidInput(
                "该施救任务已安排送修而车辆未送达:请填写未送修的原因。(A repair shop waits for this vehicle: say why it was not "
                "brought there.)"
            )
        cleared = step_taken(ev.UnitCleared, done, incident, now, by, captured, rules, reason=reason)
        confirmed = confirmation(incident, done, self.fleet, self.policy, now, self.match)
        return self.close_if_finished(self.record(incident, *confirmed, cleared), now, by=by)

    def close_if_finished(self, incident: Incident, now: datetime, *, by: str) -> Incident:
        """Close an incident that was served, needs nobody any more and waits for no word on its tiers; else leave it as it is."""
        if incident.closed_at is not None or incident.proposed_tiers or not is_finished(incident, self.plan(incident)):
            return incident
        return self.close(incident.id, now, reason="现场作业完成", code=CloseCode.DONE, by=by)

    def close(
        self, incident_id: str, now: datetime, *, reason: str = "", code: CloseCode = CloseCode.OTHER, by: str
    ) -> Incident:
        """Close an incident that needs nobody any more; see `dispatch.closing.closing`, which raises for no reason at all."""
        incident = self.incident(incident_id)
        return self.record(incident, *closing(incident, now, reason=reason, code=code, by=by))

    def merge(self, incident_id: str, into: str, now: datetime, *, reason: str, by: str) -> Incident:
        """Close an incident as a second report of ``into``, which is returned; only a person does this.

        Raises
        ------
        Conflict
            Where a merge would lose a promise or call a unit back; the message says what to do first.
        """
        found = {key: self.incident(key) for key in sorted({incident_id, into})}  # two merges that cross wait in turn
        duplicate, kept = found[incident_id], found[into]
        return merging.append_both(self.log, merging.merge, duplicate, kept, now, reason=reason, by=by)

    def unmerge(self, incident_id: str, now: datetime, *, reason: str, by: str) -> Incident:
        """Open a merged incident again, under the promise it had; returns the incident it was merged into."""
        duplicate = self.incident(incident_id)
        if duplicate.merged_into is None:
            raise IllegalTransition(f"案件 {incident_id} 没有并入其他案件。(It is not merged.)")
        kept = self.incident(duplicate.merged_into)
        kept = merging.append_both(self.log, merging.unmerge, duplicate, kept, now, reason=reason, by=by)
        return self.close_if_finished(kept, now, by=by)

    def note(
        self, kind: type[ev.AssignmentEvent], assignment: Assignment, incident: Incident, now: datetime, **details: Any
    ) -> Incident:
        """Record what the desk itself noticed; refused as stale when ``incident`` has moved on since it was read."""
        return self.record(incident, about(kind, assignment, incident, now, "desk", **details))

    def plan(self, incident: Incident) -> ResponsePlan:
        """The response plan of an incident as it stands."""
        return plan_of(incident, self.policy.plans)

    def needs(self, incident: Incident) -> list[NeedState]:
        """The roles its plan asks for, each with how far it has been served."""
        return need_states(incident, self.plan(incident))

    def open_roles(self, incident: Incident) -> list[Role]:
        """Roles that somebody still has to be sent for."""
        return [s.need.role for s in self.needs(incident) if s.status is NeedStatus.OPEN]

    def incident(self, incident_id: str) -> Incident:
        """The incident as it stands; raises `UnknownId`."""
        return self.log.incident(incident_id)

    def find_hospital(self, words: str) -> Hospital:
        """Where an injured person was taken, by the hospital's name: a place where that is sure, else what to ask."""
        return hospital_of(words, self.geocode(words), self.district_of, self.policy.hospital)

    def _incident_of(self, assignment_id: str) -> Incident:
        return self.incident(self.log.incident_of(assignment_id))

    def _step(
        self, kind: type[ev.StepEvent], assignment_id: str, now: datetime, by: str, told: Capture | None, **details: Any
    ) -> Incident:
        incident = self._incident_of(assignment_id)
        own, rules = incident.assignment(assignment_id), self.policy.captures
        return self.record(incident, step_taken(kind, own, incident, now, by, told, rules, **details))

    def record(self, incident: Incident, *events: ev.Event) -> Incident:
        """Append what follows on ``incident`` as it was read, all or none; refused as stale when it has moved on."""
        after = reduce(advance, events, incident)
        self.log.append(events, after=incident.version)
        return after

    def record_offer(self, incident: Incident, offer: ev.UnitOffered, *before: ev.Event) -> Incident:
        """Append an offer, a tow's together with its shop: the next best where another desk has filled the first."""
        after = reduce(advance, [*before, offer], incident)
        full: list[str] = []
        while True:
            tow = after.assignment(offer.assignment_id)
            shop = self.towing.chosen_for(after, tow, offer.at, by=offer.by, full=full)
            try:
                return self.record(incident, *before, offer, *([shop] if shop else []))
            except ShopFull:
                if shop is None:
                    raise
                full.append(shop.shop.shop_id)

    @property
    def towing(self) -> Towing:
        """Where vehicles that cannot drive are brought."""
        onward = self.onward or from_one(self.travel_times)
        return Towing(fleet=self.fleet, log=self.log, onward=onward, policy=self.policy)

    def foretold(self, incident: Incident, now: datetime, by: str) -> list[ev.Event]:
        """What may be foretold of an incident that nobody was chosen for; not recorded yet."""
        if not self.forecasting.foresees or not may_foresee(incident):
            return []
        return [foreseen(incident, self._advise(incident, Role.SURVEYOR, now, moment=Moment.REPORT), now, by)]

    def _advise(
        self, incident: Incident, role: Role, now: datetime, *, wanted: str | None = None, moment: Moment = ASSIGNED
    ) -> Advice:
        if incident.closed_at is not None:
            raise IllegalTransition(f"案件 {incident.id} 已结束。(The incident is closed.)")
        destination = incident.destination(role)
        if incident.partner is not None and incident.is_with_partner:
            raise IllegalTransition(
                f"由{incident.partner.engaged.partner}救援:请电话跟进。(A partner has it: telephone.)"
            )
        if destination is None or incident.commitment is None:
            raise InvalidInput(nowhere_to_go(incident, role))
        tried = incident.refusers - {wanted}  # an operator may ask one of them again
        plan = self.plan(incident)
        states = self.fleet.states(now)
        able, refused = eligible(states, role, now, self.policy, tried=tried, skills=plan.skills(role))
        seen = self.look([scene_of(incident, role, now, priority=plan.priority)], able, now, moment)
        shown = self.policy.choosing.shown
        advice = choose(seen, self.priced_by, role=role, refused=refused, shown=shown, wanted=wanted)
        return self.towing.jointly(incident, advice, now)

    @property
    def priced_by(self) -> Rule:
        """The rule in use."""
        return self.rule or rule_of(self.policy.choosing)

    def look(
        self, scenes: Sequence[Scene], units: Sequence[UnitState], now: datetime, moment: Moment = ASSIGNED
    ) -> Situation:
        """Ask the roads, the log and the demand what a decision about these scenes and units is made on."""
        units = sorted(units, key=lambda s: s.unit.id)
        origins = [s.fix.position for s in units if s.fix is not None]
        if len(scenes) == 1:
            times: TravelTimes | TravelTable = self.travel_times(origins, scenes[0].position, now)
        else:
            between = self.travel_between or one_by_one(self.travel_times)
            times = between(origins, [s.position for s in scenes], now)
        since = now - timedelta(hours=self.policy.choosing.jobs_within_h)
        fitted, conditions = self.forecasting.at(now, times.metric, moment, self.policy.arrival)
        return situation(
            scenes,
            units,
            times,
            policy=self.policy,
            jobs=self.log.jobs_since(since),
            reach=self.reach(origins, now) if self.reach else None,
            fitted=fitted,
            conditions=conditions,
        )

    def offer_to(
        self, incident: Incident, advice: Advice, chosen: ev.Candidate, now: datetime, *, by: str, reason: str = ""
    ) -> ev.UnitOffered:
        """The offer of a job to ``chosen``; not recorded yet."""
        runners_up = self.policy.offers.runners_up
        skills = self.fleet.unit(chosen.unit_id).skills
        return offer_event(incident, advice, chosen, now, runners_up=runners_up, skills=skills, reason=reason, by=by)
