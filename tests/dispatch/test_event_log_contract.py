"""What every `EventLog` must do: one class of tests, run against the one in memory and the one on PostGIS."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tow_jobs import going_to, towed

from dispatch.errors import IllegalTransition, ShopFull, StaleIncident, UnitAlreadyAssigned, UnknownId
from dispatch.events import (
    ArrivalClaimed,
    AssignmentAccepted,
    AssignmentDeclined,
    AssignmentReleased,
    CallbackAnswered,
    CallbackRequested,
    Candidate,
    CommitmentMade,
    DamageAssessed,
    Event,
    HospitalNamed,
    IncidentClosed,
    IncidentLocated,
    IncidentReported,
    NeedWaived,
    PhotoTaken,
    RemoteSurveyEnded,
    RemoteSurveyStarted,
    SceneSurveyed,
    ServiceRated,
    TierChanged,
    UnitCleared,
    UnitDeparted,
    UnitOffered,
)
from dispatch.evidence import Photo, PhotoKind, PhotoSource
from dispatch.folding import fold
from dispatch.location import Position
from dispatch.log import EventLog, MemoryLog
from dispatch.scene_report import SceneDecision, SceneReport
from dispatch.vocabulary import AssignmentStatus, Channel, Confidence, MatchCode, Role, Tier, Zone
from geo_data.stores.postgis_log import PostgisLog

T0 = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)


def minutes(n: float) -> datetime:
    return T0 + timedelta(minutes=n)


def reported(key: str, at: datetime = T0) -> list[Event]:
    place = Position(113.33, 23.12)
    return [
        IncidentReported(incident_id=key, at=at, text="追尾", channel=Channel.TELEPHONE, tier=Tier.STANDARD),
        IncidentLocated(
            incident_id=key,
            at=at,
            position=place,
            uncertainty_m=40.0,
            match_code=MatchCode.GOOD,
            confidence=Confidence.HIGH,
            matched_text="黄埔大道西 / 猎德大道",
            district="天河区",
        ),
        CommitmentMade(
            incident_id=key,
            at=at,
            kind="surveyor_on_scene",
            zone=Zone.URBAN,
            tier=Tier.STANDARD,
            starts_at=at,
            due_at=at + timedelta(minutes=30),
            limit_s=1800.0,
            policy_version="1",
        ),
    ]


def offered(key: str, unit: str, number: int = 1, role: Role = Role.SURVEYOR) -> UnitOffered:
    chosen = Candidate(unit_id=unit, unit_name=unit, travel_s=600.0, eta_s=690.0, eta_p90_s=1100.0, p_kept=0.97)
    return UnitOffered(
        incident_id=key,
        at=minutes(1),
        assignment_id=f"{key}-{number}",
        unit_id=unit,
        role=role,
        eta_at=minutes(12.5),
        p_kept=0.97,
        chosen=chosen,
        runners_up=(chosen,),
        refused=(),
        rule="highest_p_kept",
    )


def step(kind: type[Event], offer: UnitOffered, **more: object) -> Event:
    return kind(
        incident_id=offer.incident_id,
        at=minutes(2),
        assignment_id=offer.assignment_id,
        unit_id=offer.unit_id,
        **more,
    )


@pytest.fixture(params=["memory", "postgis"])
def log(request: pytest.FixtureRequest) -> EventLog:
    if request.param == "memory":
        return MemoryLog()
    return PostgisLog(request.getfixturevalue("connection"))


class TestEveryEventLog:
    def test_gives_each_incident_an_id_of_its_own_that_starts_with_the_guangzhou_date(self, log: EventLog) -> None:
        late = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # 01:00 on the 23rd in Guangzhou
        first, second = log.new_incident_id(late), log.new_incident_id(late)
        assert first != second
        assert first.startswith("GZ261123-")

    def test_returns_what_was_appended_in_order(self, log: EventLog) -> None:
        offer = offered("A", "u1")
        log.append(reported("A"), after=0)
        log.append([offer], after=3)
        assert log.history("A") == [*reported("A"), offer]

    def test_knows_no_incident_that_was_never_reported(self, log: EventLog) -> None:
        with pytest.raises(UnknownId):
            log.history("A")

    def test_refuses_a_writer_who_saw_an_older_version(self, log: EventLog) -> None:
        log.append(reported("A"), after=0)
        with pytest.raises(StaleIncident):
            log.append([offered("A", "u1")], after=2)
        with pytest.raises(StaleIncident):
            log.append(reported("A"), after=0)
        assert len(log.history("A")) == 3

    def test_refuses_a_version_that_is_still_to_come(self, log: EventLog) -> None:
        with pytest.raises(StaleIncident):
            log.append(reported("A"), after=1)

    def test_refuses_a_unit_that_is_bound_elsewhere_and_keeps_nothing_of_the_attempt(self, log: EventLog) -> None:
        log.append([*reported("A"), offered("A", "u1")], after=0)
        with pytest.raises(UnitAlreadyAssigned):
            log.append([*reported("B"), offered("B", "u1")], after=0)
        with pytest.raises(UnknownId):
            log.history("B")
        log.append([*reported("B"), offered("B", "u2")], after=0)
        assert {u: a.incident_id for u, a in log.open_assignments().items()} == {"u1": "A", "u2": "B"}

    def test_appends_an_exchange_to_two_incidents_as_one(self, log: EventLog) -> None:
        a, b = offered("A", "u1"), offered("B", "u2")
        log.append([*reported("A"), a], after=0)
        log.append([*reported("B"), b], after=0)
        ends = [[step(AssignmentReleased, offer, reason="优化改派")] for offer in (a, b)]
        log.append_all([(ends[0], 4), (ends[1], 4), ([offered("A", "u2", 2)], 5), ([offered("B", "u1", 2)], 5)])
        assert {u: bound.incident_id for u, bound in log.open_assignments().items()} == {"u1": "B", "u2": "A"}
        assert log.incident("A") == fold(log.history("A"))

    def test_keeps_nothing_of_an_exchange_that_is_refused_half_way(self, log: EventLog) -> None:
        a, b = offered("A", "u1"), offered("B", "u2")
        log.append([*reported("A"), a], after=0)
        log.append([*reported("B"), b], after=0)
        before = log.history("A"), log.history("B"), log.open_assignments()
        ends = [step(AssignmentReleased, a, reason="优化改派")]
        with pytest.raises(UnitAlreadyAssigned):
            log.append_all([(ends, 4), ([offered("A", "u2", 2)], 5)])
        with pytest.raises(StaleIncident):
            log.append_all([(ends, 4), ([step(AssignmentReleased, b, reason="优化改派")], 3)])
        assert (log.history("A"), log.history("B"), log.open_assignments()) == before

    def test_counts_the_jobs_each_unit_accepted_of_incidents_reported_since(self, log: EventLog) -> None:
        for n, key in enumerate("ABC"):
            offer = offered(key, "u1" if key != "C" else "u2")
            log.append([*reported(key, minutes(60 * n)), offer], after=0)
            accepted = replace(step(AssignmentAccepted, offer), at=minutes(60 * n + 2))
            log.append([accepted, step(UnitDeparted, offer)], after=4)
            log.append([step(AssignmentReleased, offer, reason="取消")], after=6)
        log.append([offered("C", "u1", 2)], after=7)  # not accepted
        assert log.jobs_since(minutes(-1)) == {"u1": 2, "u2": 1}
        assert log.jobs_since(minutes(30)) == {"u1": 1, "u2": 1}
        assert log.jobs_since(minutes(500)) == {}

    def test_refuses_a_unit_that_is_bound_to_the_same_incident(self, log: EventLog) -> None:
        log.append([*reported("A"), offered("A", "u1")], after=0)
        with pytest.raises(UnitAlreadyAssigned):
            log.append([offered("A", "u1", 2)], after=4)

    def test_refuses_a_second_open_assignment_in_one_role(self, log: EventLog) -> None:
        log.append([*reported("A"), offered("A", "u1")], after=0)
        with pytest.raises(IllegalTransition):
            log.append([offered("A", "u2", 2)], after=4)
        log.append([offered("A", "t1", 2, Role.TOW_UNIT)], after=4)
        assert set(log.open_assignments()) == {"u1", "t1"}

    def test_refuses_a_step_that_does_not_follow(self, log: EventLog) -> None:
        offer = offered("A", "u1")
        log.append([*reported("A"), offer], after=0)
        with pytest.raises(IllegalTransition):
            log.append([step(UnitDeparted, offer)], after=4)
        assert len(log.history("A")) == 4

    def test_refuses_a_history_that_does_not_start_with_a_report(self, log: EventLog) -> None:
        with pytest.raises(IllegalTransition):
            log.append([offered("A", "u1")], after=0)

    def test_refuses_events_of_two_incidents_in_one_append(self, log: EventLog) -> None:
        with pytest.raises(IllegalTransition):
            log.append([*reported("A"), *reported("B")], after=0)

    @pytest.mark.parametrize("end", [AssignmentDeclined, AssignmentReleased])
    def test_frees_a_unit_whose_assignment_ends_and_gives_its_role_to_the_next(
        self, log: EventLog, end: type[Event]
    ) -> None:
        first, second = offered("A", "u2"), offered("A", "u1", 2)
        log.append([*reported("A"), first], after=0)
        log.append([step(end, first, reason="太远"), second], after=4)
        assert set(log.open_assignments()) == {"u1"}
        log.append([*reported("B"), offered("B", "u2")], after=0)
        assert log.open_assignments()["u2"].incident_id == "B"

    def test_shows_how_far_an_open_assignment_is(self, log: EventLog) -> None:
        offer = offered("A", "u1")
        log.append([*reported("A"), offer], after=0)
        log.append([step(AssignmentAccepted, offer), step(UnitDeparted, offer)], after=4)
        assert log.open_assignments()["u1"].status is AssignmentStatus.EN_ROUTE

    def test_finds_the_incident_of_an_assignment(self, log: EventLog) -> None:
        log.append([*reported("A"), offered("A", "u1")], after=0)
        assert log.incident_of("A-1") == "A"
        for unknown in ("A-2", "B-1", "", "A"):
            with pytest.raises(UnknownId):
                log.incident_of(unknown)

    def test_lists_open_incidents_oldest_first_and_closed_ones_no_more(self, log: EventLog) -> None:
        for number, key in enumerate("ABC"):
            log.append(reported(key, minutes(number)), after=0)
        log.append([IncidentClosed(incident_id="B", at=minutes(9), reason="撤案")], after=3)
        assert [i.id for i in log.open_incidents()] == ["A", "C"]
        assert log.open_incidents()[0] == fold(log.history("A"))

    def test_lets_nothing_follow_a_closed_incident(self, log: EventLog) -> None:
        log.append([*reported("A"), IncidentClosed(incident_id="A", at=minutes(9), reason="撤案")], after=0)
        with pytest.raises(IllegalTransition):
            log.append([offered("A", "u1")], after=4)

    def test_lets_the_claim_and_its_caller_follow_a_closed_incident_and_keeps_it_closed(self, log: EventLog) -> None:
        waived = NeedWaived(incident_id="A", at=minutes(5), role=Role.SURVEYOR, reason="交警已出证明")
        log.append([*reported("A"), waived, IncidentClosed(incident_id="A", at=minutes(9), reason="完成")], after=0)
        by = {"incident_id": "A", "at": minutes(30), "by": "dispatcher"}
        later: list[Event] = [
            DamageAssessed(**by, recorded_at=minutes(31), amount_yuan=3200.5),
            CallbackRequested(**by, reason="何时付"),
            CallbackAnswered(**by, reached=True, result="已告知"),
            ServiceRated(**by, stars=4, words="快"),
        ]
        log.append(later, after=5)
        after = log.incident("A")
        assert after == fold(log.history("A"))
        assert (after.claim.assessed, after.caller.rating, after.closed_at) == (later[0], later[3], minutes(9))
        assert log.open_incidents() == []

    def test_gives_the_histories_of_a_period_with_its_start_and_without_its_end(self, log: EventLog) -> None:
        for key, at in (("C", 20), ("A", 0), ("B", 10)):
            log.append(reported(key, minutes(at)), after=0)
        chosen = log.all_events(since=minutes(0), until=minutes(20))
        assert list(log.each_history(minutes(0), minutes(20))) == chosen
        assert chosen == [log.history("A"), log.history("B")]
        assert [h[0].incident_id for h in log.all_events()] == ["A", "B", "C"]
        assert log.all_events(since=minutes(21)) == []

    def test_takes_what_a_phone_held_back_after_the_incident_was_closed(self, log: EventLog) -> None:
        log.append([*reported("A"), IncidentClosed(incident_id="A", at=minutes(9), reason="完成")], after=0)
        photo = Photo(
            sha256="a" * 64,
            media_type="image/jpeg",
            size_bytes=9,
            width_px=4,
            height_px=3,
            kind=PhotoKind.PLATE,
            source=PhotoSource.SURVEYOR,
            captured_at=minutes(5),
        )
        form = SceneReport(decision=SceneDecision.SHOP, captured_at=minutes(6))
        late = [
            PhotoTaken(incident_id="A", at=minutes(60), photo=photo),
            SceneSurveyed(incident_id="A", at=minutes(61), report=form, sha256="b" * 64),
        ]
        log.append(late, after=4)
        after = log.incident("A")
        assert (set(after.photos), after.survey, after.closed_at) == ({"a" * 64}, late[1], minutes(9))
        for again in late:
            with pytest.raises(IllegalTransition):
                log.append([again], after=6)

    def test_carries_an_incident_from_report_to_close(self, log: EventLog) -> None:
        offer = offered("A", "u1")
        log.append([*reported("A"), offer], after=0)
        log.append([step(AssignmentAccepted, offer)], after=4)
        log.append([step(UnitDeparted, offer)], after=5)
        log.append([step(ArrivalClaimed, offer, position=Position(113.33, 23.12))], after=6)
        log.append([step(UnitCleared, offer)], after=7)
        log.append([IncidentClosed(incident_id="A", at=minutes(40), reason="完成")], after=8)
        assert log.open_assignments() == {}
        assert log.open_incidents() == []
        assert fold(log.history("A")).version == 9

    def test_carries_what_a_person_decided_on_the_response(self, log: EventLog) -> None:
        log.append(reported("A"), after=0)
        promise = log.incident("A").commitment
        by = {"incident_id": "A", "at": minutes(3), "by": "dispatcher"}
        decided: list[Event] = [
            TierChanged(**by, tiers=(Tier.INJURY, Tier.EXPRESSWAY), reason="现场回报"),
            HospitalNamed(**by, name="中山一院", position=Position(113.29, 23.13), uncertainty_m=60.0),
            NeedWaived(**by, role=Role.SPECIALIST, reason="伤者拒绝"),
            RemoteSurveyStarted(**by, surveyor="陈工", consent="同意"),
            RemoteSurveyEnded(**by, completed=True),
        ]
        log.append(decided, after=3)
        after = log.incident("A")
        assert after == fold(log.history("A")) == log.open_incidents()[0]
        assert after.tiers == (Tier.INJURY, Tier.EXPRESSWAY)
        assert after.commitment == promise
        assert (after.is_surveyed, after.arrived_at) == (True, None)
        with pytest.raises(IllegalTransition):
            log.append([RemoteSurveyEnded(**by, completed=True)], after=8)

    def test_refuses_to_close_while_a_survey_by_video_runs(self, log: EventLog) -> None:
        by = {"incident_id": "A", "at": minutes(3)}
        log.append([*reported("A"), RemoteSurveyStarted(**by, surveyor="陈工")], after=0)
        with pytest.raises(IllegalTransition):
            log.append([IncidentClosed(**by, reason="撤案")], after=4)
        with pytest.raises(IllegalTransition):
            log.append([TierChanged(**by, tiers=(), reason="x")], after=4)

    def test_lists_an_incident_that_was_told_late_where_its_report_belongs(self, log: EventLog) -> None:
        log.append(reported("B", minutes(5)), after=0)
        log.append(reported("A", minutes(0)), after=0)
        assert [i.id for i in log.open_incidents()] == ["A", "B"]

    def test_refuses_a_swap_whose_shop_is_full_and_keeps_nothing_of_it(self, log: EventLog) -> None:
        log.append([*towed("A", "t1", T0), going_to("A", "t1", "R1", T0)], after=0)
        log.append(towed("B", "t2", T0), after=0)
        log.append([*reported("C"), offered("C", "u1")], after=0)
        before = log.all_events()
        released = step(AssignmentReleased, offered("C", "u1"), reason="换人")
        with pytest.raises(ShopFull):
            log.append_all([([released], 4), ([going_to("B", "t2", "R1", T0)], 2)])
        assert log.all_events() == before
        assert set(log.open_assignments()) == {"t1", "t2", "u1"}
