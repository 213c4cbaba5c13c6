"""What a track proves of a claimed arrival."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene import NOON, SCENE, Scene

from dispatch import events as ev
from dispatch.errors import Unavailable
from dispatch.incident import Incident
from dispatch.location import Position, distance_m
from dispatch.policy.verification_rules import Verification
from dispatch.track_evidence import elsewhere_m, side_of, stay_at, stays
from dispatch.track_matching import ArrivalEvidence, Carriageway, MatchedFix, MatchedTrack
from dispatch.unit import Fix
from dispatch.verification import evidence_of
from dispatch.vocabulary import Role
from dispatch.watch import watch

RULE = Verification()
M_PER_LON = 102_200.0  # at the scene


def fix(second: float, apart_m: float, *, accuracy_m: float = 10.0, mocked: bool = False) -> Fix:
    """Seen so many metres east of the scene."""
    where = Position(SCENE.lon + apart_m / M_PER_LON, SCENE.lat)
    return Fix(unit_id="S1", position=where, at=NOON + timedelta(seconds=second), accuracy_m=accuracy_m, mocked=mocked)


def stay(*track: Fix) -> object:
    return stay_at(SCENE, 50.0, NOON, track, RULE)


def test_a_unit_that_came_and_stayed_is_confirmed_at_its_first_fix_within_reach() -> None:
    found = stay_at(SCENE, 50.0, NOON, [fix(-90, 900), fix(-60, 250), fix(-30, 150), fix(0, 20), fix(30, 22)], RULE)
    assert found is not None
    assert found.arrived_at == NOON - timedelta(seconds=30)
    assert (found.dwell_s, len(found.fixes)) == (60.0, 3)
    assert found.distance_m == pytest.approx(20, abs=1)


def test_a_vague_fix_proves_nothing_either_way() -> None:
    assert stay(*(fix(s, 20, accuracy_m=300) for s in (0, 20, 40))) is None
    assert stay(fix(0, 20), fix(20, 500, accuracy_m=400), fix(40, 20)) is not None


def test_driving_past_is_no_arrival() -> None:
    past = [fix(s, -170 + 9 * s, accuracy_m=5) for s in range(0, 40, 5)]
    assert stays(SCENE, 50.0, past, RULE)[0].dwell_s >= RULE.min_dwell_s
    assert stay(*past) is None
    parked = [fix(s, 170 - 9 * min(s, 15), accuracy_m=5) for s in range(0, 40, 5)]
    assert stay(*parked) is not None


@pytest.mark.parametrize(
    "track",
    [
        [fix(0, 20)],
        [fix(0, 20), fix(15, 20)],
        [fix(0, 20, mocked=True), fix(60, 20, mocked=True)],
        [fix(-400, 20), fix(-340, 20), fix(-200, 2000)],
        [fix(200, 20), fix(260, 20)],
        [fix(0, 20), fix(20, 900), fix(40, 20)],
    ],
    ids=["one fix", "too short", "mocked", "left before", "came later", "went away between"],
)
def test_too_little_is_no_confirmation(track: list[Fix]) -> None:
    assert stay(*track) is None


metres = st.floats(-3000, 3000)
fixes = st.lists(
    st.builds(fix, st.integers(-300, 300), metres, accuracy_m=st.floats(1, 500), mocked=st.booleans()), max_size=12
)


@given(track=fixes)
def test_a_track_never_both_confirms_and_contradicts(track: list[Fix]) -> None:
    assert stay(*track) is None or elsewhere_m(SCENE, 50.0, NOON, track, RULE) is None


@given(track=fixes, order=st.randoms(use_true_random=False))
def test_order_and_doubles_change_nothing(track: list[Fix], order: object) -> None:
    track = list({f.at: f for f in track}.values())
    mixed = [*track, *track[:3]]
    order.shuffle(mixed)  # type: ignore[attr-defined]
    assert stay(*mixed) == stay(*track)
    assert elsewhere_m(SCENE, 50.0, NOON, mixed, RULE) == elsewhere_m(SCENE, 50.0, NOON, track, RULE)


@given(track=fixes, worse=st.floats(1, 400))
def test_a_vaguer_fix_never_confirms_sooner_than_a_sharp_one(track: list[Fix], worse: float) -> None:
    near = [f for f in track if distance_m(f.position, SCENE) + f.accuracy_m <= RULE.reach_m(50.0)]
    vague = [replace(f, accuracy_m=f.accuracy_m + worse) for f in near]
    for seen in stays(SCENE, 50.0, vague, RULE):
        assert set(seen.fixes) <= set(vague)
        assert all(distance_m(f.position, SCENE) + f.accuracy_m <= RULE.reach_m(50.0) for f in seen.fixes)


def test_a_good_track_elsewhere_contradicts_and_a_poor_one_does_not() -> None:
    away = [fix(s, 2000) for s in range(-60, 181, 30)]
    nearest_m = elsewhere_m(SCENE, 50.0, NOON, away, RULE)
    assert nearest_m == pytest.approx(1990, abs=3)
    assert elsewhere_m(SCENE, 50.0, NOON, [f for f in away if f.at < NOON], RULE) is None
    assert elsewhere_m(SCENE, 50.0, NOON, [f for f in away if abs(f.at - NOON).total_seconds() > 50], RULE) == nearest_m
    assert elsewhere_m(SCENE, 50.0, NOON, [fix(-60, 2000), fix(80, 2000), fix(120, 2000)], RULE) is None  # long silence
    assert elsewhere_m(SCENE, 50.0, NOON, [*away, fix(10, 600)], RULE) is None
    assert elsewhere_m(SCENE, 50.0, NOON, [fix(s, 2000, accuracy_m=1500) for s in range(-60, 181, 30)], RULE) is None


def lane(heading_deg: float, *, p: float = 0.9, divided: bool = True, fast: bool = True) -> MatchedFix:
    return MatchedFix(position=SCENE, offset_m=3.0, heading_deg=heading_deg, p=p, divided=divided, fast=fast)


def test_the_side_of_the_road_is_named_only_where_it_is_surely_known() -> None:
    assert side_of([lane(80)], 90.0, RULE) is Carriageway.RIGHT
    assert side_of([lane(265)], 90.0, RULE) is Carriageway.OPPOSITE
    assert side_of([lane(265), lane(95)], 90.0, RULE) is Carriageway.RIGHT  # it turned, and reached it
    for unsure in ([], [lane(265, p=0.5)], [lane(265, divided=False)], [lane(180)]):
        assert side_of(unsure, 90.0, RULE) is None
    assert side_of([lane(80)], None, RULE) is None


class Roads:
    """Puts every fix on one carriageway."""

    def __init__(self, on: MatchedFix) -> None:
        self.on = on

    def __call__(self, track: Sequence[Fix]) -> MatchedTrack:
        return MatchedTrack(fixes=(self.on,) * len(track), confidence=0.8)


def claimed(scene: Scene, apart_m: float, *, until_s: int = 60) -> tuple[Incident, str]:
    """An incident whose surveyor pressed the button and is seen so far from the scene, every ten seconds."""
    incident_id = scene.report()
    job = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_assignments[0].id
    scene.desk.accept(job, scene.wait(seconds=10), by="S1")
    scene.desk.depart(job, scene.wait(seconds=60), by="S1")
    scene.wait(minutes=5)
    scene.see("S1", Position(SCENE.lon + apart_m / M_PER_LON, SCENE.lat))
    scene.desk.arrive(job, scene.now, by="S1")
    for _ in range(0, until_s, 10):
        scene.wait(seconds=10)
        scene.see("S1", Position(SCENE.lon + apart_m / M_PER_LON, SCENE.lat))
        watch(scene.desk, scene.now)
    return scene.desk.incident(incident_id), job


def test_button_and_track_are_both_kept() -> None:
    incident, job = claimed(Scene(), 30)
    done = incident.assignment(job)
    assert evidence_of(done) is ArrivalEvidence.CONFIRMED
    assert done.confirmed is not None
    assert (done.confirmed.track_arrived_at, done.confirmed.dwell_s) == (done.claimed_at, 20.0)
    assert (done.confirmed.matched, done.confirmed.carriageway) == (False, None)  # no roads were asked


def test_a_claim_from_elsewhere_becomes_a_fact_once_its_window_has_passed() -> None:
    scene = Scene()
    incident, job = claimed(scene, 3000, until_s=170)
    assert evidence_of(incident.assignment(job)) is ArrivalEvidence.UNCONFIRMED
    watch(scene.desk, scene.wait(seconds=20))
    watch(scene.desk, scene.wait(seconds=20))
    history = scene.log.history(incident.id)
    assert [e.nearest_m > 2900 for e in history if isinstance(e, ev.ArrivalContradicted)] == [True]  # once
    assert evidence_of(scene.desk.incident(incident.id).assignment(job)) is ArrivalEvidence.CONTRADICTED


def test_nobody_is_at_the_scene_from_across_the_median_of_an_expressway() -> None:
    for on, evidence in (
        (lane(270), ArrivalEvidence.UNCONFIRMED),
        (lane(270, fast=False), ArrivalEvidence.CONFIRMED),
        (lane(90), ArrivalEvidence.CONFIRMED),
    ):
        scene = Scene()
        scene.desk = replace(scene.desk, match=Roads(on), geocode=eastbound(scene))
        incident, job = claimed(scene, 30)
        assert evidence_of(incident.assignment(job)) is evidence


def test_a_confirmation_without_map_matching_says_which_check_was_not_done() -> None:
    def away(track: Sequence[Fix]) -> MatchedTrack:
        raise Unavailable("map matching is away")

    scene = Scene()
    scene.desk = replace(scene.desk, match=away)
    incident, job = claimed(scene, 30)
    confirmed = incident.assignment(job).confirmed
    assert confirmed is not None
    assert (confirmed.unchecked, confirmed.matched, confirmed.confidence) == (("roads",), False, None)


def eastbound(scene: Scene) -> object:
    """The scene's own geocoder, which now knows the carriageway."""
    known = scene.desk.geocode
    return lambda text, **hints: replace(known(text, **hints), bearing_deg=90.0)


def test_what_was_stored_before_the_track_had_a_time_of_its_own_still_reads() -> None:
    old = ev.ArrivalConfirmed(incident_id="A", at=NOON, assignment_id="A-1", unit_id="S1", distance_m=20.0)
    assert (old.track_arrived_at, old.matched, old.carriageway) == (None, None, None)
