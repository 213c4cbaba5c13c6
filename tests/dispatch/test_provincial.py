"""Reports from other cities: who takes them, under what promise, and how that is judged."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from scene import NOON, Scene, place, surveyor

from dispatch.auditing.audit import audit, judge
from dispatch.errors import Conflict, IllegalTransition, InvalidInput, OutsideServiceArea, UnknownId
from dispatch.events import Event
from dispatch.folding import fold
from dispatch.incident import Incident
from dispatch.location import Location, NotLocated, Position
from dispatch.log import EventLog, MemoryLog
from dispatch.plan_words import say_plan, say_plan_in_english
from dispatch.policy.policy import Policy
from dispatch.policy.province import CITIES, city_of
from dispatch.ports import MemoryFleet
from dispatch.recovery_desk import partner_told
from dispatch.report import Report
from dispatch.response import change_tiers, name_hospital, start_remote, waive
from dispatch.unit import Fix
from dispatch.vocabulary import Channel, IncidentStatus, PartnerStep, RiskKind, Role, Tier, Verdict, Zone
from dispatch.watch import watch
from dispatch.windows import run_window
from geo_data.stores.postgis_log import PostgisLog

FOSHAN = {
    "city": "佛山市",
    "name": "佛山示例救援",
    "telephone": "000-0000-0001",
    "contact_within_s": 600,
    "on_scene_within_s": 3600,
}
POLICY = Policy.from_mapping({"recovery": {"partners": [FOSHAN]}})
IN_FOSHAN, IN_BEIJING, IN_TOWN = Position(113.12, 23.02), Position(116.4, 39.9), Position(113.33, 23.12)


def elsewhere(
    text: str, *, hint: Position | None = None, hint_accuracy_m: float | None = None
) -> Location | NotLocated:
    """Know a few other cities besides what the scene knows."""
    city = next((c for c in ("南海", "佛山", "深圳", "北京") if c in text), None)
    return NotLocated("不在广州市", city=city) if city else place(text)


def desk_in(log: EventLog) -> Scene:
    scene = Scene(policy=POLICY)
    scene.desk = replace(scene.desk, geocode=elsewhere, log=log)
    return scene


@pytest.fixture(params=["memory", "postgis"])
def scene(request: pytest.FixtureRequest) -> Scene:
    return desk_in(MemoryLog() if request.param == "memory" else PostgisLog(request.getfixturevalue("connection")))


def report(scene: Scene, text: str, point: Position | None = None) -> Incident:
    return scene.desk.take_report(Report(text=text, received_at=scene.now, channel=Channel.TELEPHONE, position=point))


def told(scene: Scene, incident: Incident, step: PartnerStep, **more: object) -> Incident:
    at = more.pop("at", scene.now)
    return partner_told(scene.desk, incident.id, step, at, scene.now, told_by="李师傅", by="d", **more)  # type: ignore[arg-type]


def history(scene: Scene, incident: Incident) -> list[Event]:
    return scene.desk.log.history(incident.id)


def test_a_report_from_a_city_with_a_partner_is_theirs_under_their_promise(scene: Scene) -> None:
    incident = report(scene, "南海区广佛路追尾,车动不了")
    assert incident.partner is not None
    assert incident.partner.engaged.partner == "佛山示例救援"
    assert incident.partner.engaged.contact_due_at == scene.now + timedelta(minutes=10)
    assert incident.commitment is not None
    assert (incident.commitment.zone, incident.commitment.limit_s) == (Zone.PROVINCE, 3600)
    assert incident.status is IncidentStatus.OFFERED
    assert scene.desk.incident(incident.id) == incident == fold(history(scene, incident))


def test_none_of_our_own_is_sent_there(scene: Scene) -> None:
    incident = report(scene, "佛山祖庙追尾")
    with pytest.raises(Conflict, match="佛山示例救援"):
        scene.desk.offer(incident.id, Role.TOW_UNIT, scene.now)


def test_what_our_plan_knows_means_nothing_for_a_partner_until_the_place_is_ours(scene: Scene) -> None:
    incident = report(scene, "佛山祖庙追尾")
    desk, key, now = scene.desk, incident.id, scene.now
    steps: list[Callable[[], Incident]] = [
        lambda: change_tiers(desk, key, [Tier.INJURY], now, reason="有人受伤", by="d"),
        lambda: waive(desk, key, Role.SURVEYOR, now, reason="撤案", by="d"),
        lambda: name_hospital(desk, key, "猎德医院", now, by="d"),
        lambda: start_remote(desk, key, now, surveyor="陈工", by="d"),
    ]
    for step in steps:
        with pytest.raises(IllegalTransition, match="佛山示例救援"):
            step()
    assert desk.incident(key) == incident
    plans = desk.policy.plans
    assert "佛山示例救援" in say_plan(incident, plans)
    assert "agreement" in say_plan_in_english(incident, plans)
    desk.relocate(key, IN_TOWN, now, by="d")
    assert steps[0]().tier is Tier.INJURY


def test_the_partner_tells_its_steps_until_the_incident_closes(scene: Scene) -> None:
    incident = report(scene, "佛山祖庙追尾")
    scene.wait(minutes=5)
    statuses = [
        told(scene, incident, step, at=scene.wait(minutes=10)).status.value
        for step in (PartnerStep.ACCEPTED, PartnerStep.ON_SCENE, PartnerStep.DELIVERED)
    ]
    assert statuses == ["accepted", "on_scene", "closed"]
    judged = judge(history(scene, incident), scene.now)
    assert judged.verdict is Verdict.KEPT
    assert judged.record.response_s == 25 * 60
    assert judged.record.confirmed is None


def test_a_step_is_told_once_in_order_of_time_by_somebody_and_not_ahead(scene: Scene) -> None:
    incident = report(scene, "佛山祖庙追尾")
    scene.wait(minutes=20)
    told(scene, incident, PartnerStep.ON_SCENE, at=scene.now - timedelta(minutes=5))
    for step in (PartnerStep.ON_SCENE, PartnerStep.ACCEPTED):
        with pytest.raises(IllegalTransition):
            told(scene, incident, step)
    with pytest.raises(IllegalTransition, match="早于"):
        told(scene, incident, PartnerStep.DELIVERED, at=scene.now - timedelta(minutes=6))
    with pytest.raises(InvalidInput, match="晚于现在"):
        told(scene, incident, PartnerStep.DELIVERED, at=scene.now + timedelta(minutes=6))
    with pytest.raises(InvalidInput, match="告知人"):
        partner_told(scene.desk, incident.id, PartnerStep.DELIVERED, scene.now, scene.now, told_by=" ", by="d")


def test_only_a_partner_s_incident_hears_of_a_partner(scene: Scene) -> None:
    incident = report(scene, "猎德大道追尾")
    with pytest.raises(IllegalTransition, match="不由合作单位"):
        told(scene, incident, PartnerStep.ON_SCENE)


def test_the_province_is_counted_by_itself_under_its_own_limit() -> None:
    scene = desk_in(MemoryLog())
    late, ours = report(scene, "佛山祖庙追尾"), report(scene, "猎德大道追尾")
    scene.wait(minutes=61)
    told(scene, late, PartnerStep.ON_SCENE)
    account = audit(scene.desk.log.all_events(), scene.now)
    assert account.by_zone["province"].missed == 1
    assert account.by_zone["urban"].reported == 1
    assert ours.zone is Zone.URBAN


@pytest.mark.parametrize(
    ("text", "point", "told"),
    [
        ("北京市朝阳区追尾", None, "总公司"),
        ("深圳市南山区追尾", None, "没有登记"),
        ("佛山祖庙追尾", IN_BEIJING, "总公司"),
    ],
)
def test_what_nobody_serves_is_refused_with_what_to_do_and_leaves_nothing(
    scene: Scene, text: str, point: Position | None, told: str
) -> None:
    with pytest.raises(OutsideServiceArea, match=told):
        report(scene, text, point)
    assert scene.desk.log.open_incidents() == []
    with pytest.raises(UnknownId):
        scene.desk.incident("GZ261122-00001")


def test_a_phone_in_another_city_goes_with_its_words_and_one_in_ours_against_them(scene: Scene) -> None:
    assert report(scene, "佛山祖庙追尾", IN_FOSHAN).partner is not None
    ours = report(scene, "佛山来的车追尾了我", IN_TOWN)
    assert (ours.partner, ours.status) == (None, IncidentStatus.UNLOCATED)


def test_a_pin_in_our_own_city_makes_it_ours_and_leaves_the_promise(scene: Scene) -> None:
    incident = report(scene, "佛山祖庙追尾")
    after = scene.desk.relocate(incident.id, IN_TOWN, scene.now, by="d")
    assert after.status is IncidentStatus.WAITING
    assert after.commitment == incident.commitment


def test_every_city_of_the_province_is_known_by_its_districts_too() -> None:
    assert len(CITIES) == 20
    assert [city_of(name) for name in ("佛山市", "佛山", "顺德", "北京", "广州")] == ["佛山市"] * 3 + [None] * 2


@pytest.mark.parametrize(
    ("partners", "told"),
    [
        ({"city": "佛山市"}, "tables"),
        ([{**FOSHAN, "city": "长沙市"}], "needs a city"),
        ([{**FOSHAN, "colour": 1}], "unknown key 'colour'"),
        ([{k: v for k, v in FOSHAN.items() if k != "telephone"}], "telephone is missing"),
        ([{**FOSHAN, "name": " "}], "name must be text"),
        ([{**FOSHAN, "on_scene_within_s": 0}], "above 0"),
        ([FOSHAN, FOSHAN], "two partners"),
    ],
)
def test_a_partner_that_cannot_be_used_is_named(partners: object, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        Policy.from_mapping({"recovery": {"partners": partners}})


def test_a_window_sends_none_of_our_own_there_and_a_pin_in_our_city_lets_it() -> None:
    scene = desk_in(MemoryLog())
    scene.desk = replace(scene.desk, fleet=specialists(scene.desk.log))
    incident = scene.desk.take_report(
        Report(text="佛山来的车撞伤了人", received_at=scene.now, channel=Channel.TELEPHONE, hospital="猎德医院")
    )
    assert incident.hospital is not None
    run_window(scene.desk, scene.wait(minutes=3))
    assert scene.desk.log.open_assignments() == {}
    watch(scene.desk, scene.now)
    assert scene.desk.incident(incident.id).risks == []
    scene.desk.relocate(incident.id, IN_TOWN, scene.now, by="d")
    run_window(scene.desk, scene.now)
    watch(scene.desk, scene.now)
    after = scene.desk.incident(incident.id)
    assert [a.role for a in after.open_assignments] == [Role.SPECIALIST]
    assert [r.risk for r in after.risks] == [RiskKind.UNASSIGNED]  # there is no surveyor: the promise is ours now


def specialists(log: EventLog) -> MemoryFleet:
    fleet = MemoryFleet([surveyor(1, 113.34, role=Role.SPECIALIST)], open_assignments=log.open_assignments)
    fleet.record(Fix(unit_id="S1", position=IN_TOWN, at=NOON))
    return fleet
