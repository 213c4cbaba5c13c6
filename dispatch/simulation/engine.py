"""The event loop of a simulation: callers call, units answer, set off, arrive and clear, each at its moment.

One `Simulation` runs whole days at once (`run_until` with a virtual clock) and feeds the live service (`look` at what others
have done, then `run_until` with the wall clock). What a unit does next follows from the seed, the incident, the unit and
the last event, so a restarted simulation takes up the open incidents and goes on where it was.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from dispatch import events as ev
from dispatch.auditing.judging import is_away
from dispatch.desk import Desk
from dispatch.incident import UNANSWERED, Assignment, Incident
from dispatch.location import Position
from dispatch.recovery_desk import deliver
from dispatch.simulation.agenda import Agenda
from dispatch.simulation.calls import Call
from dispatch.simulation.dispatcher import Dispatcher, FollowAdvice, unserved_roles
from dispatch.simulation.logs import heard
from dispatch.simulation.traffic import Trip
from dispatch.simulation.waiting import Waiting
from dispatch.simulation.whereabouts import HOME, Whereabouts
from dispatch.simulation.world import World
from dispatch.unit import GUANGZHOU_TIME, Fix, Unit
from dispatch.vocabulary import AssignmentStatus, Role
from dispatch.watch import watch

Plan = Callable[[Incident, Assignment], None]
Step = Callable[[Incident, Assignment, datetime], object]

BY = "simulation"
DECLINED = "忙于他案(模拟)"
SECOND_FIX_S = 30.0  # a standing unit's phone tells again where it is
BEFORE_DEPARTURE_S = 90.0  # the last fix before a drive is this old at most


class Simulation:
    """Callers and units for a desk.

    Parameters
    ----------
    desk : Desk
        Only its units and incidents with ``simulated`` set are acted for.
    world : World
        What units and roads really do.
    calls : iterator of Call
        In order of time.
    whereabouts : Whereabouts
        Of the simulated units.
    began : datetime
        Where the clock starts.
    dispatcher : callable, optional
        Decides whenever an incident comes in or a unit becomes free; by default it follows the desk's advice.
    record : callable
        Takes the fixes of units that arrive.
    window_s : float
        Decisions wait for the end of windows of this length, so that they can be taken together; 0 takes each at once.
    watch_every_s : float or None
        How often the desk's own watch passes over all open incidents; None where somebody else sees to that, or where its
        forecasts and confirmations are of no interest. Unanswered offers end on time in any case.
    """

    def __init__(
        self,
        desk: Desk,
        world: World,
        calls: Iterator[Call],
        whereabouts: Whereabouts,
        *,
        began: datetime,
        dispatcher: Dispatcher | None = None,
        record: Callable[[Fix], None] = lambda _: None,
        window_s: float = 0.0,
        watch_every_s: float | None = None,
    ) -> None:
        self.desk = replace(desk, log=heard(desk.log, self._hear))
        self.world = world
        self.agenda = Agenda()
        self.whereabouts = whereabouts
        self.waiting = Waiting()
        self._units = {s.unit.id: s.unit for s in desk.fleet.states(began) if s.unit.simulated}
        self._staff = Counter((u.role, u.shift) for u in self._units.values() if u.backup_rank is None)
        self._calls = calls
        self._record = record
        self._window_s = window_s
        self.dispatcher: Dispatcher = dispatcher or FollowAdvice(self.waiting, self.free)
        self._decides_at: datetime | None = None
        self._looks_at: datetime | None = None
        self._planned: dict[str, AssignmentStatus] = {}
        self._bound: dict[str, str] = {}
        self._scenes: dict[str, Position] = {}
        self._plans: dict[AssignmentStatus, Plan] = {
            AssignmentStatus.OFFERED: self._plan_answer,
            AssignmentStatus.ACCEPTED: self._plan_departure,
            AssignmentStatus.EN_ROUTE: self._plan_arrival,
            AssignmentStatus.ON_SCENE: self._plan_work,
        }
        self._next_call()
        for start in sorted({u.shift.start for u in self._units.values()}):
            today = datetime.combine(began.astimezone(GUANGZHOU_TIME).date(), start, GUANGZHOU_TIME)
            self.agenda.add(today if today > began else today + timedelta(days=1), self._shift_begins)
        if watch_every_s is not None:
            self._watch_in(began, timedelta(seconds=watch_every_s))

    def run_until(self, now: datetime) -> None:
        """Do everything that is due by ``now``; raises what a step raises, the rest is done by the next call."""
        self.agenda.run_until(now)

    def look(self, now: datetime) -> None:
        """Take up what was done without this simulation's knowledge: by people, by the watch, before a restart."""
        seen: set[str] = set()
        self._looks_at = now
        for incident in self.desk.log.open_incidents():
            self._plan(incident)
            seen.update(a.id for a in incident.open_assignments)
        self._looks_at = None
        if self.waiting:
            self._decide_from(now)
        for assignment_id in sorted(self._bound.keys() - seen):
            self._free(assignment_id, now)

    def send(self, unit_id: str, post: Position, now: datetime) -> None:
        """Let an idle unit drive to a post and wait there until its next job; for dispatchers that move units."""
        if unit_id not in self._bound.values():
            self.whereabouts.drive(unit_id, post, now, HOME)

    def needs(self, incident: Incident) -> list[Role]:
        """Roles that an incident needs and nobody fills."""
        needs_tow = self.world.needs_tow(incident.id)
        return unserved_roles(incident, self.desk.open_roles(incident), needs_tow=needs_tow)

    def free(self, role: Role, now: datetime) -> int:
        """How many simulated units of a role are not bound and on a shift that leaves time for a job; back-ups left out."""
        last_offer_s = self.desk.policy.duty.last_offer_s
        return sum(
            n
            for (of, shift), n in self._staff.items()
            if of is role and shift.covers(now) and shift.left_s(now) > last_offer_s
        )

    def scene(self, incident: Incident, role: Role) -> Position:
        """Where a unit of ``role`` really goes: to the hospital the injured person is in, else where the accident is."""
        if role is Role.SPECIALIST and incident.hospital is not None:
            return incident.hospital.position
        if incident.id in self._scenes:
            return self._scenes[incident.id]
        return _stated(incident, role)

    # What is heard

    def _hear(self, events: Sequence[ev.Event]) -> None:
        incident_id, at = events[0].incident_id, events[-1].at
        if isinstance(events[-1], ev.IncidentClosed):
            for event in events:
                if isinstance(event, ev.AssignmentEvent):
                    self._free(event.assignment_id, event.at)
            self._scenes.pop(incident_id, None)
            self.waiting.drop(incident_id)
            return
        self._plan(self.desk.log.incident(incident_id))
        for event in events:
            if isinstance(event, ev.AssignmentDeclined | ev.AssignmentReleased | ev.UnitCleared):
                self._free(event.assignment_id, event.at)
            elif isinstance(event, ev.IncidentReported | ev.IncidentLocated):
                self._decide_from(at)

    def _plan(self, incident: Incident) -> None:
        """Plan what the units of an incident do next, once for each status, and note what it waits for."""
        if incident.reported.simulated:
            self.waiting.put(incident, self.needs(incident))
        for assignment in incident.open_assignments:
            known = self._planned.get(assignment.id)
            if assignment.unit_id in self._units and known is not assignment.status:
                self._planned[assignment.id] = assignment.status
                if assignment.id not in self._bound:
                    self._bound[assignment.id] = assignment.unit_id
                    self._count(self._units[assignment.unit_id], -1)
                self._plans[assignment.status](incident, assignment)

    def _free(self, assignment_id: str, at: datetime) -> None:
        """Send a unit home that is bound no more."""
        self._planned.pop(assignment_id, None)
        unit_id = self._bound.pop(assignment_id, None)
        if unit_id is not None:
            unit = self._units[unit_id]
            self._count(unit, 1)
            if unit_id not in self._bound.values():  # an exchange has given it another job already
                self.whereabouts.drive(unit_id, unit.standby, at, HOME)
            self._decide_from(at)

    def _count(self, unit: Unit, change: int) -> None:
        if unit.backup_rank is None:
            self._staff[unit.role, unit.shift] += change

    # What is planned

    def _plan_answer(self, incident: Incident, assignment: Assignment) -> None:
        self.whereabouts.stop(assignment.unit_id, assignment.offered_at)
        answer_s = self.world.answer_s(incident.id, assignment.unit_id)
        timeout_s = self.desk.policy.offers.answer_timeout_s
        if answer_s is not None and answer_s <= timeout_s:
            self._later(incident, assignment, assignment.offered_at, answer_s, self._answer)
        else:
            self._later(incident, assignment, assignment.offered_at, timeout_s, self._time_out)

    def _plan_departure(self, incident: Incident, assignment: Assignment) -> None:
        turnout_s = self.world.turnout_s(incident.tier, incident.id, assignment.unit_id)
        self._later(incident, assignment, assignment.accepted_at, turnout_s, self._depart)

    def _plan_arrival(self, incident: Incident, assignment: Assignment) -> None:
        unit_id, began, scene = (
            assignment.unit_id,
            _known(assignment.departed_at),
            self.scene(incident, assignment.role),
        )
        trip = Trip(
            told_s=assignment.offer.chosen.travel_s,
            told_at=assignment.offered_at,
            at=began,
            origin=self._origin(unit_id, began),
            scene=scene,
            incident_id=incident.id,
            unit_id=unit_id,
        )
        told = _stated(incident, assignment.role)
        trip_s, search_s = self.world.trip_s(trip), self.world.search_s(told, scene)
        drives_from = max(began, self._looks_at or began)
        self.whereabouts.drive(unit_id, told, drives_from, assignment.id, began + timedelta(seconds=trip_s))
        if search_s > 0:
            self._later(incident, assignment, began, trip_s, self._search)
        self._later(incident, assignment, began, trip_s + search_s, self._arrive)

    def _origin(self, unit_id: str, began: datetime) -> Position:
        """Where a drive began; of one that was under way before a restart, where the unit was seen last before it."""
        seen = []
        if self._looks_at is not None:
            seen = self.desk.fleet.track(unit_id, began - timedelta(seconds=BEFORE_DEPARTURE_S))
        return seen[0].position if seen else self.whereabouts.position(unit_id, began)

    def _plan_work(self, incident: Incident, assignment: Assignment) -> None:
        self.whereabouts.stand(assignment.unit_id, self.scene(incident, assignment.role))
        work_s = self.world.work_s(incident.tier, assignment.role, incident.id)
        self._later(incident, assignment, assignment.claimed_at, work_s, self._clear)

    def _later(self, incident: Incident, known: Assignment, since: datetime | None, seconds: float, step: Step) -> None:
        """Let a step happen unless the assignment has moved on by then; one that fails is planned anew by `look`."""
        incident_id, assignment_id, status = incident.id, known.id, known.status

        def action(at: datetime) -> None:
            if self._planned.get(assignment_id) is not status:
                return
            try:
                current = self.desk.log.incident(incident_id)
                if current.assignment(assignment_id).status is status:
                    step(current, current.assignment(assignment_id), at)
            except Exception:
                self._planned.pop(assignment_id, None)
                raise

        self.agenda.add(_known(since) + timedelta(seconds=seconds), action)

    # What happens

    def _next_call(self) -> None:
        call = next(self._calls, None)
        if call is not None:
            taken = call
            self.agenda.add(call.report.received_at, lambda _: self._take(taken))

    def _take(self, call: Call) -> None:
        self._next_call()
        incident = self.desk.take_report(call.report, by=BY)
        if call.scene is not None:
            self._scenes[incident.id] = call.scene

    def _answer(self, incident: Incident, assignment: Assignment, at: datetime) -> None:
        if self.world.declines(incident.id, assignment.unit_id):
            self.desk.decline(assignment.id, at, reason=DECLINED, by=BY)
        else:
            self.desk.accept(assignment.id, at, by=BY)

    def _time_out(self, incident: Incident, assignment: Assignment, at: datetime) -> None:
        self.desk.note(ev.AssignmentReleased, assignment, incident, at, reason=UNANSWERED)

    def _depart(self, _incident: Incident, assignment: Assignment, at: datetime) -> None:
        self.desk.depart(assignment.id, at, by=BY)

    def _search(self, incident: Incident, assignment: Assignment, at: datetime) -> None:
        """From the place that was told to the true one, which nobody knew on the way."""
        scene = self.scene(incident, assignment.role)
        search_s = self.world.search_s(_stated(incident, assignment.role), scene)
        self.whereabouts.drive(assignment.unit_id, scene, at, assignment.id, at + timedelta(seconds=search_s))

    def _arrive(self, incident: Incident, assignment: Assignment, at: datetime) -> None:
        scene = self.scene(incident, assignment.role)
        if scene == self._scenes.get(incident.id) and is_away(incident, scene):
            # Whoever finds nobody asks the caller, and tells the desk.
            self.desk.relocate(incident.id, scene, at, by=BY)
        self._record(Fix(unit_id=assignment.unit_id, position=scene, at=at))
        self._record(Fix(unit_id=assignment.unit_id, position=scene, at=at + timedelta(seconds=SECOND_FIX_S)))
        self.desk.arrive(assignment.id, at, position=scene, by=BY)

    def _tow(self, incident: Incident, assignment: Assignment, at: datetime) -> None:
        """Drive the vehicle to the shop that was chosen for it."""
        scene, unit_id = self.scene(incident, assignment.role), assignment.unit_id
        shop = incident.shops[assignment.id].shop
        seconds = self.world.trip_s(Trip(shop.leg_s, at, at, scene, shop.position, f"{incident.id}-shop", unit_id))
        self.whereabouts.drive(unit_id, shop.position, at, assignment.id, at + timedelta(seconds=seconds))
        self._later(incident, assignment, at, seconds, self._deliver)

    def _deliver(self, incident: Incident, assignment: Assignment, at: datetime) -> None:
        shop = incident.shops[assignment.id].shop.position
        deliver(self.desk, assignment.id, at, position=shop, by=BY)

    def _clear(self, incident: Incident, assignment: Assignment, at: datetime) -> None:
        if incident.is_to_deliver(assignment):  # a shop was chosen while it worked on scene
            self._tow(incident, assignment, at)
        else:
            self.desk.clear(assignment.id, at, by=BY)

    def _shift_begins(self, at: datetime) -> None:
        self.agenda.add(at + timedelta(days=1), self._shift_begins)
        self._decide_from(at)

    def _watch_in(self, at: datetime, pause: timedelta) -> None:
        def action(now: datetime) -> None:
            watch(self.desk, now)
            self._watch_in(now, pause)

        self.agenda.add(at + pause, action)

    # What is decided

    def _decide_from(self, at: datetime) -> None:
        """Let the dispatcher decide at ``at``, or at the end of the window it lies in."""
        if self._window_s > 0:
            at = datetime.fromtimestamp(ceil(at.timestamp() / self._window_s) * self._window_s, at.tzinfo)
        if self._decides_at is None or at < self._decides_at:
            self._decides_at = at
            self.agenda.add(at, self._decide)

    def _decide(self, at: datetime) -> None:
        if self._decides_at == at:
            self._decides_at = None
            self.dispatcher(self.desk, at)


def simulated_posts(units: Sequence[Unit]) -> dict[str, Position]:
    """Where simulated units stand at first: at their posts."""
    return {u.id: u.standby for u in units if u.simulated}


def _stated(incident: Incident, role: Role) -> Position:
    destination = incident.destination(role)
    if destination is None:
        raise ValueError(f"Incident {incident.id} has no place, yet a unit drives there.")
    return destination.position


def _known(at: datetime | None) -> datetime:
    if at is None:
        raise ValueError("A step was planned on an event that has not happened.")
    return at
