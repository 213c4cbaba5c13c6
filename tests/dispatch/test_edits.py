"""What was changed after intake is listed, and changes nothing that was frozen."""

from datetime import UTC, datetime, timedelta

import pytest

from dispatch import events as ev
from dispatch.auditing.audit import audit, judge
from dispatch.auditing.edits import EditKind, EditPhase, edits_of
from dispatch.capture import Capture
from dispatch.location import Position
from dispatch.vocabulary import (
    CaptureDoubt,
    Channel,
    Confidence,
    MatchCode,
    PartnerStep,
    Role,
    Tier,
    ToldBy,
    Verdict,
    Zone,
)

START = datetime(2026, 11, 22, 0, 10, tzinfo=UTC)
HEAD = {"incident_id": "GZ1", "assignment_id": "GZ1-1", "unit_id": "S1"}
ABOUT = {"incident_id": "GZ1", "by": "陈调度"}


def at(seconds):
    return START + timedelta(seconds=seconds)


def place(seconds, lon=113.33, text="猎德大道"):
    return ev.IncidentLocated(
        **ABOUT, at=at(seconds), position=Position(lon, 23.12), uncertainty_m=50, match_code=MatchCode.GOOD,
        confidence=Confidence.HIGH, matched_text=text, district="天河区",
    )  # fmt: skip


REPORTED = ev.IncidentReported(incident_id="GZ1", at=START, text="追尾", channel=Channel.CONSOLE, tier=Tier.STANDARD)
PROMISED = ev.CommitmentMade(
    incident_id="GZ1", at=START, kind="arrival", zone=Zone.URBAN, tier=Tier.STANDARD, starts_at=START,
    due_at=at(1800), limit_s=1800.0, policy_version="test",
)  # fmt: skip
CHOSEN = ev.Candidate(unit_id="S1", unit_name="张三", travel_s=600, eta_s=700, eta_p90_s=900, p_kept=0.9)
OFFERED = ev.UnitOffered(
    **HEAD,
    at=at(30),
    role=Role.SURVEYOR,
    eta_at=at(700),
    p_kept=0.9,
    chosen=CHOSEN,
    runners_up=(),
    refused=(),
    rule="t",
)
DOUBTED = Capture(claimed_at=at(-600), received_at=at(60), doubt=CaptureDoubt.BEFORE_LAST_STEP)
GOING = [ev.AssignmentAccepted(**HEAD, at=at(60), captured=DOUBTED), ev.UnitDeparted(**HEAD, at=at(90))]
ARRIVED = ev.ArrivalClaimed(**HEAD, at=at(1900))
HISTORY = [
    REPORTED,
    place(0),
    PROMISED,
    ev.TierChanged(**ABOUT, at=at(10), tiers=(Tier.MINOR, Tier.INJURY), reason="有人受伤"),
    OFFERED,
    *GOING,
    ev.PlaceDoubted(incident_id="GZ1", at=at(200), by="caller", text="在对面", position=Position(113.34, 23.12)),
    place(300, 113.34, "对面"),
    ARRIVED,
    place(2000, 113.35),
    ev.ClientTold(**ABOUT, at=at(3000), recorded_at=at(3000), means=ToldBy.SMS, corrects="写错"),
    ev.MergeUndone(**ABOUT, at=at(3100), kept_id="GZ2", reason="两起事故"),
    ev.DuplicateParted(**ABOUT, at=at(3100), duplicate_id="GZ3", reason="两起事故"),
]


def test_every_kind_of_edit_is_told_with_who_when_why_and_how_far_the_incident_was():
    found = edits_of(HISTORY)
    assert [(e.kind, e.phase, (e.at - START).total_seconds(), e.by, e.words) for e in found] == [
        (EditKind.TIER, EditPhase.WAITING, 10, "陈调度", "一般 → 人伤、轻微:有人受伤"),
        (EditKind.CAPTURE, EditPhase.ASSIGNED, 60, "desk", "早于上一步,所报 2026-11-22 00:00:00+0000"),
        (EditKind.DOUBT, EditPhase.ASSIGNED, 200, "caller", "在对面"),
        (EditKind.LOCATION, EditPhase.ASSIGNED, 300, "陈调度", "猎德大道 → 对面"),
        (EditKind.LOCATION, EditPhase.ARRIVED, 2000, "陈调度", "对面 → 猎德大道"),
        (EditKind.CLAIM, EditPhase.ARRIVED, 3000, "陈调度", "写错"),
        (EditKind.PARTED, EditPhase.ARRIVED, 3100, "陈调度", "两起事故"),
    ]
    assert [round(e.moved_m) for e in found if e.moved_m is not None] == pytest.approx([1023] * 3, abs=2)


def test_a_first_place_found_later_is_no_edit_and_a_tow_unit_is_no_assignment_of_the_promise():
    tow = ev.UnitOffered(
        **HEAD, at=at(30), role=Role.TOW_UNIT, eta_at=at(700), p_kept=0.9, chosen=CHOSEN, runners_up=(), refused=(),
        rule="t",
    )  # fmt: skip
    told = ev.TierChanged(**ABOUT, at=at(700), tiers=(Tier.MINOR,), reason="")
    history = [REPORTED, PROMISED, place(600), tow, *GOING[1:], ARRIVED, told]
    assert [(e.kind, e.phase) for e in edits_of(history)] == [(EditKind.TIER, EditPhase.WAITING)]


def test_a_partner_on_scene_is_an_arrival():
    told = ev.PartnerReported(incident_id="GZ1", at=at(900), step=PartnerStep.ON_SCENE, told_by="甲")
    changed = ev.TierChanged(**ABOUT, at=at(1000), tiers=(Tier.MINOR,), reason="")
    assert [e.phase for e in edits_of([REPORTED, told, changed])] == [EditPhase.ARRIVED]


def test_edits_are_counted_and_listed_and_what_was_frozen_stays():
    history = HISTORY[:-3]
    record = judge(history, at(9000)).record
    assert (record.tier, record.limit_s, record.verdict) == ("standard", 1800.0, Verdict.MISSED)
    found = audit([history, [REPORTED, PROMISED]], at(9000))
    assert found.edits[EditKind.LOCATION] == {EditPhase.ASSIGNED: 1, EditPhase.ARRIVED: 1}
    assert [e.kind for e in found.edited] == [*reversed([e.kind for e in edits_of(history)])]
    assert set(found.by_tier) == {"standard"}
