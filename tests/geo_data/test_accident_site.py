"""The scene in a long account: where somebody came to, not where the journey began."""

import pytest

from geo_data.places.accident_site import accident_site
from geo_data.places.address import parse


@pytest.mark.parametrize(
    ("text", "scene"),
    [
        ("我从天河客运站出发,沿黄埔大道由西向东行驶至猎德大道路口时,追尾前车", "猎德大道路口"),
        ("车辆行至华南快速K12+300处时爆胎", "华南快速K12+300处"),
        ("途经白云区机场路88号门前路段,与电动车相撞", "白云区机场路88号门前路段"),
        ("今早八点在天河城门口路段,被后车追尾", "天河城门口路段"),
        ("行驶至黄埔大道西与猎德大道交叉口发生追尾", "黄埔大道西与猎德大道交叉口"),
        ("由北向南行驶至体育西路左转弯时与行人碰撞", "体育西路"),
    ],
)
def test_the_scene_is_where_somebody_came_to(text: str, scene: str) -> None:
    site = accident_site(text)
    assert site is not None
    assert text[slice(*site)] == scene


@pytest.mark.parametrize(
    "text",
    [
        "民警将伤者送至市人民医院",
        "事故发生后司机在现场等候处理",
        "驾车沿泰安路由南向北行驶",
        "血液中乙醇含量为208毫克",
        "",
    ],
)
def test_an_account_that_tells_no_scene_has_none(text: str) -> None:
    assert accident_site(text) is None


def test_the_road_driven_and_the_road_reached_make_the_junction_and_the_start_is_forgotten() -> None:
    spoken = parse("我在天河区从天河客运站出发,沿黄埔大道由西向东行驶至猎德大道路口时,追尾前车")
    assert set(spoken.roads) == {"猎德大道", "黄埔大道"}
    assert spoken.junction
    assert spoken.travel_direction == "由西向东"
    assert spoken.district == "天河区"
    assert not any("客运站" in name for name in spoken.landmarks)
