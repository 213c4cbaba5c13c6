"""The one question: between districts, between names, along a road, or which side of it."""

import numpy as np
import pytest

from geo_data.places.address import SpokenPlace
from geo_data.places.candidate import Candidate
from geo_data.places.question import best_question
from geo_data.places.weighing import Weighed

SAID = SpokenPlace(text="")


def one(text: str, district: str = "天河区", score: float = 0.8, kind: str = "name", *, exact: bool = True) -> Weighed:
    return Weighed(Candidate(np.zeros(2), 300.0, score, text, kind, exact=exact, district=district), score)


def test_the_same_name_in_two_districts_asks_for_the_district() -> None:
    rivals = [one("新市街", "番禺区", 0.7)]
    assert best_question(one("新市街", "白云区"), rivals, SAID, divided=False) == "在白云区还是番禺区?"


def test_two_names_in_one_district_ask_for_the_name() -> None:
    assert best_question(one("天河城"), [one("天河客运站")], SAID, divided=False) == "是天河城还是天河客运站?"


def test_the_question_is_the_one_that_parts_the_likely_places_best() -> None:
    rivals = [one("东站", "天河区", 0.75), one("东站", "番禺区", 0.3), one("东站路", "天河区", 0.7)]
    assert best_question(one("广州东站"), rivals, SAID, divided=False) == "是东站还是广州东站还是东站路?"


def test_places_that_neither_name_nor_district_parts_ask_for_what_is_near() -> None:
    assert "附近有什么" in best_question(one("华南快速K12"), [one("华南快速K12")], SAID, divided=False)


@pytest.mark.parametrize(
    ("name", "asks"),
    [("天河路", "哪一段"), ("华南快速干线", "几公里处"), ("G4", "几公里处"), ("广园快速路", "几公里处")],
)
def test_a_whole_road_asks_where_on_it(name: str, asks: str) -> None:
    assert asks in best_question(one(name, kind="road", exact=False), [], SAID, divided=True)


def test_a_point_on_a_divided_road_asks_for_the_direction_until_it_is_told() -> None:
    assert "哪个方向" in best_question(one("天河路 / 体育西路"), [], SAID, divided=True)
    told = SpokenPlace(text="", travel_direction="由东向西")
    assert best_question(one("天河路 / 体育西路"), [], told, divided=True) == ""
    assert best_question(one("天河城"), [], SAID, divided=False) == ""


def test_an_open_level_is_asked_before_the_side_of_the_road() -> None:
    asked = best_question(one("内环路 / 东风路"), [], SAID, divided=True, levels="桥上还是桥下")
    assert asked == "在桥上还是桥下?"
