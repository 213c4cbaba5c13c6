"""Random sequences of all that callers, crews, operators, clocks and the watch do, in memory and on PostGIS.

After every step `stateful_world.World.look_through` holds what must always be true against the log; what is done on PostGIS
is done in memory too, and the same must come of it. The sequences are the same every time; other and more ones are drawn
with ``GZ_STATEFUL_EXAMPLES=500 python -m pytest tests/dispatch/test_stateful.py --hypothesis-seed=7``.
"""

import os
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test
from scene import SCENE
from sqlalchemy import Connection
from stateful_ends import Ends
from stateful_follow_up import FollowUp
from stateful_sequences import (
    PLACED,
    YEAR_END,
    Sequences,
    answers,
    gaps_s,
    has_assignments,
    has_bound,
    has_incidents,
    pick,
    picks,
    points,
    roles,
    scenes,
    spans_s,
    texts,
    units,
    words,
)
from stateful_world import SHOPS, World, in_memory, on_postgis

from dispatch import replacement, response
from dispatch.backups import call_next
from dispatch.errors import Conflict
from dispatch.events import NeedWaived
from dispatch.folding import fold
from dispatch.incident import Assignment
from dispatch.location import Position
from dispatch.recovery_desk import choose_shop, deliver, partner_told, recovery_plan
from dispatch.report import Report
from dispatch.unit import DutyChange, Fix
from dispatch.vocabulary import (
    AssignmentStatus,
    Channel,
    DutyKind,
    PartnerStep,
    Role,
    Tier,
)
from dispatch.watch import watch
from dispatch.windows import run_window

MOST_PASSES = 12  # within which the watch must come to rest while nothing else happens


class Intake:
    """Reports, and what is said about them later."""

    @initialize(
        first=st.lists(st.sampled_from(PLACED), min_size=1, max_size=4),
        auto_offer=st.booleans(),
        auto_backup=st.booleans(),
    )
    def begin(self: Any, first: list[str], auto_offer: bool, auto_backup: bool) -> None:
        for world in self.worlds:
            world.rule(auto_offer=auto_offer, auto_backup=auto_backup)
        for text in first:
            self.take(text=text, received_at=self.now)

    @rule(
        text=texts,
        injured=answers,
        drivable=answers,
        vehicles=st.sampled_from([None, 1, 3, 0]),
        make=st.sampled_from(["", "丰田"]),
        hospital=st.sampled_from(["", "", "猎德医院", "不知名医院", "从化医院"]),
        point=st.sampled_from([None, None, SCENE, Position(113.12, 23.02), Position(116.4, 39.9)]),
        told_late_s=st.sampled_from([0, 0, 0, 600]),
        simulated=st.sampled_from([False, False, False, True]),
    )
    def report(self: Any, text: str, point: Position | None, told_late_s: int, **said: Any) -> None:
        self.take(text=text, received_at=self.now - timedelta(seconds=told_late_s), position=point, **said)

    def take(self: Any, **said: Any) -> None:
        def step(world: World) -> None:
            report = Report(channel=Channel.TELEPHONE, **said)
            incident = world.desk.take_report(report)
            self.promises[incident.id] = incident.commitment

        self.do(step)

    @has_incidents
    @rule(n=picks, point=points)
    def relocate(self: Any, n: int, point: Position) -> None:
        key = self.one(n).id
        self.do(lambda w: w.desk.relocate(key, point, self.now, by="d"))

    @has_incidents
    @rule(n=picks, tiers=st.sets(st.sampled_from(Tier), max_size=2), reason=words)
    def change_tiers(self: Any, n: int, tiers: set[Tier], reason: str) -> None:
        key = self.one(n).id
        self.do(lambda w: response.change_tiers(w.desk, key, tiers, self.now, reason=reason, by="d"))

    @has_incidents
    @rule(n=picks, role=roles, reason=words)
    def waive(self: Any, n: int, role: Role, reason: str) -> None:
        key = self.one(n).id
        self.do(lambda w: response.waive(w.desk, key, role, self.now, reason=reason, by="d"))

    @has_incidents
    @rule(n=picks, name=st.sampled_from(["猎德医院", "不知名医院", "从化医院"]), point=st.none() | points)
    def name_hospital(self: Any, n: int, name: str, point: Position | None) -> None:
        key = self.one(n).id
        self.do(lambda w: response.name_hospital(w.desk, key, name, self.now, position=point, by="d"))

    @has_incidents
    @rule(n=picks, m=picks, reason=words)
    def merge(self: Any, n: int, m: int, reason: str) -> None:
        key, into = self.one(n).id, self.one(m).id
        self.do(lambda w: w.desk.merge(key, into, self.now, reason=reason, by="d"))

    @precondition(lambda self: any(i.merged_into for i in self.incidents))
    @rule(n=picks, reason=words)
    def unmerge(self: Any, n: int, reason: str) -> None:
        key = pick([i for i in self.incidents if i.merged_into], n).id
        self.do(lambda w: w.desk.unmerge(key, self.now, reason=reason, by="d"))

    @has_incidents
    @rule(n=picks, step=st.sampled_from(PartnerStep), ago_s=st.sampled_from([-60, 0, 0, 300]), told_by=words)
    def partner_tells(self: Any, n: int, step: PartnerStep, ago_s: int, told_by: str) -> None:
        theirs = [i for i in self.incidents if i.partner] or self.incidents
        key, at = pick(theirs, n).id, self.now - timedelta(seconds=ago_s)
        self.do(lambda w: partner_told(w.desk, key, step, at, self.now, told_by=told_by, by="d"))

    @has_incidents
    @rule(n=picks, surveyor=words, consent=words)
    def survey_by_video(self: Any, n: int, surveyor: str, consent: str) -> None:
        key = self.one(n).id
        self.do(lambda w: response.start_remote(w.desk, key, self.now, surveyor=surveyor, consent=consent, by="d"))

    @precondition(lambda self: any(i.remote for i in self.incidents))
    @rule(n=picks, completed=st.booleans(), note=words)
    def end_survey_by_video(self: Any, n: int, completed: bool, note: str) -> None:
        key = pick([i for i in self.incidents if i.remote], n).id
        self.do(lambda w: response.end_remote(w.desk, key, self.now, completed=completed, note=note, by="d"))


class Handshake:
    """Offers and what becomes of them."""

    @has_incidents
    @rule(n=picks, role=roles, late=st.sampled_from([False, False, True]))
    def offer(self: Any, n: int, role: Role, late: bool) -> None:
        key = self.one(n).id
        self.do(lambda w: (w.late_desk() if late else w.desk).offer(key, role, self.now))

    @has_incidents
    @rule(n=picks, role=roles, unit=units | st.just("X9"), reason=words)
    def offer_by_name(self: Any, n: int, role: Role, unit: str, reason: str) -> None:
        key = self.one(n).id
        self.do(lambda w: w.desk.offer(key, role, self.now, unit_id=unit, reason=reason, by="d"))

    @has_incidents
    @rule(n=picks, role=st.sampled_from([None, None, *Role]), steps=st.integers(0, 5), there=scenes, gap_s=gaps_s)
    def send(self: Any, n: int, role: Role | None, steps: int, there: Position | None, gap_s: int) -> None:
        """Offer a job, of a role that the plan asks for where none is named, and see the crew do a part of it."""
        incident = self.one(n)
        role = role or next(iter(self.worlds[0].desk.open_roles(incident)), Role.TOW_UNIT)
        if self.do(lambda w: w.desk.offer(incident.id, role, self.now)) is None:
            self.carry_on(self.worlds[0].states[incident.id].open_in(role).id, steps, there, gap_s)

    @has_bound
    @rule(n=picks, steps=st.integers(1, 4), there=scenes, gap_s=gaps_s)
    def go_on(self: Any, n: int, steps: int, there: Position | None, gap_s: int) -> None:
        self.carry_on(pick(self.bound, n).id, steps, there, gap_s)

    def carry_on(self: Any, key: str, steps: int, there: Position | None, gap_s: int) -> None:
        """What a good crew does next."""
        for _ in range(steps):
            self.now += timedelta(seconds=gap_s)
            a = next((a for a in self.bound if a.id == key), None)
            if a is not None:
                if there is not None:
                    self.see(Fix(unit_id=a.unit_id, position=there, at=self.now))
                self.press_next(a, there)

    def press_next(self: Any, a: Assignment, there: Position | None) -> None:
        def step(world: World) -> None:
            match a.status:
                case AssignmentStatus.OFFERED:
                    world.desk.accept(a.id, self.now, by=a.unit_id)
                case AssignmentStatus.ACCEPTED:
                    world.desk.depart(a.id, self.now, by=a.unit_id)
                case AssignmentStatus.EN_ROUTE:
                    world.desk.arrive(a.id, self.now, position=there, by=a.unit_id)
                case _ if a.role is Role.TOW_UNIT:
                    deliver(world.desk, a.id, self.now, position=there, by=a.unit_id)
                case _:
                    world.desk.clear(a.id, self.now, by=a.unit_id)

        self.do(step)

    @has_assignments
    @rule(n=picks, verb=st.sampled_from(["accept", "depart", "arrive", "clear", "deliver"]))
    def press_any_button(self: Any, n: int, verb: str) -> None:
        key = pick(self.assignments, n).id
        if verb == "deliver":
            self.do(lambda w: deliver(w.desk, key, self.now, by="x"))
        else:
            self.do(lambda w: getattr(w.desk, verb)(key, self.now, by="x"))

    @has_assignments
    @rule(n=picks, verb=st.sampled_from(["decline", "release", "clear"]), reason=words)
    def let_go(self: Any, n: int, verb: str, reason: str) -> None:
        key = pick(self.bound or self.assignments, n).id
        self.do(lambda w: getattr(w.desk, verb)(key, self.now, reason=reason, by="x"))

    @has_assignments
    @rule(n=picks, unit=st.none() | units, reason=words, late=st.booleans())
    def reassign(self: Any, n: int, unit: str | None, reason: str, late: bool) -> None:
        key = pick(self.bound or self.assignments, n).id
        self.do(
            lambda w: (w.late_desk() if late else w.desk).reassign(key, self.now, reason=reason, unit_id=unit, by="d")
        )

    @has_bound
    @rule(n=picks, unit=units, reason=words, handover=words)
    def propose_replacement(self: Any, n: int, unit: str, reason: str, handover: str) -> None:
        key = pick(self.bound, n).id
        words = {"reason": reason, "handover": handover}
        self.do(lambda w: replacement.propose(w.desk, key, unit, self.now, **words, by="d"))

    @precondition(lambda self: any(a.replacement for a in self.assignments))
    @rule(n=picks, approved=st.booleans(), consent_of=words)
    def decide_replacement(self: Any, n: int, approved: bool, consent_of: str) -> None:
        key = pick([a for a in self.assignments if a.replacement], n).id
        said = {"approved": approved, "consent_of": consent_of}
        self.do(lambda w: replacement.decide(w.desk, key, self.now, **said, by="d"))

    @has_incidents
    @rule(
        n=picks,
        shop=st.sampled_from([None, "X9", *(s.id for s in SHOPS)]),
        reason=words,
        make=st.sampled_from(["", "丰田"]),
        late=st.booleans(),
    )
    def choose_shop(self: Any, n: int, shop: str | None, reason: str, make: str, late: bool) -> None:
        towed = [i for i in self.incidents if i.open_in(Role.TOW_UNIT)] or self.incidents
        key = pick(towed, n).id
        self.do(lambda w: recovery_plan(w.desk, key, self.now, make=make))
        given = {"shop_id": shop, "reason": reason, "make": make}
        self.do(lambda w: choose_shop(w.late_desk() if late else w.desk, key, self.now, **given, by="d"))

    @has_incidents
    @rule(n=picks, back=st.integers(1, 3))
    def write_what_was_overtaken(self: Any, n: int, back: int) -> None:
        key = self.one(n).id

        def step(world: World) -> None:
            seen = fold(world.histories[key][:-back] or world.histories[key][:1])
            waived = NeedWaived(incident_id=key, at=self.now, role=Role.TOW_UNIT, reason="x")
            world.desk.record(seen, waived)

        assert issubclass(self.do(step) or type(None), Conflict)


class Crews:
    """Positions, duty and back-ups."""

    @rule(
        unit=units,
        point=points,
        age_s=st.sampled_from([0, 0, 30, 290, 310, 5000]),
        accuracy_m=st.sampled_from([10.0, 10.0, 501.0]),
        mocked=st.sampled_from([False, False, False, True]),
    )
    def be_somewhere(self: Any, unit: str, point: Position, age_s: int, accuracy_m: float, mocked: bool) -> None:
        self.now += timedelta(seconds=1)
        at = self.now - timedelta(seconds=age_s)
        self.see(Fix(unit_id=unit, position=point, at=at, accuracy_m=accuracy_m, mocked=mocked))

    @rule(unit=units, kind=st.sampled_from(DutyKind), span_s=spans_s)
    def change_duty(self: Any, unit: str, kind: DutyKind, span_s: int) -> None:
        until = self.now + timedelta(seconds=span_s)
        change = DutyChange(unit_id=unit, at=self.now, until=until, kind=kind)
        for world in self.worlds:
            world.desk.fleet.record_duty(change)

    @has_incidents
    @rule(n=picks, role=roles, reason=words, reached=st.booleans())
    def call_backup(self: Any, n: int, role: Role, reason: str, reached: bool) -> None:
        key = self.one(n).id
        self.do(lambda w: call_next(w.desk, key, role, self.now, reason=reason, by="d", reached=reached))


class Clock:
    """Time, and the desk's own passes."""

    @rule(span_s=spans_s, seen=st.sampled_from([True, True, True, False]))
    def wait(self: Any, span_s: int, seen: bool) -> None:
        self.now += timedelta(seconds=span_s)
        if seen:
            self.see_all()

    @rule(whole_year=st.booleans())
    def leap_to_the_end_of_the_day_or_year(self: Any, whole_year: bool) -> None:
        local = self.now.astimezone(YEAR_END.tzinfo)
        tonight = local.replace(hour=23, minute=59, second=40)
        self.now = max(self.now, YEAR_END if whole_year else tonight)
        self.see_all()

    @rule(auto_offer=st.booleans(), auto_backup=st.booleans())
    def set_policy(self: Any, auto_offer: bool, auto_backup: bool) -> None:
        for world in self.worlds:
            world.rule(auto_offer=auto_offer, auto_backup=auto_backup)

    @has_incidents
    @rule(late=st.sampled_from([False, False, False, True]))
    def watch(self: Any, late: bool) -> None:
        assert self.do(lambda w: watch(w.late_desk() if late else w.desk, self.now)) is None

    @has_incidents
    @rule(late=st.booleans())
    def match_in_a_window(self: Any, late: bool) -> None:
        assert self.do(lambda w: run_window(w.late_desk() if late else w.desk, self.now)) is None

    @has_incidents
    @rule()
    def watch_until_nothing_more_is_done(self: Any) -> None:
        """The watch comes to rest, and then nobody who can go has been overlooked."""
        for _ in range(MOST_PASSES):
            before = self.worlds[0].histories
            assert self.do(lambda w: watch(w.desk, self.now)) is None
            if self.worlds[0].histories == before:
                break
        else:
            raise AssertionError("the watch goes on and on")
        desk = self.worlds[0].desk
        assert not any(i.held and i.held.until <= self.now for i in self.incidents), "a hold outlives its time"
        waiting = [
            (i, role) for i in self.incidents if i.closed_at is None for role in i.unanswered_roles if not i.held
        ]
        for incident, role in waiting:
            assert not desk.advise(incident.id, role, self.now).options, f"{role} could be sent and was not"


class Machine(Intake, Ends, Handshake, Crews, Clock, FollowUp, Sequences):
    """All rules together."""


EXAMPLES = int(os.environ.get("GZ_STATEFUL_EXAMPLES", "0"))


def profile(examples: int, steps: int) -> settings:
    """The same few sequences each time; as many others as asked for by GZ_STATEFUL_EXAMPLES."""
    return settings(
        max_examples=EXAMPLES or examples,
        stateful_step_count=steps,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        phases=set(Phase) - {Phase.explain},
        suppress_health_check=list(HealthCheck),
    )


def test_no_sequence_breaks_the_desk_in_memory() -> None:
    run_state_machine_as_test(lambda: Machine(in_memory()), settings=profile(60, 60))


def test_no_sequence_breaks_the_desk_on_postgis_and_memory_tells_the_same(connection: Connection) -> None:
    class Undone(Machine):
        def __init__(self) -> None:
            self.savepoint = connection.begin_nested()
            super().__init__(in_memory(), on_postgis(connection))

        def teardown(self) -> None:
            self.savepoint.rollback()

    run_state_machine_as_test(Undone, settings=profile(12, 50))
