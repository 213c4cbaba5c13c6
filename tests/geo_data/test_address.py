from string import printable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_data.builtin.places import builtin_places
from geo_data.places.address import parse
from geo_data.places.wording import normalise, spoken_number

TAILS = (
    "",
    ",两车追尾,一人受伤",
    "发生追尾事故,无人受伤",
    " 小车撞了护栏,车牌粤A12345,请派查勘员",
)


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize(
    "text",
    [
        "黄埔大道西与猎德大道交叉口",
        "天河区黄埔大道西猎德大道路口",
        "黄埔大道西/猎德大道",
        "黄埔大道西和猎德大道路口",
        "黄埔大道西近猎德大道",
        "黄埔大道西与猎德大道交汇处",
        "黄埔大道西(猎德大道口)",
        "黃埔大道西與獵德大道交匯處",
        "今天上午10点30分许,在黄埔大道西与猎德大道交叉口",
    ],
)
def test_two_roads_that_meet_are_read_however_it_is_said(text: str, tail: str) -> None:
    spoken = parse(text + tail)
    assert spoken.roads == ("黄埔大道西", "猎德大道")
    assert spoken.junction


@pytest.mark.parametrize(
    ("text", "road", "number"),
    [
        ("天河区中山大道中443号", "中山大道中", 443),
        ("广州大道中幺二三号门口被追尾", "广州大道中", 123),
        ("环市东路三百六十八号", "环市东路", 368),
        ("白云大道南1039-1045号", "白云大道南", 1039),
        ("兴业大道3号之2星河创意园", "兴业大道", 3),
        ("永平街泰兴路4号恒企大厦", "泰兴路", 4),
        ("夏花一路21号", "夏花一路", 21),
    ],
)
def test_a_house_number_belongs_to_the_road_before_it(text: str, road: str, number: int) -> None:
    spoken = parse(text)
    assert (spoken.numbered_road, spoken.number) == (road, number)
    assert not spoken.junction


@pytest.mark.parametrize(
    ("text", "district", "town"),
    [
        ("广东省-广州市-番禺区-广州市番禺区石楼镇新城东路", "番禺区", "石楼镇"),
        ("广州天河区五山", "天河区", None),
        ("增城市荔城街园圃路4号", "增城区", "荔城街"),
        ("萝岗区映日路1号", "黄埔区", None),
        ("番禺区市桥街道环城东路", "番禺区", "市桥街道"),
        ("从化太平镇105国道", "从化区", "太平镇"),
    ],
)
def test_district_and_town_are_read_and_old_names_brought_up_to_date(
    text: str, district: str, town: str | None
) -> None:
    spoken = parse(text)
    assert (spoken.district, spoken.town) == (district, town)


@pytest.mark.parametrize("text", ["白云大道北", "天河路", "广州大道中", "番禺大道北593号", "海珠中路"])
def test_a_road_named_for_a_district_is_not_the_district(text: str) -> None:
    assert parse(text).district is None


@pytest.mark.parametrize("text", ["地铁体育西路站A出口", "体育西路地铁站", "广州地铁三号线体育西路站"])
def test_a_metro_station_is_read(text: str) -> None:
    assert parse(text).metro == "体育西路"


def test_known_names_win_over_endings() -> None:
    assert parse("南沙港快速出口", frozenset({"南沙港快速"})).roads == ("南沙港快速",)
    assert parse("白云大道南金信路27号", frozenset({"白云大道", "白云大道南"})).roads == ("白云大道南", "金信路")


def test_relation_offset_direction_and_kilometre_post_are_kept() -> None:
    spoken = parse("从佛山往广州方向华南快速K12+300北行天河城对面往东200米")
    assert spoken.kilometre_post == pytest.approx(12.3)
    assert (spoken.offset_m, spoken.offset_direction) == (200.0, "东")
    assert spoken.relation == "对面"
    assert spoken.travel_direction is not None
    assert spoken.other_city is None
    assert parse("G4京港澳2103公里").kilometre_post == 2103


@pytest.mark.parametrize(
    "text",
    [
        "深圳南山区深南大道",
        "佛山市南海区广佛路10号",
        "广东省东莞市莞太路",
        "湖南长沙市五一路",
        "我在上海出了车祸",
        "上海",
        "上海浦东陆家嘴追尾",
        "上海南京路追尾",
        "香港中环追尾",
        "澳门路环",
        "你好,长沙追尾",
        "北京协和医院",
    ],
)
def test_another_city_is_noticed(text: str) -> None:
    assert parse(text).other_city


@pytest.mark.parametrize(
    "text",
    [
        "中山大道中",
        "东莞庄路",
        "中山八路地铁站",
        "广州大道往佛山方向",
        "天河区,车从深圳市来",
        "北京路追尾",
        "南京路小区",
        "北京路和惠福路交叉口",
        "东莞庄西路",
        "重庆火锅店门口",
        "香港仔酒楼对面",
        "深圳的车追尾了我",
        "中山一院门口",
    ],
)
def test_a_road_named_for_another_city_is_ours(text: str) -> None:
    assert parse(text).other_city is None


def test_full_width_and_control_characters_become_plain() -> None:
    assert normalise("天河路１２３号\x00\u200b(体育西路)😀") == "天河路123号 (体育西路)"


@given(st.integers(1, 9999))
def test_numbers_read_digit_by_digit_are_themselves(number: int) -> None:
    assert spoken_number("".join("零幺二三四五六七八九"[int(digit)] for digit in str(number))) == number


@given(st.text(alphabet=printable + "广州天河区路大道与交叉口号地铁站东西南北一二三123,。", max_size=200))
def test_any_text_is_parsed_without_error_and_twice_the_same(text: str) -> None:
    assert parse(text) == parse(text)


def test_no_place_of_ours_is_read_as_another_city() -> None:
    names = [name for place in builtin_places() for name in (place.name, *place.aliases)]
    assert [name for name in names if parse(name).other_city] == []


def test_a_numbered_hospital_of_the_people_is_no_party_to_an_accident() -> None:
    assert parse("广州市第一人民医院").landmarks == ("第一人民医院",)
    assert parse("广东省人民医院").landmarks == ("广东省人民医院",)
    assert parse("黄埔大道西一人受伤").landmarks == ()


@pytest.mark.parametrize(
    ("text", "roads"),
    [("天河路灯杆A123号", ("天河路",)), ("天河路路灯杆A123号", ("天河路",)), ("在路灯杆A123号", ())],
)
def test_a_lamp_pole_leaves_the_road_its_name(text: str, roads: tuple[str, ...]) -> None:
    spoken = parse(text, frozenset({"天河路"}))
    assert (spoken.roads, spoken.landmarks, spoken.pole) == (roads, (), "A123")
