"""A specialist is sent only to a hospital that is surely known; else the desk asks."""

from dataclasses import replace

import pytest
from scene import SCENE, Scene, place, surveyor

from dispatch.errors import InvalidInput, OutsideServiceArea
from dispatch.events import HospitalTold
from dispatch.incident import Incident
from dispatch.location import Location, NotLocated, Position
from dispatch.policy.policy import Policy
from dispatch.report import Report
from dispatch.response import name_hospital
from dispatch.vocabulary import Channel, Confidence, MatchCode, Role
from dispatch.windows import run_window

INJURED = "猎德大道,两车追尾,一人受伤"
SURE = Location(Position(113.36, 23.12), MatchCode.GOOD, Confidence.MEDIUM, 300.0, "省人民医院", "越秀区")
ELSEWHERE = Location(Position(113.10, 23.02), MatchCode.GOOD, Confidence.HIGH, 50.0, "佛山市第一人民医院")
FOUND: dict[str, Location | NotLocated] = {
    "省人民医院": SURE,
    "协和医院": replace(SURE, match_code=MatchCode.UP_HIERARCHY, confidence=Confidence.LOW, uncertainty_m=43_000.0),
    "中医院": replace(
        SURE, match_code=MatchCode.AMBIGUOUS, alternatives=(replace(SURE, matched_text="市中医院", district="荔湾区"),)
    ),
    "仁爱医院": replace(SURE, uncertainty_m=1001.0),
    "佛山一院": ELSEWHERE,
    "北京协和医院": NotLocated("不在广州市", city="北京"),
    "某医院": NotLocated("没有听出"),
}


def find(text: str, *, hint: Position | None = None, hint_accuracy_m: float | None = None) -> Location | NotLocated:
    return FOUND.get(text) or place(text)


def scene(policy: Policy | None = None) -> Scene:
    made = Scene([surveyor(1, 113.34), surveyor(2, 113.35, role=Role.SPECIALIST)], policy)
    made.desk = replace(made.desk, geocode=find)
    return made


def reported(made: Scene, hospital: str) -> Incident:
    said = Report(text=INJURED, received_at=made.now, channel=Channel.TELEPHONE, hospital=hospital)
    return made.desk.take_report(said)


UNSURE = pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("协和医院", "不能确定“协和医院”"),
        ("中医院", "省人民医院(越秀区)还是市中医院(荔湾区)"),
        ("仁爱医院", "全称"),
        ("某医院", "全称"),
        ("佛山一院", "以外"),
        ("北京协和医院", "合作单位"),
    ],
)


@UNSURE
def test_a_hospital_told_in_a_report_that_is_not_sure_is_asked_before_a_specialist_is_sent(
    words: str, asked: str
) -> None:
    made = scene()
    incident = reported(made, words)
    assert incident.hospital is None
    assert incident.hospital_told is not None
    assert incident.hospital_told.words == words
    assert asked in incident.hospital_told.question
    with pytest.raises(InvalidInput, match=r"伤者|医院"):
        made.desk.offer(incident.id, Role.SPECIALIST, made.now)
    run_window(made.desk, made.wait(seconds=30))
    assert made.desk.incident(incident.id).open_in(Role.SPECIALIST) is None
    assert made.desk.incident(incident.id).open_in(Role.SURVEYOR) is not None


@UNSURE
def test_a_person_is_asked_too_and_nothing_is_recorded(words: str, asked: str) -> None:
    made = scene()
    incident = reported(made, "")
    with pytest.raises(InvalidInput) as refused:
        name_hospital(made.desk, incident.id, words, made.now, by="d")
    assert asked in str(refused.value)
    assert made.desk.incident(incident.id) == incident


def test_a_hospital_surely_known_is_where_the_specialist_goes() -> None:
    made = scene()
    incident = reported(made, "省人民医院")
    assert incident.destination(Role.SPECIALIST) == incident.hospital
    assert made.desk.offer(incident.id, Role.SPECIALIST, made.now).open_in(Role.SPECIALIST) is not None


def test_the_answer_to_the_question_or_a_point_on_the_map_lets_the_specialist_go() -> None:
    made = scene()
    for answer in ({"words": "省人民医院"}, {"words": "协和医院", "position": SCENE}):
        incident = reported(made, "协和医院")
        after = name_hospital(made.desk, incident.id, now=made.now, by="d", **answer)  # type: ignore[arg-type]
        assert after.hospital_told is None
        assert after.hospital is not None
        assert after.hospital.name == answer["words"]
        assert made.desk.advise(incident.id, Role.SPECIALIST, made.now).options


def test_a_point_outside_the_city_is_no_place_to_send_a_specialist_to() -> None:
    made = scene()
    incident = reported(made, "协和医院")
    with pytest.raises(OutsideServiceArea):
        name_hospital(made.desk, incident.id, "协和医院", made.now, position=Position(116.4, 39.9), by="d")


def test_how_sure_is_a_matter_of_policy() -> None:
    lax = Policy.from_mapping({"hospital": {"max_uncertainty_m": 1100, "confidence": ["MEDIUM"]}})
    assert reported(scene(lax), "仁爱医院").hospital is not None
    strict = Policy.from_mapping({"hospital": {"confidence": ["HIGH"]}})
    assert reported(scene(strict), "省人民医院").hospital is None
    with pytest.raises(InvalidInput, match="no confidence"):
        Policy.from_mapping({"hospital": {"confidence": ["SURE"]}})


def test_a_report_without_a_hospital_sends_the_specialist_to_the_scene() -> None:
    made = scene()
    incident = reported(made, " ")
    assert not [e for e in made.log.history(incident.id) if isinstance(e, HospitalTold)]
    assert incident.destination(Role.SPECIALIST) == incident.location
