"""Which photographs an incident takes, and from whom."""

from dataclasses import replace
from datetime import timedelta

import pytest
from scene import NOON, SCENE, Scene

from dispatch.errors import IllegalTransition, InvalidInput
from dispatch.evidence import Photo, PhotoKind, PhotoSource
from dispatch.photos import is_bound, photo_taken
from dispatch.policy.policy import PhotoRules
from dispatch.vocabulary import Role

RULES = PhotoRules(most=3, late_h=2.0)
PHOTO = Photo(
    sha256="0" * 64,
    media_type="image/jpeg",
    size_bytes=1000,
    width_px=40,
    height_px=30,
    kind=PhotoKind.DAMAGE,
    source=PhotoSource.SURVEYOR,
    captured_at=NOON,
    position=SCENE,
)


def numbered(n: int, **changes: object) -> Photo:
    return replace(PHOTO, sha256=f"{n:064x}", **changes)


def add(scene: Scene, key: str, photo: Photo) -> None:
    incident = scene.desk.incident(key)
    scene.desk.record(incident, photo_taken(incident, photo, scene.now, RULES, by="x"))


def test_a_source_has_room_for_so_many_and_another_for_its_own() -> None:
    scene = Scene()
    key = scene.report()
    for n in range(3):
        add(scene, key, numbered(n))
    with pytest.raises(InvalidInput, match="3 张"):
        add(scene, key, numbered(3))
    add(scene, key, numbered(4, source=PhotoSource.CALLER))
    assert len(scene.desk.incident(key).photos) == 4


def test_the_same_photograph_is_no_second_fact_and_one_dated_in_the_future_is_kept() -> None:
    scene = Scene()
    key = scene.report()
    add(scene, key, PHOTO)
    with pytest.raises(IllegalTransition):
        add(scene, key, PHOTO)
    add(scene, key, numbered(1, captured_at=scene.now + timedelta(days=400)))  # a wrong clock loses no evidence


def test_a_unit_is_bound_from_its_acceptance_until_so_long_after_its_job_and_nobody_else_is() -> None:
    scene = Scene()
    key = scene.report()
    offer = scene.desk.offer(key, Role.SURVEYOR, scene.now).open_assignments[0]

    def bound(unit_id: str | None = offer.unit_id, **later: float) -> bool:
        return is_bound(scene.desk.incident(key), unit_id, scene.now + timedelta(**later), RULES)

    assert not bound()
    scene.desk.accept(offer.id, scene.wait(seconds=30), by="x")
    assert bound(hours=50)
    scene.desk.depart(offer.id, scene.wait(minutes=1), by="x")
    scene.desk.arrive(offer.id, scene.wait(minutes=10), by="x")
    scene.desk.clear(offer.id, scene.wait(minutes=20), by="x")
    assert scene.desk.incident(key).closed_at is not None
    add(scene, key, PHOTO)  # it arrives late, and is still taken
    assert bound(hours=2)
    assert not bound(hours=2, seconds=1)
    assert not bound("S9")
    assert not bound(None)
