"""Names by their sound: slips of homophones, and names typed in pinyin."""

import pytest

from geo_data.places.road_names import RoadNames
from geo_data.places.sounds import Sounds

NAMES = ("天河路", "体育西路", "广州大道中", "广州大道南", "黄埔大道西", "天河城")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tianhelu", "天河路"),
        ("tian he lu yu ti yu xi lu jiaochakou", "天河路与体育西路交叉口"),
        ("Huangpu Dadao Xi 100号", "黄埔大道西 100号"),
        ("tianhecheng duimian", "天河城对面"),
        ("天河路tiyuxilu路口", "天河路体育西路路口"),
    ],
)
def test_names_typed_in_pinyin_are_written_in_characters(typed: str, meant: str) -> None:
    assert Sounds(NAMES).in_characters(typed) == meant


@pytest.mark.parametrize("text", ["BMW X5", "Tesla hit me", "K12+300", "粤A12345", "tianhelu is here", ""])
def test_what_is_not_all_pinyin_stays_as_it_was(text: str) -> None:
    assert Sounds(NAMES).in_characters(text) == text


@pytest.mark.parametrize(
    ("slip", "meant"), [("广州大道钟", "广州大道中"), ("黄浦大道西", "黄埔大道西"), ("天和路", "天河路")]
)
def test_a_road_is_known_by_its_sound(slip: str, meant: str) -> None:
    assert RoadNames(NAMES).resolve(slip) == (meant,)


def test_roads_that_differ_in_direction_are_never_taken_for_each_other() -> None:
    assert RoadNames(["体育西路"]).resolve("体育东路") == ()


def test_a_slip_that_may_mean_two_roads_means_none() -> None:
    assert RoadNames(["东华北路", "东漖北路", *NAMES]).resolve("东蓢北路") == ()
    assert RoadNames(["东漖北路", *NAMES]).resolve("东蓢北路") == ("东漖北路",)
