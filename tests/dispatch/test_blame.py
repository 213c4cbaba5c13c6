"""Why a promise was missed: exactly one cause, from the facts, and minutes that add up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_histories import random_histories
from worlds import play

from dispatch import events as ev
from dispatch.auditing.audit import audit, judge
from dispatch.auditing.record import Cause
from dispatch.auditing.stages import Stage
from dispatch.location import Position
from dispatch.policy.audit_rules import AuditRules
from dispatch.vocabulary import (
    Channel,
    CloseCode,
    Confidence,
    HoldEnd,
    HoldReason,
    MatchCode,
    PartnerStep,
    Role,
    Tier,
    Verdict,
    Zone,
)

START = datetime(2026, 11, 22, 0, 10, tzinfo=UTC)
KEY = "GZ1"
SCENE = Position(113.33, 23.12)


def at(seconds):
    return START + timedelta(seconds=seconds)


def taken(located=0.0):
    yield ev.IncidentReported(incident_id=KEY, at=START, text="追尾", channel=Channel.CONSOLE, tier=Tier.STANDARD)
    if located == 0:
        yield place(0)
    yield ev.CommitmentMade(
        incident_id=KEY, at=START, kind="arrival", zone=Zone.URBAN, tier=Tier.STANDARD, starts_at=START,
        due_at=at(1800), limit_s=1800.0, policy_version="test",
    )  # fmt: skip
    if located:
        yield place(located)


def place(seconds, position=SCENE):
    return ev.IncidentLocated(
        incident_id=KEY, at=at(seconds), position=position, uncertainty_m=50, match_code=MatchCode.GOOD,
        confidence=Confidence.HIGH, matched_text="猎德大道", district="天河区",
    )  # fmt: skip


def candidate(unit, travel_s):
    return ev.Candidate(
        unit_id=unit, unit_name=unit, travel_s=travel_s, eta_s=travel_s + 90, eta_p90_s=travel_s * 2, p_kept=0.9
    )


def offered(seconds, number=1, travel_s=900.0, better_s=None):
    """An offer; ``better_s`` is the travel of whom the rule recommended where a person chose another."""
    others = () if better_s is None else (candidate("B", better_s),)
    return ev.UnitOffered(
        **head(number), at=at(seconds), role=Role.SURVEYOR, eta_at=at(seconds + travel_s + 90), p_kept=0.9,
        chosen=candidate(f"S{number}", travel_s), runners_up=others, refused=(), rule="test",
        override_reason="" if better_s is None else "熟悉路况",
    )  # fmt: skip


def head(number):
    return {"incident_id": KEY, "assignment_id": f"{KEY}-{number}", "unit_id": f"S{number}"}


def trip(offer=30, accept=60, depart=150, arrive=None, number=1, **more):
    yield offered(offer, number, **more)
    yield ev.AssignmentAccepted(**head(number), at=at(accept))
    yield ev.UnitDeparted(**head(number), at=at(depart))
    if arrive is not None:
        yield ev.ArrivalClaimed(**head(number), at=at(arrive))


def blamed(*parts, now=9000, **rules):
    record = judge([*parts], at(now), AuditRules(**rules)).record
    assert record.verdict is Verdict.MISSED
    return record.blame


HELD = ev.IncidentHeld(incident_id=KEY, at=at(10), reason=HoldReason.POLICE_FIRST, until=at(1500))
RESUMED = ev.HoldEnded(incident_id=KEY, at=at(1500), how=HoldEnd.DUE)
FAR = Position(113.40, 23.12)

CASES = {
    "place": [*taken(located=1000), *trip(1030, 1060, 1150, 2100)],
    "place corrected on the way": [*taken(), *trip(), place(1000, FAR), *[ev.ArrivalClaimed(**head(1), at=at(2500))]],
    "no_unit": [*taken(), *trip(1000, 1030, 1120, 2050)],
    "override: a hold": [*taken(), HELD, RESUMED, *trip(1510, 1540, 1600, 2500)],
    "override: a slower unit": [*taken(), *trip(arrive=2000, travel_s=1850, better_s=600)],
    "reassigned": [
        *taken(), *trip(), ev.AssignmentReleased(**head(1), at=at(900), reason="改派"),
        *trip(900, 930, 1000, 1950, number=2),
    ],
    "late_accept: slow": [*taken(), *trip(30, 900, 990, 1900)],
    "late_accept: declined": [
        *taken(), offered(30), ev.AssignmentDeclined(**head(1), at=at(90), reason="忙"),
        *trip(90, 120, 210, 1850, number=2, travel_s=1600),
    ],
    "late_turnout": [*taken(), *trip(30, 60, 1000, 1900)],
    "traffic": [*taken(), *trip(arrive=2000)],
    "not_possible_at_report": [*taken(), *trip(arrive=2400, travel_s=2000)],
    "closed_unserved": [*taken(), ev.IncidentClosed(incident_id=KEY, at=at(600), reason="x", code=CloseCode.OTHER)],
    "untrusted_time": [*taken(), *trip(arrive=-5)],
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_cause_follows_from_the_facts(name):
    assert blamed(*CASES[name]).cause == name.partition(":")[0].removesuffix(" corrected on the way")


def test_a_partner_that_comes_late_is_named():
    engaged = ev.PartnerEngaged(
        incident_id=KEY, at=START, city="佛山", partner="甲", telephone="1", contact_due_at=at(600), on_scene_due_at=at(1800)
    )  # fmt: skip
    told = ev.PartnerReported(incident_id=KEY, at=at(3000), step=PartnerStep.ON_SCENE, told_by="甲")
    found = blamed(*taken(located=None), engaged, told)
    assert (found.cause, [(p.stage, p.actual_s) for p in found.parts]) == (Cause.PARTNER, [(Stage.PARTNER, 3000)])


def test_without_anybody_sent_it_is_that_nobody_was_there_to_go():
    found = blamed(*taken(), now=2000)
    assert (found.cause, found.over_s) == (Cause.NO_UNIT, 200)


def test_the_figures_of_a_miss_can_be_followed():
    found = blamed(*CASES["late_accept: declined"])
    assert [(p.stage.value, p.actual_s, p.planned_s) for p in found.parts] == [
        ("waiting", 30, 60), ("answer", 90, 60), ("turnout", 90, 90), ("travel", 1640, 1600),
    ]  # fmt: skip
    assert (found.over_s, found.refused, found.recommended_s) == (50, 1, 990)
    assert dict(found.cost_s) == {Cause.LATE_ACCEPT: 30 + 700, Cause.TRAFFIC: 40}
    assert blamed(*CASES["override: a slower unit"]).words == "指定 S1:熟悉路况"
    assert blamed(*CASES["override: a hold"]).words == "暂缓:等交警先处理"


def test_travel_is_held_against_what_was_forecast_at_the_departure():
    revised = ev.ForecastRevised(**head(1), at=at(140), eta_at=at(1750), p_kept=0.6)
    offer, accept, *rest = trip(arrive=1900)
    found = blamed(*taken(), offer, accept, revised, *rest)
    assert [(p.actual_s, p.planned_s) for p in found.parts if p.stage is Stage.TRAVEL] == [(1750, 1600)]


def test_a_captured_step_before_the_last_change_takes_no_time_twice():
    found = blamed(*taken(), offered(500), *[*trip(accept=400, depart=450, arrive=2000)][1:])
    assert sum(p.actual_s for p in found.parts) == 2000


def test_a_kept_promise_has_no_cause():
    assert judge([*taken(), *trip(arrive=1700)], at(9000)).record.cause is None


@given(
    st.lists(st.floats(0, 1500).map(round), min_size=4, max_size=4),
    st.sampled_from([None, 300.0, 1500.0]),
    st.integers(200, 3000),
    st.booleans(),
)
def test_every_miss_has_one_cause_and_its_minutes_add_up(waits, better_s, travel_s, handed_on):
    located, offer, accept, depart = (sum(waits[: n + 1]) for n in range(4))
    arrive = depart + travel_s
    first = [*trip(offer, accept, depart, None if handed_on else arrive, travel_s=800, better_s=better_s)]
    again = [
        ev.AssignmentReleased(**head(1), at=at(depart), reason="改派"),
        *trip(depart, depart + 30, depart + 60, arrive, number=2),
    ]
    record = judge([*taken(located), *first, *(again if handed_on else [])], at(20_000)).record
    if record.verdict is Verdict.MISSED:
        assert record.cause in {*Cause} - {Cause.UNKNOWN, Cause.UNTRUSTED}
        parts = {p.stage: p.actual_s for p in record.blame.parts}
        assert sum(parts.values()) == pytest.approx(record.response_s)
        assert parts.get(Stage.TRAVEL, 0) == pytest.approx(record.legs_s[2])
        handling = sum(parts.values()) - parts.get(Stage.TURNOUT, 0) - parts.get(Stage.TRAVEL, 0)
        assert handling == pytest.approx(record.legs_s[0])
        assert record.blame.over_s == pytest.approx(record.response_s - 1800)


def test_whatever_happened_every_second_of_a_miss_belongs_to_one_stage():
    found = audit(random_histories(5, 250), at(50_000))
    assert len(found.misses) > 100
    for record in found.misses:
        total_s = max(0.0, record.blame.over_s + record.limit_s)
        assert sum(p.actual_s for p in record.blame.parts) == pytest.approx(total_s, abs=1e-3)
    assert sum(found.causes.values()) == found.totals.missed


@pytest.mark.parametrize("seed", range(2))
def test_in_simulated_days_the_causes_add_up_to_the_misses(seed):
    played = play(seed, 6, speed=0.3)
    found = audit(played.log.all_events(), played.now)
    assert sum(found.causes.values()) == found.totals.missed > 10
    assert len(found.misses) == min(found.totals.missed, 200)
    for record in found.misses:
        over_s = record.blame.over_s + record.limit_s
        assert sum(p.actual_s for p in record.blame.parts) == pytest.approx(over_s, abs=1e-3)
    assert Cause.UNKNOWN not in found.causes
