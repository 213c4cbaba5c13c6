"""The tow's job from offer to the shop: who brings what where, what the owner may wish, when a place is taken."""

from dataclasses import replace
from datetime import time

import pytest
from scene import SCENE, Scene, surveyor

from dispatch.bookings import Booking, day_of
from dispatch.errors import Conflict, IllegalTransition, InvalidInput, UnknownId
from dispatch.folding import fold
from dispatch.incident import Incident
from dispatch.location import Position
from dispatch.ports import MemoryFleet
from dispatch.recovery_desk import choose_shop, deliver, recovery_plan
from dispatch.report import Report
from dispatch.unit import PartnerRepairShop, Shift
from dispatch.vocabulary import AssignmentStatus, Channel, IncidentStatus, Role, ShopRefusal
from dispatch.windows import carry_out, propose

TOWS = [surveyor(1, 113.34), *(surveyor(n, 113.33 + 0.01 * n, role=Role.TOW_UNIT) for n in (2, 3, 4))]


def shop(number: int, **more: object) -> PartnerRepairShop:
    """A shop so many hundredths of a degree east of the scene."""
    here = Position(SCENE.lon + 0.01 * number, SCENE.lat)
    return PartnerRepairShop(id=f"R{number}", name=f"第{number}厂", position=here, **more)


def scene(*shops: PartnerRepairShop) -> Scene:
    made = Scene(TOWS)
    made.fleet = MemoryFleet(TOWS, shops, open_assignments=made.log.open_assignments)
    for unit in TOWS:
        made.see(unit.id, unit.standby)
    made.desk = replace(made.desk, fleet=made.fleet)
    return made


def towed(made: Scene) -> Incident:
    return made.desk.offer(made.report(), Role.TOW_UNIT, made.now)


def tow_of(incident: Incident) -> str:
    tow = incident.open_in(Role.TOW_UNIT)
    assert tow is not None
    return tow.id


def on_scene(made: Scene, incident: Incident) -> str:
    job = tow_of(incident)
    for step in (made.desk.accept, made.desk.depart, made.desk.arrive):
        step(job, made.wait(minutes=2), by="S2")
    return job


def test_a_tow_is_offered_together_with_the_shop_it_goes_to() -> None:
    made = scene(shop(3), shop(1, designated=False), shop(2))
    incident = towed(made)
    assert incident.shop is not None
    assert incident.shop.shop.shop_id == "R2"
    assert incident.shop.unit_id == "S2"
    assert [o.shop_id for o in incident.shop.runners_up] == ["R3"]
    assert [(r.shop_id, r.reason) for r in incident.shop.refused] == [("R1", ShopRefusal.NOT_DESIGNATED)]
    legs_s = incident.shop.to_scene_s + incident.shop.loading_s + incident.shop.shop.leg_s
    assert (incident.shop.eta_at - made.now).total_seconds() == pytest.approx(legs_s)
    assert fold(made.log.history(incident.id)) == incident


def test_the_plan_can_be_read_before_a_tow_is_sent() -> None:
    made = scene(shop(1), shop(2, hours=Shift(time(1), time(2))))
    found = recovery_plan(made.desk, made.report(), made.now)
    assert [tow.unit_id for tow in found.tows] == ["S2", "S3", "S4"]
    assert [o.shop_id for o in found.options] == ["R1"]
    assert [(r.shop_id, r.reason) for r in found.refused] == [("R2", ShopRefusal.CLOSED)]


def test_without_any_shop_a_tow_is_sent_all_the_same() -> None:
    incident = towed(scene())
    assert incident.shop is None
    assert incident.open_in(Role.TOW_UNIT) is not None


def test_the_way_of_a_tow_from_offer_to_the_shop() -> None:
    made = scene(shop(1))
    incident = towed(made)
    job = tow_of(incident)
    with pytest.raises(IllegalTransition):
        deliver(made.desk, job, made.now, by="S2")
    on_scene(made, incident)
    after = deliver(made.desk, job, made.wait(minutes=30), by="S2")
    assert after.assignment(job).status is AssignmentStatus.CLEARED
    assert after.assignment(job).delivered_at == made.now
    assert after.status is not IncidentStatus.CLOSED  # nobody has surveyed it yet
    assert made.log.open_assignments() == {}
    assert made.log.shop_load([day_of(made.now)]) == {Booking("R1", day_of(made.now)): 1}
    with pytest.raises(IllegalTransition):
        deliver(made.desk, job, made.now, by="S2")


def test_the_incident_closes_when_the_vehicle_is_at_the_shop_and_the_survey_is_done() -> None:
    made = scene(shop(1))
    incident = towed(made)
    survey = made.desk.offer(incident.id, Role.SURVEYOR, made.now).open_in(Role.SURVEYOR)
    assert survey is not None
    for step in (made.desk.accept, made.desk.depart, made.desk.arrive, made.desk.clear):
        step(survey.id, made.wait(minutes=2), by="S1")
    job = on_scene(made, incident)
    assert deliver(made.desk, job, made.wait(minutes=30), by="S2").status is IncidentStatus.CLOSED


def test_a_vehicle_without_a_shop_is_not_delivered() -> None:
    made = scene()
    job = on_scene(made, towed(made))
    with pytest.raises(IllegalTransition, match="先选厂"):
        deliver(made.desk, job, made.now, by="S2")


def test_the_owner_may_wish_for_another_shop_with_a_reason() -> None:
    made = scene(shop(1), shop(2, designated=False), shop(3, capacity=0))
    incident = towed(made)
    with pytest.raises(InvalidInput, match="原因"):
        choose_shop(made.desk, incident.id, made.now, shop_id="R2", by="d")
    with pytest.raises(Conflict, match="已满"):
        choose_shop(made.desk, incident.id, made.now, shop_id="R3", reason="车主指定", by="d")
    with pytest.raises(UnknownId):
        choose_shop(made.desk, incident.id, made.now, shop_id="R9", reason="车主指定", by="d")
    after = choose_shop(made.desk, incident.id, made.now, shop_id="R2", reason="车主指定", by="d")
    assert after.shop is not None
    assert (after.shop.shop.shop_id, after.shop.override_reason) == ("R2", "车主指定")
    assert made.log.shop_load([day_of(made.now)]) == {Booking("R2", day_of(made.now)): 1}
    back = choose_shop(made.desk, incident.id, made.now, by="d")
    assert back.shop is not None
    assert (back.shop.shop.shop_id, back.shop.override_reason) == ("R1", "")


def test_a_wish_outlives_the_tow_it_was_first_said_to() -> None:
    made = scene(shop(1), shop(2))
    incident = towed(made)
    choose_shop(made.desk, incident.id, made.now, shop_id="R2", reason="车主指定", by="d")
    after = made.desk.reassign(tow_of(incident), made.wait(minutes=1), reason="车辆故障", by="d")
    assert after.shop is not None
    assert (after.shop.unit_id, after.shop.shop.shop_id, after.shop.override_reason) == ("S3", "R2", "车主指定")


def test_a_shop_needs_a_tow_first() -> None:
    made = scene(shop(1))
    with pytest.raises(Conflict, match="先派施救车"):
        choose_shop(made.desk, made.report(), made.now, by="d")


def test_the_make_in_the_report_decides_who_may_take_it_and_can_be_given_later() -> None:
    made = scene(shop(1, makes=frozenset({"丰田"})), shop(2, makes=frozenset({"比亚迪"})), shop(3))
    taken = made.desk.take_report(
        Report(text="猎德大道追尾", received_at=made.now, channel=Channel.TELEPHONE, make="比亚迪")
    )
    incident = made.desk.offer(taken.id, Role.TOW_UNIT, made.now)
    assert incident.shop is not None
    assert incident.shop.shop.shop_id == "R2"
    after = choose_shop(made.desk, incident.id, made.now, make="丰田", by="d")
    assert after.shop is not None
    assert (after.shop.shop.shop_id, after.shop.make) == ("R1", "丰田")


def test_a_shop_takes_no_more_than_its_capacity_and_a_place_given_up_is_free_again() -> None:
    made = scene(shop(1, capacity=1), shop(2))
    first, second = towed(made), towed(made)
    assert [i.shop and i.shop.shop.shop_id for i in (first, second)] == ["R1", "R2"]
    made.desk.release(tow_of(first), made.now, reason="车主自行开走", by="d")
    assert made.desk.incident(first.id).shop is None
    third = choose_shop(made.desk, second.id, made.now, by="d")
    assert third.shop is not None
    assert third.shop.shop.shop_id == "R1"


def test_the_last_place_is_not_lost_to_the_vehicle_that_holds_it() -> None:
    made = scene(shop(1, capacity=1), shop(2))
    incident = towed(made)
    assert [o.shop_id for o in recovery_plan(made.desk, incident.id, made.now).options] == ["R1", "R2"]
    after = made.desk.reassign(tow_of(incident), made.wait(minutes=1), reason="车辆故障", by="d")
    assert after.shop is not None
    assert (after.shop.unit_id, after.shop.shop.shop_id) == ("S3", "R1")
    assert made.log.shop_load([day_of(made.now)]) == {Booking("R1", day_of(made.now)): 1}


def test_a_tow_cleared_on_the_scene_has_brought_nothing_anywhere() -> None:
    made = scene(shop(1, capacity=1))
    job = on_scene(made, incident := towed(made))
    with pytest.raises(InvalidInput, match="未送修的原因"):
        made.desk.clear(job, made.now, reason=" ", by="S2")
    assert made.desk.incident(incident.id).assignment(job).status is AssignmentStatus.ON_SCENE
    after = made.desk.clear(job, made.now, reason="车主自行开走", by="S2")
    assert (after.shop, after.assignment(job).ended_reason) == (None, "车主自行开走")
    assert made.log.shop_load([day_of(made.now)]) == {}


def test_a_tow_without_a_shop_and_a_closed_incident_ask_no_reason_of_the_tow() -> None:
    made = scene()
    job = on_scene(made, towed(made))
    assert made.desk.clear(job, made.now, by="S2").assignment(job).status is AssignmentStatus.CLEARED
    made = scene(shop(1))
    job = on_scene(made, incident := towed(made))
    closed = made.desk.close(incident.id, made.now, reason="撤案", by="d")
    assert closed.assignment(job).ended_reason == "撤案"


def test_a_closed_incident_is_said_to_be_closed_whatever_is_asked_of_its_recovery() -> None:
    made = scene(shop(1))
    key = made.report()
    made.desk.close(key, made.now, reason="撤案", by="d")
    with pytest.raises(IllegalTransition, match="已结束"):
        choose_shop(made.desk, key, made.now, by="d")
    with pytest.raises(IllegalTransition, match="已结束"):
        recovery_plan(made.desk, key, made.now)


def test_a_window_sends_the_tow_that_comes_when_the_shop_is_open_as_advice_for_one_does() -> None:
    made = scene(shop(1, hours=Shift(time(12, 22, 30), time(20))), shop(40))  # the nearest would find it shut
    key = made.desk.incident(made.report("猎德大道追尾,车动不了")).id
    advised = made.desk.advise(key, Role.TOW_UNIT, made.now).options[0].unit_id
    assert advised != "S2"
    (proposal,) = propose(made.desk, Role.TOW_UNIT, made.now)
    assert proposal.advice is not None
    assert proposal.advice.options[0].unit_id == advised
    carry_out(made.desk, [proposal], made.now)
    chosen = made.desk.incident(key).shop
    assert chosen is not None
    assert chosen.shop.shop_id == "R1"


def test_without_a_shop_that_takes_it_a_window_sends_the_nearest_tow() -> None:
    made = scene(shop(1, hours=Shift(time(1), time(2))))
    made.report("猎德大道追尾,车动不了")
    (proposal,) = propose(made.desk, Role.TOW_UNIT, made.now)
    assert proposal.advice is not None
    assert proposal.advice.options[0].unit_id == "S2"


def test_the_plan_of_tow_and_shop_is_said_in_english_too() -> None:
    made = scene(shop(3), shop(1, designated=False))
    said = recovery_plan(made.desk, made.report(), made.now).explanation_in_english
    assert said.startswith(made.fleet.unit("S2").name)
    assert all(words in said for words in ("is on scene in about", "第3厂 (designated)", "1 quicker shops"))
    none = scene(shop(1, makes=frozenset({"丰田"})))
    assert "make_unknown 1" in recovery_plan(none.desk, none.report(), none.now).explanation_in_english


def test_a_shop_filled_meanwhile_is_passed_over_for_the_next() -> None:
    made = scene(shop(1, capacity=1), shop(2))

    class Stale:
        """A log whose count of vehicles lags behind, as another desk's would."""

        def __getattr__(self, name: str) -> object:
            return getattr(made.log, name)

        def shop_load(self, _days: object) -> dict[Booking, int]:
            return {}

    towed(made)
    incident = made.report()
    late = replace(made.desk, log=Stale())  # type: ignore[arg-type]
    after = late.offer(incident, Role.TOW_UNIT, made.now)
    assert after.shop is not None
    assert after.shop.shop.shop_id == "R2"
    assert ("R1", ShopRefusal.FULL) in [(r.shop_id, r.reason) for r in after.shop.refused]


def test_a_late_tow_is_expected_late_at_the_shop() -> None:
    made = scene(shop(1))
    incident = towed(made)
    assert incident.shop is not None
    assert incident.shop_eta_at == incident.shop.eta_at
    job = tow_of(incident)
    for step in (made.desk.accept, made.desk.depart):
        step(job, made.now, by="S2")
    after = made.desk.arrive(job, made.wait(hours=1), by="S2")
    assert after.shop_eta_at is not None
    left_s = (after.shop_eta_at - made.now).total_seconds()
    assert left_s == pytest.approx(incident.shop.loading_s + incident.shop.shop.leg_s)
    made.wait(minutes=5)
    again = choose_shop(made.desk, incident.id, made.now, by="d")
    assert again.shop_eta_at == after.shop_eta_at


def test_a_tow_that_stands_on_the_scene_has_only_the_rest_of_its_work_before_it() -> None:
    made = scene(shop(1), shop(2))
    incident = towed(made)
    on_scene(made, incident)
    made.wait(minutes=10)
    after = choose_shop(made.desk, incident.id, made.now, by="d")
    assert after.shop is not None
    assert (after.shop.to_scene_s, after.shop.loading_s) == (0.0, 300.0)
