"""What a caller asks, what the desk answers, and what goes on after an incident is closed."""

from datetime import timedelta
from typing import Any

import pytest
from scene import SCENE, Scene

from dispatch import caller_desk
from dispatch import events as ev
from dispatch.errors import Conflict, IllegalTransition, InvalidInput, StaleIncident
from dispatch.folding import fold
from dispatch.location import Position
from dispatch.vocabulary import ReviewOpinion, Role


@pytest.fixture
def scene() -> Scene:
    return Scene()


def survey(scene: Scene, key: str) -> None:
    job = scene.desk.offer(key, Role.SURVEYOR, scene.now).open_assignments[0].id
    for step in ("accept", "depart", "arrive", "clear"):
        scene.wait(minutes=3)
        getattr(scene.desk, step)(job, scene.now, by="u")


def test_a_caller_is_called_back_and_one_who_was_not_reached_still_waits(scene: Scene) -> None:
    key = scene.report()
    asked = caller_desk.ask_callback(scene.desk, key, scene.now, reason="想问还要多久", phone="138")
    again = caller_desk.ask_callback(scene.desk, key, scene.wait(seconds=5), reason="想问还要多久", phone="138")
    assert again.version == asked.version
    missed = caller_desk.answer_callback(scene.desk, key, scene.wait(minutes=2), reached=False, result="无人接", by="d")
    assert missed.caller.waits
    done = caller_desk.answer_callback(scene.desk, key, scene.wait(minutes=2), reached=True, result="已告知", by="d")
    assert not done.caller.waits
    assert [t.result for t in done.caller.callbacks[0].tries] == ["无人接", "已告知"]
    with pytest.raises(IllegalTransition):
        caller_desk.answer_callback(scene.desk, key, scene.now, reached=True, result="又打", by="d")
    with pytest.raises(InvalidInput):
        caller_desk.answer_callback(scene.desk, key, scene.now, reached=True, result=" ", by="d")


def test_a_doubt_moves_nothing_and_is_answered_by_moving_the_incident_or_by_words(scene: Scene) -> None:
    key = scene.report()
    before = scene.desk.incident(key).location
    there = Position(113.34, 23.12)
    doubted = caller_desk.doubt_place(scene.desk, key, scene.now, text="在桥上", position=there, accuracy_m=20.0)
    assert (doubted.location, doubted.caller.waits) == (before, True)
    same = caller_desk.doubt_place(scene.desk, key, scene.now, text="在桥上", position=there, accuracy_m=20.0)
    assert same.version == doubted.version
    moved = scene.desk.relocate(key, there, scene.wait(minutes=1), by="d")
    assert (moved.caller.waits, moved.caller.doubt_moved_at) == (False, scene.now)
    caller_desk.doubt_place(scene.desk, key, scene.now, text="在桥下", position=None, accuracy_m=None)
    left = caller_desk.settle_doubt(scene.desk, key, scene.now, answer="已电话核对,地点无误", by="d")
    assert not left.caller.waits
    with pytest.raises(IllegalTransition):
        caller_desk.settle_doubt(scene.desk, key, scene.now, answer="再答", by="d")
    with pytest.raises(InvalidInput):
        caller_desk.doubt_place(scene.desk, key, scene.now, text=" ", position=None, accuracy_m=None)


def test_a_rating_comes_after_the_end_and_can_be_changed_for_a_day(scene: Scene) -> None:
    key = scene.report()
    with pytest.raises(Conflict):
        caller_desk.rate(scene.desk, key, scene.now, stars=5, words="")
    survey(scene, key)
    first = caller_desk.rate(scene.desk, key, scene.now, stars=2, words="慢")
    assert caller_desk.rate(scene.desk, key, scene.now, stars=2, words="慢").version == first.version
    changed = caller_desk.rate(scene.desk, key, scene.now + timedelta(hours=24), stars=4, words="打过电话了")
    assert (changed.caller.rating.stars, changed.caller.rated_at) == (4, scene.now)
    with pytest.raises(Conflict):
        caller_desk.rate(scene.desk, key, scene.now + timedelta(hours=24, seconds=1), stars=5, words="")


def test_claims_and_callers_go_on_after_the_incident_is_closed_and_nothing_else_does(scene: Scene) -> None:
    key = scene.report()
    by = {"incident_id": key, "by": "d"}
    early = ev.DamageAssessed(**by, at=scene.now, recorded_at=scene.now, amount_yuan=1.0)
    with pytest.raises(IllegalTransition, match="尚未查勘"):
        scene.desk.record(scene.desk.incident(key), early)
    survey(scene, key)
    closed = scene.desk.incident(key)
    assert closed.closed_at is not None
    now = scene.wait(days=2)
    assessed = ev.DamageAssessed(**by, at=now, recorded_at=now, amount_yuan=3200.0)
    reviewed = ev.ClaimReviewed(**by, at=now, recorded_at=now, opinion=ReviewOpinion.APPROVED)
    after = scene.desk.record(closed, assessed, reviewed)
    assert (after.claim.assessed, after.closed_at) == (assessed, closed.closed_at)
    assert caller_desk.ask_callback(scene.desk, key, now, reason="何时付", phone="").caller.waits
    assert scene.log.open_incidents() == []
    assert fold(scene.log.history(key)) == scene.desk.incident(key)
    with pytest.raises(IllegalTransition):
        scene.desk.relocate(key, SCENE, now, by="d")
    with pytest.raises(Conflict):
        caller_desk.doubt_place(scene.desk, key, now, text="别处", position=None, accuracy_m=None)


def test_a_merged_report_follows_the_one_kept_and_its_claim_is_made_there(scene: Scene) -> None:
    kept, other = scene.report(), scene.report()
    scene.desk.merge(other, kept, scene.now, reason="同一事故", by="d")
    merged = scene.desk.incident(other)
    assert caller_desk.served(scene.desk, merged).id == kept
    doubted = caller_desk.doubt_place(scene.desk, other, scene.now, text="在桥上", position=None, accuracy_m=None)
    assert (doubted.id, doubted.caller.waits) == (other, True)
    assert not scene.desk.incident(kept).caller.waits
    with pytest.raises(Conflict):
        caller_desk.rate(scene.desk, other, scene.now, stars=1, words="")
    survey(scene, kept)
    assert caller_desk.rate(scene.desk, other, scene.now, stars=5, words="").caller.rating is not None
    fact = ev.DamageAssessed(incident_id=other, at=scene.now, recorded_at=scene.now, amount_yuan=1.0)
    with pytest.raises(IllegalTransition, match=kept):
        scene.desk.record(scene.desk.incident(other), fact)


def test_a_caller_is_heard_although_the_desk_writes_at_that_very_moment(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = scene.report()
    refusals = iter([True, True, False])
    append = type(scene.log).append

    def racing(log: Any, events: Any, *, after: int) -> None:
        if next(refusals):
            raise StaleIncident("somebody was first")
        append(log, events, after=after)

    monkeypatch.setattr(type(scene.log), "append", racing)
    assert caller_desk.ask_callback(scene.desk, key, scene.now, reason="急", phone="").caller.waits


def test_asking_again_changes_the_number_and_not_the_clock(scene: Scene) -> None:
    key, asked_at = scene.report(), scene.now
    caller_desk.ask_callback(scene.desk, key, asked_at, reason="何时到", phone="13800000000")
    now = scene.wait(minutes=20)
    same = caller_desk.ask_callback(scene.desk, key, now, reason="何时到", phone="13800000000")
    anew = caller_desk.ask_callback(scene.desk, key, now, reason="换了电话", phone="13900000000")
    assert anew.version == same.version + 1
    (waiting,) = anew.caller.callbacks
    assert (waiting.asked.phone, waiting.asked.reason, waiting.asked.at) == ("13900000000", "换了电话", asked_at)
