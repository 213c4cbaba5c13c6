"""Demonstration traffic (模拟): callers, and units that answer, drive, arrive and clear, on any clock.

The same `Simulation` feeds the live service (the caller passes the wall clock) and runs whole days at once (the caller
passes a virtual one). What a simulated unit does next follows from the seed, the assignment's id and its last event,
so a restarted simulation goes on where it was. The desk never sees the hidden travel times.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from dispatch.desk import Desk
from dispatch.errors import Conflict, InvalidInput
from dispatch.incident import Assignment, Incident
from dispatch.journey import Journey, RouteTo, straight_route
from dispatch.report import Report
from dispatch.unit import Fix, UnitState
from dispatch.vocabulary import AssignmentStatus, Role

Demand = Callable[[Random, datetime], Report]
Rate = Callable[[datetime], float]
Act = Callable[[Incident, Assignment, datetime], None]

BY = "simulation"
FIX_EVERY_S = 60.0
HOUR = timedelta(hours=1)
LEAST_PER_H = 0.01  # so that the next report is never infinitely far
TOW_NEEDED = 0.25


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How simulated people behave: medians in seconds with log-sds; shares from 0 to 1. Assumptions, not findings."""

    answer_s: float = 12.0
    turnout_s: float = 80.0
    turnout_log_sd: float = 0.5
    travel_log_sd: float = 0.32
    on_scene_s: float = 1320.0
    on_scene_log_sd: float = 0.4
    p_decline: float = 0.04


class Simulation:
    """Callers and units for a desk.

    Parameters
    ----------
    desk : Desk
        Its fleet holds units with ``simulated`` set; only those are moved, only simulated incidents are dispatched.
    demand : callable
        ``(random, at) -> Report`` with ``simulated=True``.
    rate_per_h : callable
        Reports an hour at a moment; constant from one full hour to the next.
    record_fix : callable
        Takes each simulated position.
    seed : int
    speed_factor : callable
        Speeds at a moment against those the desk knows, above 0: weather the desk is not told of.
    route : RouteTo
        The way a unit drives; a straight line where none is given.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        demand: Demand,
        rate_per_h: Rate,
        record_fix: Callable[[Fix], None],
        seed: int,
        behaviour: Behaviour | None = None,
        speed_factor: Rate = lambda _: 1.0,
        route: RouteTo = straight_route,
    ) -> None:
        self._desk = desk
        self._demand = demand
        self._rate_per_h = rate_per_h
        self._record_fix = record_fix
        self._seed = seed
        self._behaviour = behaviour or Behaviour()
        self._speed_factor = speed_factor
        self._route = route
        self._random = Random()
        self._next_report_at: datetime | None = None
        self._journeys: dict[str, Journey] = {}
        self._acts: dict[AssignmentStatus, Act] = {
            AssignmentStatus.OFFERED: self._answer,
            AssignmentStatus.ACCEPTED: self._depart,
            AssignmentStatus.EN_ROUTE: self._drive,
            AssignmentStatus.ON_SCENE: self._work,
        }

    def step(self, now: datetime) -> None:
        """Do everything that is due by ``now``."""
        states = {s.unit.id: s for s in self._desk.fleet.states(now) if s.unit.simulated}
        self._move(states, now)
        for incident in self._desk.log.open_incidents():
            if incident.reported.simulated and incident.location is not None:
                for role in self._desk.open_roles(incident):
                    self._dispatch(incident.id, role, now)
            for assignment in incident.open_assignments:
                if assignment.unit_id in states:
                    with suppress(Conflict):
                        self._acts[assignment.status](incident, assignment, now)
        for at in self._reports_due(now):
            self._report(at)

    def _reports_due(self, now: datetime) -> Iterator[datetime]:
        if self._next_report_at is None:
            self._random.seed(f"{self._seed}/{now.isoformat()}")  # callers after a restart are new callers
            self._next_report_at = self._draw_next(now)
        while self._next_report_at <= now:
            yield self._next_report_at
            self._next_report_at = self._draw_next(self._next_report_at)

    def _draw_next(self, at: datetime) -> datetime:
        """Next report of a Poisson process whose rate steps at full hours: spend an exponential draw hour by hour."""
        left = self._random.expovariate(1.0)
        while True:
            rate = max(self._rate_per_h(at), LEAST_PER_H)
            full_hour = at.replace(minute=0, second=0, microsecond=0) + HOUR
            expected = rate * ((full_hour - at) / HOUR)
            if left < expected:
                return at + left / rate * HOUR
            left -= expected
            at = full_hour

    def _report(self, at: datetime) -> None:
        incident = self._desk.take_report(self._demand(self._random, at), by=BY)
        if incident.location is not None:
            roles = self._desk.open_roles(incident)
            if self._random.random() < TOW_NEEDED and Role.TOW_UNIT not in roles:
                roles.append(Role.TOW_UNIT)
            for role in roles:
                self._dispatch(incident.id, role, at)

    def _dispatch(self, incident_id: str, role: Role, now: datetime) -> None:
        with suppress(Conflict, InvalidInput):
            self._desk.offer(incident_id, role, now)

    def _answer(self, _incident: Incident, assignment: Assignment, now: datetime) -> None:
        b = self._behaviour
        at = assignment.offered_at + self._delay(assignment, "answer", b.answer_s, 0.4)
        if at > now:
            return
        if self._chance(assignment, "decline") < b.p_decline:
            self._desk.decline(assignment.id, at, reason="忙于他案(模拟)", by=BY)
        else:
            self._desk.accept(assignment.id, at, by=BY)

    def _depart(self, _incident: Incident, assignment: Assignment, now: datetime) -> None:
        b = self._behaviour
        since = assignment.accepted_at or assignment.offered_at
        at = since + self._delay(assignment, "turnout", b.turnout_s, b.turnout_log_sd)
        if at <= now:
            self._desk.depart(assignment.id, at, by=BY)

    def _drive(self, incident: Incident, assignment: Assignment, now: datetime) -> None:
        at = self._arrives_at(assignment)
        destination = incident.destination(assignment.role)
        if at <= now and destination is not None:
            for seconds in (0, 30):
                fix_at = at + timedelta(seconds=seconds)
                self._record_fix(Fix(unit_id=assignment.unit_id, position=destination.position, at=fix_at))
            self._journeys.pop(assignment.unit_id, None)
            self._desk.arrive(assignment.id, at, position=destination.position, by=BY)

    def _work(self, _incident: Incident, assignment: Assignment, now: datetime) -> None:
        b = self._behaviour
        since = assignment.claimed_at or assignment.offered_at
        at = since + self._delay(assignment, "on_scene", b.on_scene_s, b.on_scene_log_sd)
        if at <= now:
            self._desk.clear(assignment.id, at, by=BY)

    def _arrives_at(self, assignment: Assignment) -> datetime:
        since = assignment.departed_at or assignment.offered_at
        travel_s = assignment.offer.chosen.travel_s / self._speed_factor(since)
        return since + self._delay(assignment, "travel", travel_s, self._behaviour.travel_log_sd)

    def _move(self, states: dict[str, UnitState], now: datetime) -> None:
        for state in states.values():
            journey = self._journey(state, now)
            here = journey.position_at(now) if journey else (state.fix.position if state.fix else state.unit.standby)
            moving = journey is not None and not journey.over(now)
            if moving or state.fix is None or (now - state.fix.at).total_seconds() >= FIX_EVERY_S:
                heading = journey.heading_deg(now) if journey and moving else None
                self._record_fix(Fix(unit_id=state.unit.id, position=here, at=now, heading_deg=heading))

    def _journey(self, state: UnitState, now: datetime) -> Journey | None:
        """The way a unit is on: to its scene while en route, home when idle away from its post."""
        unit_id = state.unit.id
        known = self._journeys.get(unit_id)
        aim = state.assignment.assignment_id if state.assignment else "home"
        if known is not None and known.aim == aim:
            return known
        start = known.position_at(now) if known else (state.fix.position if state.fix else state.unit.standby)
        if state.assignment is None:
            journey = self._route(start, state.unit.standby, now, aim, None)
        elif state.assignment.status is AssignmentStatus.EN_ROUTE:
            incident = self._desk.incident(state.assignment.incident_id)
            assignment = incident.assignment(aim)
            destination = incident.destination(assignment.role)
            if destination is None:
                return None
            journey = self._route(start, destination.position, now, aim, self._arrives_at(assignment))
        else:
            self._journeys.pop(unit_id, None)
            return None
        self._journeys[unit_id] = journey
        return journey

    def _chance(self, assignment: Assignment, what: str) -> float:
        return Random(f"{self._seed}/{assignment.id}/{what}").random()

    def _delay(self, assignment: Assignment, what: str, median_s: float, log_sd: float) -> timedelta:
        draw = Random(f"{self._seed}/{assignment.id}/{what}").lognormvariate(0.0, log_sd)
        return timedelta(seconds=median_s * draw)
