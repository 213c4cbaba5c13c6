"""Triage: sentences to tiers, with the evidence; answers beat words; negations are heard."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.location import Location, Position
from dispatch.policy.policy import TriageRules
from dispatch.report import Report
from dispatch.triage.triage import can_drive, triage
from dispatch.triage.triage_words import PATTERNS, first_heard, plain_words
from dispatch.vocabulary import Channel, Confidence, MatchCode, Tier, pressing_first

NOW = datetime(2026, 11, 22, tzinfo=UTC)
GREEN, INJURY, EXPRESSWAY, HEAVY, MULTI = (
    Tier.GREEN_CHANNEL, Tier.INJURY, Tier.EXPRESSWAY, Tier.HEAVY_LOSS, Tier.MULTI_VEHICLE,
)  # fmt: skip
STANDARD, MINOR = Tier.STANDARD, Tier.MINOR


def said(text: str, **more: Any) -> Report:
    return Report(text=text, received_at=NOW, channel=Channel.TELEPHONE, **more)


def tiers(text: str, place: Location | None = None, rules: TriageRules | None = None, **more: Any) -> list[Tier]:
    return [f.tier for f in triage(said(text, **more), place, rules or TriageRules())]


def at(name: str) -> Location:
    return Location(Position(113.3, 23.1), MatchCode.GOOD, Confidence.HIGH, 50.0, name, "天河区")


SENTENCES: list[tuple[str, list[Tier]]] = [
    # nobody hurt, or said so
    ("黄埔大道西与猎德大道交叉口,两车追尾", [STANDARD]),
    ("两车追尾,无人受伤", [STANDARD]),
    ("没有人受伤,就是车坏了", [STANDARD]),
    ("没受伤", [STANDARD]),
    ("人都没事,车门凹了", [STANDARD]),
    ("未造成人员伤亡", [STANDARD]),
    ("没有造成任何人员受伤", [STANDARD]),
    ("双方司机都没有受伤", [STANDARD]),
    ("冇人受傷,架車郁唔到", [STANDARD]),
    ("受伤倒没有,就是吓了一跳", [STANDARD]),
    ("受伤的没有,车撞了", [STANDARD]),
    ("不用叫救护车,人没事", [STANDARD]),
    ("唔使叫救護車", [STANDARD]),
    ("架车死咗火", [STANDARD]),
    ("黄埔大道120号门口追尾", [STANDARD]),
    ("儿童医院门口两车追尾", [STANDARD]),
    ("中山一院门口倒车撞到柱子", [STANDARD]),
    ("撞伤护栏,车头凹了", [STANDARD]),
    ("撞死一只狗", [STANDARD]),
    ("漆面擦伤,对方走了", [STANDARD]),
    ("有没有人受伤不清楚,我路过看到的", [STANDARD]),
    # hurt
    ("两车追尾,一人受伤", [INJURY]),
    ("骑车人骨折", [INJURY]),
    ("已打120", [INJURY]),
    ("有人被困车内", [INJURY]),
    ("对方无人受伤,我这边司机受伤了", [INJURY]),
    ("不是没有人受伤,是两个", [INJURY]),
    ("没开灯撞伤了人", [INJURY]),
    ("未系安全带,乘客头破了", [INJURY]),
    ("阿婆俾車撞親,流緊血", [INJURY]),
    ("我個頭撞到暈咗", [INJURY]),
    ("腰有点痛,想去检查", [INJURY]),
    ("电动车司机倒地,脚擦伤", [INJURY]),
    ("人已经送去中山一院医院了", [INJURY]),
    ("救护车已经把人拉走", [INJURY]),
    ("撞到行人,人昏迷", [INJURY]),
    ("叫咗白车,司机唔出得声", [INJURY]),
    ("司机不省人事", [INJURY]),
    ("摩托车骑手当场死亡", [INJURY]),
    # how many
    ("三车连环追尾", [MULTI]),
    ("3车追尾,堵住了", [MULTI]),
    ("五辆小车撞在一起", [MULTI]),
    ("好几台车撞埋一齐", [MULTI]),
    ("三车道中间追尾", [STANDARD]),
    ("四辆车连环相撞,两人受伤", [INJURY, MULTI]),
    ("不是连环,就两台车", [STANDARD]),
    # the expressway
    ("广州环城高速沙贝段追尾", [EXPRESSWAY]),
    ("机场高速往北,撞护栏", [EXPRESSWAY]),
    ("G4京港澳追尾", [EXPRESSWAY]),
    ("S15沈海支线,前车急刹追尾", [EXPRESSWAY]),
    ("G107国道追尾", [STANDARD]),
    ("高速行驶时追尾前车", [STANDARD]),
    ("广深高速桥底剐蹭", [STANDARD]),
    ("刚下广州绕城高速就追尾", [STANDARD]),
    ("还没上高速,在路口追尾", [STANDARD]),
    ("广河高速,五车连环相撞,有人流血", [INJURY, EXPRESSWAY, MULTI]),
    # much to pay
    ("小车侧翻在路边", [HEAVY]),
    ("架車反咗,人爬咗出嚟", [HEAVY]),
    ("车辆自燃,整车烧毁", [HEAVY]),
    ("气囊全部弹出,车头没了", [HEAVY]),
    ("被追尾,气囊没弹", [STANDARD]),
    ("车子没有起火", [STANDARD]),
    ("暴雨,车被水淹了", [HEAVY]),
    ("撞了一台劳斯莱斯", [HEAVY]),
    ("车损大概二十万", [HEAVY]),
    ("冲出护栏掉进河里,有人被困", [INJURY, HEAVY]),
    # who jumps the queue
    ("校车被追尾,车上没有小孩", [GREEN]),
    ("与救护车相撞", [GREEN]),
    ("追尾了一辆警车", [GREEN]),
    ("消防车来了,火灭了", [STANDARD]),
    ("校车站附近追尾", [STANDARD]),
    ("车上有孕妇,受了惊", [GREEN]),
    ("车上有个细路仔", [GREEN]),
    ("车上没有小孩也没有孕妇", [STANDARD]),
    ("儿童公园门口追尾", [STANDARD]),
    ("油罐车侧翻,汽油泄漏", [GREEN, HEAVY]),
    ("高速上槽罐车追尾,司机被困", [GREEN, INJURY, EXPRESSWAY]),
    # nothing much
    ("轻微刮蹭", [MINOR]),
    ("就係刮花咗少少", [MINOR]),
    ("小碰一下,掉了点漆", [MINOR]),
    ("刮花了,车开不了", [STANDARD]),
    ("轻微脑震荡", [INJURY]),
    ("对方轻微伤", [INJURY]),
]


@pytest.mark.parametrize(("text", "wanted"), SENTENCES)
def test_a_sentence_tells_its_tiers(text: str, wanted: list[Tier]) -> None:
    assert tiers(text) == wanted


@pytest.mark.parametrize(
    ("text", "drives"),
    [
        ("小车撞上隔离墩,车辆无法行驶", False),
        ("车开不了,要拖车", False),
        ("架車郁唔到", False),
        ("死咗火,打唔着", False),
        ("不需要拖车,车能开", True),
        ("部車仲行得", True),
        ("小车与货车剐蹭,车辆可行驶", True),
        ("车不能开了", False),
        ("两车追尾", None),
        ("不能开车门", None),
    ],
)
def test_words_tell_whether_the_vehicle_drives(text: str, drives: bool | None) -> None:
    assert can_drive(said(text)) is drives


def test_answers_beat_the_words() -> None:
    assert tiers("一人受伤", injured=False) == [STANDARD]
    assert tiers("两车追尾", injured=True) == [INJURY]
    assert tiers("三车连环追尾", vehicles=2) == [STANDARD]
    assert tiers("追尾", vehicles=4) == [MULTI]
    assert tiers("机场高速追尾", on_expressway=False) == [STANDARD]
    assert tiers("追尾", on_expressway=True) == [EXPRESSWAY]
    assert tiers("侧翻", big_loss=False) == [STANDARD]
    assert tiers("追尾", big_loss=True) == [HEAVY]
    assert tiers("追尾", make="法拉利") == [HEAVY]
    assert tiers("追尾", injured=False, drivable=True) == [MINOR]
    assert tiers("轻微刮蹭", drivable=False) == [STANDARD]
    assert can_drive(said("车开不了", drivable=True)) is True


def test_each_tier_names_what_spoke_for_it() -> None:
    found = {f.tier: f.because for f in triage(said("三车追尾,骑车人骨折", on_expressway=True))}
    assert found == {INJURY: "听到“骨折”", EXPRESSWAY: "报案人答:在高速公路上", MULTI: "听到“三车”"}
    assert [f.because for f in triage(said("两车追尾"))] == ["未听出其他情形"]


def test_the_place_found_tells_an_expressway_unless_the_words_say_beside_it() -> None:
    assert tiers("K12处追尾", at("机场高速 K12+0")) == [EXPRESSWAY]
    assert triage(said("K12处追尾"), at("机场高速 K12+0"))[0].because == "定位在机场高速 K12+0"
    assert tiers("机场高速桥底追尾", at("机场高速")) == [STANDARD]
    assert tiers("追尾", at("黄埔大道西 / 猎德大道")) == [STANDARD]


def test_the_green_channel_opens_by_the_criteria_of_the_policy() -> None:
    rules = TriageRules(green_plates=("粤A·99",), green_clients=("VIP-", "138"), green_school_bus=False)
    assert tiers("追尾", rules=rules, plate="粤A99123") == [GREEN]
    assert tiers("粤A99123被追尾", rules=rules) == [GREEN]
    assert tiers("追尾", rules=rules, plate="粤A12399") == [STANDARD]
    assert tiers("追尾", rules=rules, client="vip-0007") == [GREEN]
    assert tiers("追尾", rules=rules, phone="13800000000") == [GREEN]
    assert tiers("校车被追尾", rules=rules) == [STANDARD]
    assert tiers("追尾", plate="粤A1234警") == [GREEN]
    assert tiers("追尾", plate="粤A1234警", rules=TriageRules(green_emergency_vehicle=False)) == [STANDARD]


WORDS = [text for text, _ in SENTENCES]


@given(
    st.one_of(
        st.text(min_size=1).filter(lambda t: any(c.isprintable() and not c.isspace() for c in t)),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map("".join),
    ),
    st.none() | st.booleans(),
    st.none() | st.booleans(),
    st.none() | st.integers(1, 9),
)
def test_any_text_has_tiers_in_order_each_with_a_reason(
    text: str, injured: bool | None, drivable: bool | None, vehicles: int | None
) -> None:
    found = triage(said(text[:2000], injured=injured, drivable=drivable, vehicles=vehicles))
    assert tuple(f.tier for f in found) == pressing_first(f.tier for f in found)
    assert all(f.because for f in found)
    assert (injured is True) <= (INJURY in {f.tier for f in found})


@given(st.sampled_from(WORDS), st.text(max_size=40))
def test_a_word_taken_back_is_found_only_where_it_is_said(text: str, more: str) -> None:
    words = plain_words(text + more)
    assert first_heard(words, PATTERNS[INJURY]) in words
