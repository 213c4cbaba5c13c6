"""How like two incidents are: symmetric, bounded by what is known of the places, moved the right way by each word."""

from datetime import datetime, timedelta
from itertools import product
from string import digits

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scene import NOON, SCENE

from dispatch import events as ev
from dispatch.duplicates import USUAL, Against, Likeness, in_order, likeness, proposals
from dispatch.incident import Incident
from dispatch.location import Position, distance_m
from dispatch.triage.report_words import read_words
from dispatch.vocabulary import Channel, Confidence, MatchCode, Tier

M_PER_DEGREE = 111_195.0


def accident(
    key: str = "A",
    text: str = "撞了",
    *,
    minutes: float = 0,
    north_m: float = 0,
    radius_m: float | None = 50.0,
    plate: str = "",
    phone: str = "",
    tier: Tier = Tier.STANDARD,
    simulated: bool = False,
    closed_at: datetime | None = None,
    apart_from: frozenset[str] = frozenset(),
) -> Incident:
    """An incident ``north_m`` north of the scene; without a radius it has no place."""
    at = NOON + timedelta(minutes=minutes)
    reported = ev.IncidentReported(
        incident_id=key, at=at, text=text, channel=Channel.TELEPHONE, tier=tier, plate=plate, phone=phone,
        simulated=simulated,
    )  # fmt: skip
    located = ev.IncidentLocated(
        incident_id=key, at=at, position=Position(SCENE.lon, SCENE.lat + north_m / M_PER_DEGREE),
        uncertainty_m=radius_m or 0, match_code=MatchCode.GOOD, confidence=Confidence.HIGH, matched_text="", district=None,
    )  # fmt: skip
    return Incident(
        id=key, version=2, reported=reported, location=located if radius_m else None, closed_at=closed_at,
        apart_from=apart_from,
    )  # fmt: skip


def full_width(text: str) -> str:
    """The same text as a Chinese keyboard may write it."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def like(text: str, other: str, **more: float) -> Likeness:
    found = likeness(accident("A", text), accident("B", other, minutes=4, **more))
    assert found is not None
    return found


SAID = st.lists(
    st.sampled_from(
        [
            "两车追尾",
            "三车连环",
            "白色丰田",
            "黑色本田",
            "粤A12345",
            "粤AD12345",
            "尾号345",
            "剐蹭",
            "撞护栏",
            "货车",
            "13800138000",
        ]
    ),
    max_size=5,
).map(",".join)
ANY = st.builds(
    accident,
    key=st.sampled_from("AB"),
    text=SAID,
    minutes=st.floats(-200, 200),
    north_m=st.floats(-3000, 3000),
    radius_m=st.none() | st.floats(5, 2000),
    plate=st.sampled_from(["", "粤A12345", "12345", "不详"]),
    phone=st.sampled_from(["", "13800138000", "020-83330000"]),
    tier=st.sampled_from(Tier),
    simulated=st.booleans(),
)


@given(ANY, ANY)
def test_the_order_of_the_two_does_not_matter(a: Incident, b: Incident) -> None:
    assume(a.id != b.id)
    assert likeness(a, b) == likeness(b, a)


@given(ANY, ANY)
def test_a_likeness_is_a_probability_and_keeps_the_one_due_first(a: Incident, b: Incident) -> None:
    found = likeness(a, b)
    if found is not None:
        assert 0 <= found.p_same <= 1
        assert found.apart_s <= USUAL.window_s
        assert {found.kept_id, found.duplicate_id} == {"A", "B"}
        assert found.kept_id == in_order(a, b)[0].id


@given(ANY, ANY)
def test_nothing_is_proposed_farther_apart_than_both_radii_and_the_scene_allow(a: Incident, b: Incident) -> None:
    if a.location is None or b.location is None:
        return  # without a place there is no distance
    reach_m = a.location.uncertainty_m + b.location.uncertainty_m + USUAL.scene_m
    if distance_m(a.location.position, b.location.position) > reach_m:
        assert likeness(a, b) is None
        assert proposals([a, b]) == []


@given(ANY, ANY)
def test_real_and_simulated_are_never_alike(a: Incident, b: Incident) -> None:
    if a.reported.simulated != b.reported.simulated:
        assert likeness(a, b) is None


@given(st.lists(ANY, max_size=4))
def test_proposals_are_likely_ordered_and_open(incidents: list[Incident]) -> None:
    found = proposals(incidents)
    assert all(one.p_same >= USUAL.p_propose for one in found)
    assert [one.p_same for one in found] == sorted((one.p_same for one in found), reverse=True)


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 119), st.floats(0, 119))
def test_farther_or_later_is_never_likelier(metres: float, more_m: float, minutes: float, later: float) -> None:
    near = likeness(accident("A"), accident("B", north_m=metres, minutes=minutes))
    far = likeness(accident("A"), accident("B", north_m=metres + more_m, minutes=min(119.0, minutes + later)))
    assert near is not None
    assert far is None or far.p_same <= near.p_same + 1e-12


@given(SAID, SAID)
def test_a_plate_both_name_outweighs_whatever_else_they_say(text: str, other: str) -> None:
    found = like(f"{text},粤B86A31", f"{other},车牌粤b·86a31", radius_m=500)
    assert "粤B86A31" in found.plates
    assert found.p_same > 0.99


SPELLINGS = [
    "粤A12345", "粤a12345", "粤A·12345", "粤A-12345", "粤A 12345", "粤 A 12345", "粤A1 2 3 4 5",
    "粵A12345", "粤A.12345", "粤A123 45", "粤A幺二三四五", "粤A一二三四五",
]  # fmt: skip


@pytest.mark.parametrize("said", SPELLINGS)
def test_every_spelling_of_a_plate_is_one_plate(said: str) -> None:
    assert read_words(f"我的车{said},被追尾").plates == {"粤A12345"}
    assert read_words(full_width(f"我的车{said},被追尾")).plates == {"粤A12345"}


@pytest.mark.parametrize(
    ("said", "plate"),
    [
        ("粤AD12345", "粤AD12345"), ("粤A12345D", "粤A12345D"), ("粤B1234挂", "粤B1234挂"),
        ("粤Z1234港", "粤Z1234港"), ("粤A1234学", "粤A1234学"), ("湘A8B8C8", "湘A8B8C8"), ("粤A12O4I", "粤A12041"),
        ("粤A12345两车追尾", "粤A12345"), ("粤A123456", None), ("G4京港澳高速2103公里", None), ("华南快速K12+300北行", None),
    ],
)  # fmt: skip
def test_new_energy_trailer_and_border_plates_are_read_and_roads_are_not(said: str, plate: str | None) -> None:
    assert read_words(said).plates == (set() if plate is None else {plate})


@pytest.mark.parametrize("said", ["车牌尾号345", "尾号是三四五", "尾数345", "A12345", "后三位是345"])
def test_the_end_of_a_plate_matches_the_whole(said: str) -> None:
    found = like(f"被一台车追尾,{said}", "我是粤A12345,追尾")
    assert found.plates == ("粤A12345",)


def test_the_end_of_a_telephone_number_is_no_plate() -> None:
    assert read_words("手机尾号345,电话尾号1234").tails == set()


@given(st.text(digits, min_size=5, max_size=5), st.text(digits, min_size=5, max_size=5))
def test_other_plates_of_every_car_speak_against(mine: str, theirs: str) -> None:
    assume(mine != theirs)
    found = like(f"单车事故撞护栏,粤A{mine}", f"单车事故撞护栏,粤A{theirs}")
    same = like("单车事故撞护栏", "单车事故撞护栏")
    assert found.against == (Against.PLATES,)
    assert found.p_same < same.p_same


def test_other_plates_say_nothing_where_each_caller_names_his_own_of_two_cars() -> None:
    found = like("两车追尾,我是粤A11111", "两车追尾,我的车粤B22222")
    assert found.against == ()
    assert found.p_same == like("两车追尾", "两车追尾").p_same


def test_both_cars_of_one_crash_and_a_third_plate_are_two_crashes() -> None:
    found = like("粤A11111与粤A22222追尾", "追尾,粤B33333")
    assert found.against == (Against.PLATES,)


@pytest.mark.parametrize(
    ("text", "other", "against"),
    [("两车追尾", "三车追尾", Against.CARS), ("追尾", "侧翻", Against.EVENTS)],
)
def test_what_contradicts_is_named_and_counts(text: str, other: str, against: Against) -> None:
    found = like(text, other)
    assert found.against == (against,)
    assert found.p_same < like(text, text).p_same
    assert f"但{against.label}" in found.sentence


@pytest.mark.parametrize("shared", ["白色丰田", "环卫车", "翻车", "变道", "泥头车", "红色"])
def test_a_word_in_common_makes_it_likelier_and_is_told(shared: str) -> None:
    found = like(f"{shared},在路口", f"路口有{shared}", radius_m=800)
    assert found.words == (shared,)
    assert found.p_same > like("在路口", "路口", radius_m=800).p_same


@pytest.mark.parametrize(
    ("mine", "theirs"), list(product(["13800138000", "+86 138-0013-8000", full_width("13800138000")], repeat=2))
)
def test_one_telephone_in_any_spelling_is_one_caller(mine: str, theirs: str) -> None:
    found = likeness(accident("A", phone=mine), accident("B", phone=theirs))
    assert found is not None
    assert found.same_phone


def test_reports_without_a_place_are_not_proposed_for_the_time_alone_but_for_a_plate() -> None:
    assert proposals([accident("A", radius_m=None), accident("B", radius_m=None)]) == []
    both = [accident("A", "追尾 粤A12345", radius_m=None), accident("B", "粤A12345被撞", minutes=3)]
    (found,) = proposals(both)
    assert (found.distance_m, found.kept_id) == (None, "A")
    assert "尚有一起未定位" in found.sentence


def test_the_sentence_can_be_read_aloud() -> None:
    found = like("白色丰田被撞", "撞了一辆白色丰田", north_m=120)
    assert found.sentence == "两起报案相距120米、相隔4分钟,都提到白色丰田"


def test_closed_parted_and_old_ones_are_not_proposed() -> None:
    here = accident("A")
    assert proposals([here, accident("B")])
    assert proposals([here, accident("B", closed_at=NOON)]) == []
    assert proposals([here, accident("B", apart_from=frozenset("A"))]) == []
    assert proposals([here, accident("B", minutes=121)]) == []


@given(st.text(max_size=2000))
def test_any_text_is_read_and_what_is_read_has_the_form_of_a_plate(text: str) -> None:
    told = read_words(text)
    assert all(7 <= len(plate) <= 8 for plate in told.plates)
    assert all(2 <= len(tail) <= 5 for tail in told.tails)


@given(SAID)
def test_the_width_of_the_writing_does_not_matter(text: str) -> None:
    assert read_words(full_width(text)) == read_words(text)
