import pytest

from dispatch.location import Position
from geo_data.builtin.places import Place
from geo_data.places.gazetteer import Gazetteer
from geo_data.places.place_names import plain_name
from geo_data.places.road_names import RoadNames

HERE = Position(113.3, 23.1)


def gazetteer(*names: str) -> Gazetteer:
    return Gazetteer([Place(name, (), "company", HERE, "天河区", "test") for name in names])


def test_a_name_inside_a_sentence_is_found_whole() -> None:
    match = gazetteer("正佳广场", "天河城", "广州圆大厦").search("我在正佳广场门口")[0]
    assert match.name == "正佳广场"
    assert match.name_share == pytest.approx(1.0)
    assert match.text_share < 1


def test_the_telling_pair_outweighs_the_common_one() -> None:
    names = [f"{word}停车场" for word in ("富力", "保利", "万科", "恒大", "时代")]
    assert gazetteer(*names).search("万科停车场入口")[0].name.startswith("万科")


def test_a_text_without_a_known_pair_finds_nothing() -> None:
    assert gazetteer("正佳广场").search("无关") == []
    assert gazetteer().search("正佳广场") == []


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("广州圆大厦充电站", "广州圆大厦"),
        ("广州市白云区石井庆槎路801号", "白云区石井庆槎路801号"),
        ("凯景酒店停车场2区", "凯景酒店"),
        ("五山路口站", "五山路"),
        ("猎德站", "猎德"),
        ("永旺梦乐城(直流低压)", "永旺梦乐城"),
    ],
)
def test_generic_endings_are_not_part_of_a_name(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_parts_of_a_road_answer_to_the_name_of_the_whole() -> None:
    names = RoadNames(["黄埔大道西", "黄埔大道中", "天河路"])
    assert set(names.resolve("黄埔大道")) == {"黄埔大道西", "黄埔大道中"}
    assert names.resolve("黄埔大道西") == ("黄埔大道西",)


def test_expressways_answer_to_their_short_names() -> None:
    names = RoadNames(["广州环城高速公路", "华南快速干线"])
    assert names.resolve("环城高速") == ("广州环城高速公路",)
    assert names.resolve("华南快速") == ("华南快速干线",)


def test_one_wrong_character_is_forgiven_but_never_a_direction_or_a_number() -> None:
    names = RoadNames(["猎德大道", "体育西路", "鹤龙一路"])
    assert names.resolve("列德大道") == ("猎德大道",)
    assert names.resolve("体育东路") != ("体育西路",)
    assert names.resolve("鹤龙六路") == ()
    assert names.resolve("完全无关大道") == ()
