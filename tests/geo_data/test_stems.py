"""Cores of names, and the places that share one."""

import pytest

from geo_data.places.place_names import plain_name
from geo_data.places.stems import Stems, stem


def stems_of(*names: str) -> Stems:
    return Stems((i, plain_name(name)) for i, name in enumerate(names))


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("三沙村口", "三沙"),
        ("三沙路口", "三沙"),
        ("琶洲大桥南站", "琶洲"),
        ("大塘总站", "大塘"),
        ("屏一村委", "屏一"),
        ("洪奇沥大桥北站", "洪奇沥"),
        ("员村四横路", "员村"),
        ("桥东", "桥东"),
    ],
)
def test_the_core_is_what_is_left_without_kind_side_and_stop(name: str, core: str) -> None:
    assert stem(name) == core


def test_places_of_the_same_core_are_found_whatever_they_are() -> None:
    stems = stems_of("三沙村口", "大塘总站", "三沙小学")
    assert [i for i, _ in stems.of("三沙路口站")] == [0, 2]


def test_both_names_of_a_stop_are_found() -> None:
    stems = stems_of("石井大道(石沙路口)")
    assert stems.of("石沙路") == [(0, "石沙路")]
    assert [i for i, _ in stems.of("石井大道")] == [0]


def test_the_place_that_leads_a_longer_name_is_found_the_longest_first() -> None:
    stems = stems_of("大岗", "大岗园林厂", "九佛街道")
    assert [i for i, _ in stems.leading("九佛政和路口")] == [2]
    assert [i for i, _ in stems.leading("大岗园林厂宾馆路口")] == [1]
    assert stems.leading("花都") == []


def test_a_core_that_too_many_places_share_is_a_word_and_names_none() -> None:
    assert stems_of(*["幸福村"] * 41).of("幸福路口") == []
    assert len(stems_of(*["幸福村"] * 40).of("幸福路口")) == 40
