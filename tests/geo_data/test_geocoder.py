import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import InvalidInput, OutsideServiceArea
from dispatch.location import Location, NotLocated, Position, distance_m
from dispatch.vocabulary import Confidence, MatchCode
from geo_data.builtin.places import Place
from geo_data.places.geocoder import Geocoder
from geo_data.roads.network import Network

CORNER = Position(113.32, 23.12)
SEA = Position(114.9, 21.5)

LINES = {
    "黄埔大道西": [(113.30, 23.12), (113.32, 23.12), (113.34, 23.12)],
    "黄埔大道东": [(113.40, 23.12), (113.42, 23.12)],
    "猎德大道": [(113.32, 23.11), (113.32, 23.12), (113.32, 23.13)],
    "华南快速干线": [(113.34, 23.10), (113.34, 23.12), (113.34, 23.16)],
    "环村路": [(113.303, 23.11), (113.303, 23.13), (113.337, 23.13), (113.337, 23.11)],  # meets 黄埔大道西 twice
}


def network(lines: dict[str, list[tuple[float, float]]]) -> Network:
    """One directed edge a segment; enough of a network for its names and geometry."""
    ends = [(name, a, b) for name, line in lines.items() for a, b in itertools.pairwise(line)]
    m, names = len(ends), tuple(lines)
    lon = np.array([[a[0], b[0]] for _, a, b in ends]).ravel()
    lat = np.array([[a[1], b[1]] for _, a, b in ends]).ravel()
    at = np.arange(m, dtype=np.int32)
    small = np.zeros(m, dtype=np.uint8)
    return Network(
        node_lon=lon,
        node_lat=lat,
        node_origin=np.arange(2 * m, dtype=np.int32),
        first_out=np.zeros(2 * m + 1, dtype=np.int64),
        tail=2 * at,
        head=2 * at + 1,
        edge_origin=at,
        length_m=np.ones(m),
        speed_kph=np.ones(m),
        turn_s=np.zeros(m),
        road_class=small,
        flags=small,
        lanes=small,
        name=np.array([names.index(name) for name, _, _ in ends], dtype=np.int32),
        ref=np.full(m, -1, dtype=np.int32),
        first_point=np.arange(0, 2 * m + 1, 2, dtype=np.int64),
        point_lon=lon,
        point_lat=lat,
        names=names,
    )


def place(name: str, lon: float, lat: float, *aliases: str, kind: str = "company", district: str = "天河区") -> Place:
    return Place(name, aliases, kind, Position(lon, lat), district, "made up for this test")


PLACES = [
    place("体育西路站", 113.316, 23.134, "地铁体育西路站", kind="metro_station"),
    place("广州塔", 113.319, 23.106, "小蛮腰", kind="landmark", district="海珠区"),
    place("石楼镇", 113.48, 22.97, "石楼", kind="town", district="番禺区"),
    place("华润小区", 113.33, 23.135, "天河区花城大道20号"),
    place("高德置地", 113.325, 23.135, "天河区花城大道60号"),
    place("幸福村", 113.35, 23.15, kind="village"),
    place("幸福村", 113.60, 23.55, kind="village", district="从化区"),
]


def district_of(position: Position) -> str | None:
    if not (112.9 < position.lon < 114.1 and 22.5 < position.lat < 24.0):
        return None
    if position.lat > 23.4:
        return "从化区"
    if position.lat < 23.05:
        return "番禺区"
    return "海珠区" if position.lat < 23.108 else "天河区"


@pytest.fixture(scope="module")
def geocoder() -> Geocoder:
    return Geocoder(network(LINES), PLACES, district_of)


def found(answer: Location | NotLocated) -> Location:
    assert isinstance(answer, Location), answer
    return answer


@pytest.mark.parametrize(
    "text",
    [
        "天河区黄埔大道西与猎德大道交叉口,两车追尾,一人受伤",
        "黄埔大道西/猎德大道",
        "猎德大道黄埔大道西路口",
        "黃埔大道西近獵德大道",
        "黄埔大道西(猎德大道口)",
        "猎德大到与黄埔大道西交叉口",
    ],
)
def test_a_junction_is_where_the_two_roads_meet(geocoder: Geocoder, text: str) -> None:
    location = found(geocoder.geocode(text))
    assert distance_m(location.position, CORNER) < location.uncertainty_m


def test_a_sure_junction_says_that_it_is_sure(geocoder: Geocoder) -> None:
    location = found(geocoder.geocode("天河区黄埔大道西与猎德大道交叉口"))
    assert distance_m(location.position, CORNER) < 20
    assert (location.match_code, location.confidence) == (MatchCode.GOOD, Confidence.HIGH)
    assert (location.matched_text, location.district) == ("黄埔大道西 / 猎德大道", "天河区")


def test_two_meetings_of_the_same_roads_are_ambiguous_and_both_named(geocoder: Geocoder) -> None:
    location = found(geocoder.geocode("环村路与黄埔大道西交叉口"))
    assert location.match_code is MatchCode.AMBIGUOUS
    assert location.alternatives
    assert distance_m(location.position, location.alternatives[0].position) > 1000


def test_a_short_name_finds_the_expressway(geocoder: Geocoder) -> None:
    location = found(geocoder.geocode("华南快速与黄埔大道西交汇处"))
    assert distance_m(location.position, Position(113.34, 23.12)) < 60


def test_a_house_number_lies_between_its_known_neighbours(geocoder: Geocoder) -> None:
    location = found(geocoder.geocode("天河区花城大道40号"))
    assert 113.325 < location.position.lon < 113.33
    assert location.matched_text == "花城大道40号"


def test_a_known_house_number_is_its_place(geocoder: Geocoder) -> None:
    location = found(geocoder.geocode("天河区花城大道20号"))
    assert distance_m(location.position, Position(113.33, 23.135)) < 5


@pytest.mark.parametrize("text", ["地铁体育西路站A出口附近", "体育西路地铁站", "广州地铁三号线体育西路站"])
def test_a_metro_station_is_found(geocoder: Geocoder, text: str) -> None:
    location = found(geocoder.geocode(text))
    assert location.matched_text == "体育西路站"
    assert location.match_code is MatchCode.GOOD


def test_a_nickname_finds_the_landmark(geocoder: Geocoder) -> None:
    assert found(geocoder.geocode("小蛮腰对面")).matched_text == "广州塔"


def test_namesakes_are_told_apart_by_the_district_or_shown_as_ambiguous(geocoder: Geocoder) -> None:
    assert found(geocoder.geocode("从化区幸福村")).district == "从化区"
    assert found(geocoder.geocode("天河区幸福村")).district == "天河区"
    assert found(geocoder.geocode("幸福村")).match_code is MatchCode.AMBIGUOUS


@pytest.mark.parametrize(
    ("text", "matched"), [("番禺区石楼镇", "石楼镇"), ("黄埔大道西", "黄埔大道西"), ("天河区", "天河区")]
)
def test_an_area_or_a_whole_road_is_up_the_hierarchy_with_a_wide_radius(
    geocoder: Geocoder, text: str, matched: str
) -> None:
    location = found(geocoder.geocode(text))
    assert location.match_code is MatchCode.UP_HIERARCHY
    assert location.matched_text == matched
    assert location.uncertainty_m > 1000


def test_the_phone_narrows_words_that_agree(geocoder: Geocoder) -> None:
    words = found(geocoder.geocode("黄埔大道西与猎德大道交叉口"))
    both = found(geocoder.geocode("黄埔大道西与猎德大道交叉口", hint=Position(113.3205, 23.1203), hint_accuracy_m=30))
    assert both.uncertainty_m < words.uncertainty_m
    assert "手机定位" in both.matched_text


def test_the_phone_tells_namesakes_apart(geocoder: Geocoder) -> None:
    location = found(geocoder.geocode("幸福村", hint=Position(113.601, 23.551), hint_accuracy_m=100))
    assert location.district == "从化区"


def test_the_phone_places_words_that_name_only_a_road(geocoder: Geocoder) -> None:
    phone = Position(113.305, 23.1201)
    location = found(geocoder.geocode("黄埔大道西", hint=phone, hint_accuracy_m=20))
    assert distance_m(location.position, phone) < 1
    assert location.uncertainty_m < 200


def test_a_phone_elsewhere_is_a_contradiction_that_is_said(geocoder: Geocoder) -> None:
    location = found(geocoder.geocode("黄埔大道西与猎德大道交叉口", hint=Position(113.48, 22.97)))
    assert distance_m(location.position, CORNER) < 20
    assert (location.match_code, location.confidence) == (MatchCode.AMBIGUOUS, Confidence.LOW)
    assert "相距" in location.matched_text
    assert location.alternatives[0].matched_text == "手机定位"


def test_words_without_a_place_leave_the_phone(geocoder: Geocoder) -> None:
    location = found(geocoder.geocode("两车追尾", hint=CORNER))
    assert (location.position, location.matched_text) == (CORNER, "手机定位:猎德大道(广州塔以北约1560米)")


def test_a_phone_in_the_sea_is_outside_the_service_area(geocoder: Geocoder) -> None:
    with pytest.raises(OutsideServiceArea, match="超出服务范围"):
        geocoder.geocode("黄埔大道西", hint=SEA)


@pytest.mark.parametrize("text", ["深圳南山区深南大道", "佛山市南海区广佛路10号"])
def test_another_city_is_outside_the_service_area(geocoder: Geocoder, text: str) -> None:
    answer = geocoder.geocode(text)
    assert isinstance(answer, NotLocated)
    assert answer.reason.startswith("超出服务范围")


def test_words_of_another_city_and_a_phone_in_ours_are_asked_about(geocoder: Geocoder) -> None:
    answer = geocoder.geocode("佛山祖庙追尾", hint=CORNER)
    assert isinstance(answer, NotLocated)
    assert answer.city == "佛山"
    assert answer.reason.startswith("文字说在佛山,手机定位却在广州市天河区")
    assert answer.reason.endswith("请问事故在佛山还是在广州?")


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE incident; --", "😀🚗💥", "\x00\x01\x7f", "两车追尾,无人受伤", "asdf", "无名路"]
)
def test_words_that_name_no_known_place_are_not_located(geocoder: Geocoder, text: str) -> None:
    answer = geocoder.geocode(text)
    assert isinstance(answer, NotLocated)
    assert "?" in answer.reason


@pytest.mark.parametrize("text", ["", "   ", "\n", "天" * 10_000])
def test_an_empty_or_endless_text_is_invalid(geocoder: Geocoder, text: str) -> None:
    with pytest.raises(InvalidInput):
        geocoder.geocode(text)


@settings(deadline=None)
@given(st.text(alphabet="黄埔猎德大道西华南快速与交叉口路号区天河12,()\x00😀a幸福村", min_size=1, max_size=60))
def test_every_text_gets_an_answer_that_is_well_formed(text: str) -> None:
    answer = WELL_FORMED.geocode(text) if text.strip() else NotLocated("空")
    if isinstance(answer, NotLocated):
        assert answer.reason
        return
    assert answer.uncertainty_m > 0
    assert district_of(answer.position) is not None
    assert len(answer.alternatives) <= 5
    assert all(not other.alternatives for other in answer.alternatives)


WELL_FORMED = Geocoder(network(LINES), PLACES, district_of)


def test_a_geocoder_without_any_table_locates_nothing() -> None:
    answer = Geocoder(network({"黄埔大道西": LINES["黄埔大道西"]}), [], district_of).geocode("体育西路站")
    assert isinstance(answer, NotLocated)
