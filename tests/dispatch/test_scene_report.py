"""The survey form: what it may say, its hash, its corrections, and the tier it speaks for."""

import hashlib
import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scene import NOON, SCENE, Scene

from dispatch.errors import IllegalTransition, InvalidInput
from dispatch.events import SceneSurveyed
from dispatch.location import Position
from dispatch.response import change_tiers
from dispatch.scene_report import (
    DamagedPart,
    Responsibility,
    SceneDecision,
    SceneReport,
    canonical,
    hash_of,
    require_whole,
)
from dispatch.surveying import file_report
from dispatch.vocabulary import Role, Tier

FORM = SceneReport(decision=SceneDecision.SETTLED, loss_fen=123_450, captured_at=NOON, position=SCENE)

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
forms = st.builds(
    SceneReport,
    answered_by=words,
    loss_fen=st.none() | st.integers(0, 10**10),
    parts=st.lists(st.sampled_from(DamagedPart), unique=True).map(tuple),
    damage=words,
    injured=st.integers(0, 5),
    injuries=words,
    vehicles=st.none() | st.integers(1, 9),
    responsibility=st.sampled_from(Responsibility),
    decision=st.sampled_from(SceneDecision),
    notes=words,
    photos=st.lists(st.sampled_from(["a" * 64, "b" * 64]), unique=True).map(tuple),
    captured_at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    position=st.none() | st.builds(Position, st.floats(113, 114), st.floats(22, 24)),
    accuracy_m=st.none() | st.floats(1, 1000),
)


@given(form=forms)
def test_the_hash_is_made_again_from_the_canonical_text_with_nothing_but_hashlib(form: SceneReport) -> None:
    text = canonical("A", "surveyor", form)
    assert hashlib.sha256(text.encode("utf-8")).hexdigest() == hash_of("A", "surveyor", form)
    told = json.loads(text)
    assert (told["incident"], told["by"], told["loss_fen"]) == ("A", "surveyor", form.loss_fen)
    assert json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")) == text


@given(one=forms, other=forms, name=st.sampled_from([f.name for f in fields(SceneReport)]))
def test_whatever_is_changed_changes_the_hash(one: SceneReport, other: SceneReport, name: str) -> None:
    changed = replace(one, **{name: getattr(other, name)})
    assume(canonical("A", "x", changed) != canonical("A", "x", one))
    assert hash_of("A", "x", changed) != hash_of("A", "x", one)


@given(one=forms, other=forms)
def test_two_forms_have_one_text_only_where_they_say_the_same(one: SceneReport, other: SceneReport) -> None:
    def coarse(form: SceneReport) -> SceneReport:
        """Places and accuracies as far as the text gives them."""
        at = form.position
        at = at and Position(round(at.lon, 7), round(at.lat, 7))
        return replace(form, position=at, accuracy_m=form.accuracy_m and round(form.accuracy_m, 1))

    assert (canonical("A", "x", one) == canonical("A", "x", other)) == (coarse(one) == coarse(other))


def test_the_hash_does_not_hang_on_the_zone_a_moment_is_written_in_but_on_the_incident_and_who_filled_it_in() -> None:
    there = replace(FORM, captured_at=NOON.astimezone(timezone(timedelta(hours=8))))
    assert hash_of("A", "x", there) == hash_of("A", "x", FORM)
    assert len({hash_of("A", "x", FORM), hash_of("B", "x", FORM), hash_of("A", "y", FORM)}) == 3


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"loss_fen": -1}, "损失金额"),
        ({"loss_fen": 10**13}, "损失金额"),
        ({"injured": -1}, "受伤人数"),
        ({"vehicles": 0}, "车辆数"),
        ({"decision": SceneDecision.OTHER}, "备注"),
        ({"photos": ("xyz",)}, "sha256"),
        ({"notes": "长" * 1001}, "备注超过"),
    ],
)
def test_a_form_that_says_what_cannot_be_is_refused_and_nothing_is_recorded(
    wrong: dict[str, object], told: str
) -> None:
    scene = Scene()
    key = scene.report()
    with pytest.raises(InvalidInput, match=told):
        file_report(scene.desk, key, replace(FORM, **wrong), scene.now, by="x")
    assert scene.desk.incident(key).surveys == {}


def test_the_loss_may_be_nothing_and_may_be_left_blank() -> None:
    for loss_fen in (0, None):
        require_whole(replace(FORM, loss_fen=loss_fen))


def test_a_form_sent_twice_is_one_and_another_is_its_correction_and_both_stay() -> None:
    scene = Scene()
    key = scene.report()
    _, first = file_report(scene.desk, key, FORM, scene.now, by="x")
    _, again = file_report(scene.desk, key, FORM, scene.wait(minutes=1), by="x")
    assert again == first
    dearer = replace(FORM, loss_fen=200_000, captured_at=scene.now)
    after, second = file_report(scene.desk, key, dearer, scene.wait(minutes=1), by="x")
    assert (first.corrects, second.corrects) == ("", first.sha256)
    assert [e.report.loss_fen for e in after.surveys.values()] == [123_450, 200_000]
    assert after.survey == second
    _, late = file_report(scene.desk, key, FORM, scene.wait(minutes=1), by="x")  # the first, once more
    assert late == first
    assert scene.desk.incident(key).survey == second


def test_a_correction_of_what_is_not_there_is_no_fact() -> None:
    scene = Scene()
    key = scene.report()
    for corrects in ("0" * 64, "1" * 64):
        lone = SceneSurveyed(incident_id=key, at=scene.now, report=FORM, sha256="2" * 64, corrects=corrects)
        with pytest.raises(IllegalTransition):
            scene.desk.record(scene.desk.incident(key), lone)


# -- the tier it speaks for


def surveyed(scene: Scene, key: str, injured: int) -> tuple[Tier, ...] | None:
    form = replace(FORM, injured=injured, captured_at=scene.now)
    return file_report(scene.desk, key, form, scene.wait(minutes=1), by="x")[0].proposed_tiers


def test_injured_people_propose_the_tier_and_a_person_decides() -> None:
    scene = Scene()
    key = scene.report()
    assert surveyed(scene, key, 0) is None
    assert surveyed(scene, key, 2) == (Tier.INJURY, Tier.STANDARD)
    assert scene.desk.incident(key).tiers == (Tier.STANDARD,)  # proposed, not done
    after = change_tiers(scene.desk, key, [Tier.INJURY], scene.wait(minutes=1), reason="现场查勘", by="d")
    assert (after.tiers, after.proposed_tiers) == ((Tier.INJURY,), None)


def test_whoever_leaves_the_tier_is_not_asked_again_unless_the_number_of_injured_changes() -> None:
    scene = Scene()
    key = scene.report()
    surveyed(scene, key, 1)
    change_tiers(scene.desk, key, [Tier.STANDARD], scene.wait(minutes=1), reason="擦伤,不需就医", by="d")
    assert surveyed(scene, key, 1) is None
    assert surveyed(scene, key, 2) == (Tier.INJURY, Tier.STANDARD)
    assert surveyed(scene, key, 0) is None


def test_an_incident_with_injured_people_in_its_form_waits_for_a_person_before_it_closes() -> None:
    scene = Scene()
    key = scene.report()
    offer = scene.desk.offer(key, Role.SURVEYOR, scene.now).open_assignments[0]
    for step in (scene.desk.accept, scene.desk.depart):
        step(offer.id, scene.wait(minutes=1), by="x")
    scene.desk.arrive(offer.id, scene.wait(minutes=1), by="x")
    surveyed(scene, key, 1)
    assert scene.desk.clear(offer.id, scene.wait(minutes=1), by="x").closed_at is None
    after = change_tiers(scene.desk, key, [Tier.STANDARD], scene.wait(minutes=1), reason="擦伤", by="d")
    assert after.closed_at is not None
