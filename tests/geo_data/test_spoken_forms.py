"""Every form of spoken place in one table: what is said, and the parts that must be read from it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_data.places.address import SpokenPlace, parse
from geo_data.places.levels import Level
from geo_data.places.wording import normalise

KNOWN = frozenset(
    {
        "内环路",
        "内环高架",
        "华南快速",
        "广园快速路",
        "天河路",
        "开创大道",
        "大石街",
        "洛溪大桥",
        "珠江隧道",
        "S41",
        "机场高速",
    }
)

# text, parts; a part that is not named here is not looked at.
FORMS: list[tuple[str, dict[str, Any]]] = [
    # junctions
    ("黄埔大道西与猎德大道交叉口", {"roads": ("黄埔大道西", "猎德大道"), "junction": True}),
    ("天河路同体育西路嗰个十字路口", {"roads": ("天河路", "体育西路"), "junction": True, "landmarks": ()}),
    ("中山大道西科韵路红绿灯位", {"roads": ("中山大道西", "科韵路"), "junction": True}),
    ("前进路街口", {"roads": ("前进路",), "junction": True, "landmarks": ()}),
    ("江南大道中嘅轉角位", {"roads": ("江南大道中",), "junction": True}),
    # house numbers, landmarks, relations
    ("天河路二百零八号", {"numbered_road": "天河路", "number": 208}),
    ("天河區天河路２０８號", {"district": "天河区", "numbered_road": "天河路", "number": 208}),
    ("正佳廣場對面", {"landmarks": ("正佳广场",), "relation": "对面"}),
    ("天河城隔離", {"landmarks": ("天河城",), "relation": "隔壁"}),
    ("喺体育西路油站隔篱", {"roads": ("体育西路",), "landmarks": ("加油站",), "relation": "隔壁"}),
    ("天河城對面馬路", {"roads": (), "relation": "对面"}),
    ("近天河城", {"landmarks": ("天河城",)}),
    ("芳村大道东埗头", {"roads": ("芳村大道东",), "landmarks": ("码头",)}),
    # metres, directions, posts
    ("天河路往东200米", {"offset_m": 200.0, "offset_direction": "东"}),
    ("天河路往东行驶约两百米", {"offset_m": 200.0, "offset_direction": "东"}),
    ("天河路往东方向2百米", {"offset_m": 200.0, "offset_direction": "东"}),
    ("天河路以西1.5公里", {"offset_m": 1500.0, "offset_direction": "西", "kilometre_post": None}),
    ("华南快速十二点五公里", {"kilometre_post": 12.5}),
    ("华南快速K12+300北行", {"kilometre_post": 12.3, "travel_direction": "北行"}),
    ("广深高速12公里500米", {"kilometre_post": 12.5}),
    ("机场高速出城方向", {"travel_direction": "出城方向"}),
    ("洛溪大桥往番禺", {"roads": ("洛溪大桥",), "travel_direction": "往番禺"}),
    ("珠江隧道往北", {"landmarks": ("珠江隧道",), "travel_direction": "往北"}),
    ("S41机场高速北行", {"roads": ("S41", "机场高速"), "travel_direction": "北行"}),
    # between
    ("天河路与天河北路之间的体育东路", {"roads": ("体育东路",), "between": ("天河路", "天河北路"), "junction": False}),
    ("体育西路在天河路与天河北路之间", {"roads": ("体育西路",), "between": ("天河路", "天河北路")}),
    ("天河区体育西路天河路和天河北路之间", {"roads": ("体育西路",), "between": ("天河路", "天河北路")}),
    ("花城大道(冼村路至猎德大道段)", {"roads": ("花城大道",), "between": ("冼村路", "猎德大道")}),
    ("花城大道冼村路口同猎德大道口之间", {"roads": ("花城大道",), "between": ("冼村路", "猎德大道")}),
    ("广从公路永和大道和太和路之间", {"roads": ("广从公路",), "between": ("永和大道", "太和路")}),
    ("杨箕地铁站和体育西路地铁站之间", {"between": ("杨箕地铁站", "体育西路地铁站"), "metro": None}),
    ("海珠桥与解放大桥之间的沿江西路", {"roads": ("沿江西路",), "between": ("海珠桥", "解放大桥")}),
    (
        "广园东路与环市东路中间",
        {"roads": ("广园东路", "环市东路"), "between": ("广园东路", "环市东路"), "junction": False},
    ),
    # levels
    ("内环高架上近黄沙立交", {"roads": ("内环高架",), "level": Level.ABOVE, "landmarks": ("黄沙立交",)}),
    ("内环路高架桥面", {"roads": ("内环路",), "level": Level.ABOVE}),
    ("洛溪大桥上", {"roads": ("洛溪大桥",), "level": Level.ABOVE}),
    ("人民高架底", {"roads": ("人民高架",), "level": Level.BELOW}),
    ("华南快速黄埔大道桥底", {"roads": ("华南快速", "黄埔大道"), "level": Level.BELOW}),
    ("客村立交桥底", {"landmarks": ("客村立交",), "level": Level.BELOW}),
    ("黄石东路天桥底", {"roads": ("黄石东路",), "level": Level.BELOW, "landmarks": ()}),
    ("沙太路架桥底", {"roads": ("沙太路",), "level": Level.BELOW, "landmarks": ()}),
    ("广州大道行车天桥下面", {"roads": ("广州大道",), "level": Level.BELOW}),
    ("广园快速路辅路近科韵路", {"roads": ("广园快速路", "科韵路"), "level": Level.SIDE}),
    ("广园快速路主路", {"roads": ("广园快速路",), "level": Level.MAIN}),
    ("民主路12号", {"roads": ("民主路",), "level": None, "number": 12}),
    ("珠江隧道内", {"roads": ("珠江隧道",), "level": Level.TUNNEL}),
    ("花城大道隧道里面", {"roads": ("花城大道",), "level": Level.TUNNEL, "landmarks": ()}),
    ("珠江隧道口", {"landmarks": ("珠江隧道",), "level": None}),
    ("黄村立交匝道", {"landmarks": ("黄村立交",), "level": Level.RAMP}),
    ("华南快速黄埔大道出口匝道", {"roads": ("华南快速", "黄埔大道"), "level": Level.EXIT}),
    ("北环高速沙河立交入口匝道", {"landmarks": ("沙河立交",), "level": Level.ENTRANCE}),
    ("鹤洞大桥落桥位", {"level": Level.EXIT}),
    ("东圃立交上桥位", {"landmarks": ("东圃立交",), "level": Level.ENTRANCE}),
    # service areas, toll gates, interchanges named for a road
    ("火村服务区", {"landmarks": ("火村服务区",)}),
    ("机场高速三元里收费站出口", {"roads": ("机场高速",), "landmarks": ("三元里收费站",)}),
    ("开创大道立交", {"roads": (), "landmarks": ("开创大道立交",)}),
    # lamp poles
    ("灯杆 TH-01234", {"pole": "TH01234", "landmarks": ()}),
    ("路灯杆号:0123", {"pole": "0123"}),
    ("广州大道中灯杆56号", {"roads": ("广州大道中",), "pole": "56", "number": None}),
    ("广州大道中56号灯柱", {"roads": ("广州大道中",), "pole": "56", "number": None}),
    # districts, towns, villages, parks
    ("荔湾芳村大道", {"district": "荔湾区"}),
    ("黄埔大桥北行", {"district": None, "landmarks": ("黄埔大桥",)}),
    ("番禺市桥", {"district": "番禺区"}),
    ("东山口", {"district": None}),
    ("番禺区大石街道植村", {"town": "大石街道", "landmarks": ("植村",)}),
    ("化龙镇莘汀村路口", {"town": "化龙镇", "landmarks": ("莘汀村",), "roads": ()}),
    ("棠下村口", {"landmarks": ("棠下村",)}),
    ("黄埔区长洲岛深井村", {"district": "黄埔区", "landmarks": ("长洲岛", "深井村")}),
    ("大源村黄庄南路3号", {"landmarks": ("大源村",), "numbered_road": "黄庄南路"}),
    ("石碁镇前锋工业园区", {"town": "石碁镇", "landmarks": ("前锋工业园区",)}),
    ("云埔工业园骏丰路", {"roads": ("骏丰路",), "landmarks": ("云埔工业园",)}),
    ("开发区科学城科学大道", {"roads": ("科学大道",), "landmarks": ("科学城",)}),
    ("从化街口", {"district": "从化区", "landmarks": ("街口",)}),
    ("呢度系天河路同体育西路交界", {"roads": ("天河路", "体育西路"), "junction": True}),
    ("我部车喺天河路撞咗", {"roads": ("天河路",), "landmarks": ()}),
]
TAILS = (",两车追尾,一人受伤", "发生追尾事故,无人受伤", " 小车撞了护栏,车牌粤A12345,请派查勘员")


@pytest.mark.parametrize(("text", "parts"), FORMS, ids=[text for text, _ in FORMS])
def test_each_form_is_read_with_and_without_what_happened_behind_it(text: str, parts: dict[str, Any]) -> None:
    for tail in ("", *TAILS):
        spoken = parse(text + tail, KNOWN)
        assert {name: getattr(spoken, name) for name in parts} == parts


@pytest.mark.parametrize("text", [text for text, _ in FORMS])
def test_what_happened_does_not_change_the_place(text: str) -> None:
    alone = parse(text, KNOWN)
    assert [parse(text + tail, KNOWN) for tail in TAILS] == [alone] * len(TAILS)


WORDS = st.text(
    alphabet="天河路與同之間中间高架桥底上下輔路匝道灯杆号喺嘅隔離埗K12+3.5公里百米两三十,。(村街道镇口往东北 ",
    max_size=40,
)


@given(st.one_of(st.text(max_size=60), WORDS))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.one_of(st.text(max_size=60), WORDS))
def test_any_words_are_parsed_and_their_normal_form_says_the_same(text: str) -> None:
    spoken = parse(text, KNOWN)
    assert isinstance(spoken, SpokenPlace)
    assert parse(normalise(text), KNOWN) == parse(normalise(normalise(text)), KNOWN)


@pytest.mark.parametrize(
    ("text", "standard"),
    [
        ("喺嗰邊", "在那边"),
        ("隔離帶", "隔离带"),
        ("加油站同油站", "加油站同加油站"),
        ("架橋底與高架橋底", "高架桥底与高架桥底"),
        ("增埗路", "增步路"),
        ("三千米", "3000米"),
        ("3千米", "3000米"),
        ("一点五公里", "1.5公里"),
    ],
)
def test_cantonese_and_spoken_numbers_become_the_standard_form(text: str, standard: str) -> None:
    assert normalise(text) == standard


@pytest.mark.parametrize(
    ("text", "roads", "landmarks"),
    [
        ("城市花园路口", (), ("城市花园",)),
        ("番禺区城市花园路口", (), ("城市花园",)),
        ("花园路口", ("花园路",), ()),
        ("越秀区花园路口", ("花园路",), ()),
        ("市桥街道长堤东路12号", ("长堤东路",), ()),
    ],
)
def test_a_road_begins_no_earlier_and_no_later_than_its_name(
    text: str, roads: tuple[str, ...], landmarks: tuple[str, ...]
) -> None:
    spoken = parse(text, frozenset({"花园路", "市桥街"}))
    assert (spoken.roads, spoken.landmarks) == (roads, landmarks)
