"""What every `EventLog` must do about places in repair shops: in memory and on PostGIS."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tow_jobs import arrived, going_to, towed

from dispatch.bookings import Booking
from dispatch.errors import ShopFull, UnknownId
from dispatch.events import AssignmentReleased, IncidentClosed, UnitCleared, VehicleDelivered
from dispatch.folding import fold
from dispatch.log import EventLog, MemoryLog
from geo_data.stores.postgis_log import PostgisLog

T0 = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)


@pytest.fixture(params=["memory", "postgis"])
def log(request: pytest.FixtureRequest) -> EventLog:
    if request.param == "memory":
        return MemoryLog()
    return PostgisLog(request.getfixturevalue("connection"))


class TestEveryEventLog:
    def test_counts_the_vehicles_of_a_day_by_shop(self, log: EventLog) -> None:
        for n, shop in enumerate(("R1", "R1", "R2")):
            log.append([*towed(f"A{n}", f"t{n}", T0), going_to(f"A{n}", f"t{n}", shop, T0, capacity=2)], after=0)
        late = T0 + timedelta(hours=11, minutes=30)  # an hour later it is tomorrow in Guangzhou
        log.append([*towed("B", "t9", late), going_to("B", "t9", "R1", late, capacity=2)], after=0)
        assert log.shop_load([TODAY]) == {Booking("R1", TODAY): 2, Booking("R2", TODAY): 1}
        assert log.shop_load([date(2026, 11, 23)]) == {Booking("R1", date(2026, 11, 23)): 1}
        assert log.shop_load([]) == {}

    def test_refuses_a_vehicle_too_many_and_keeps_nothing_of_the_attempt(self, log: EventLog) -> None:
        log.append([*towed("A", "t1", T0), going_to("A", "t1", "R1", T0)], after=0)
        with pytest.raises(ShopFull):
            log.append([*towed("B", "t2", T0), going_to("B", "t2", "R1", T0)], after=0)
        with pytest.raises(UnknownId):
            log.history("B")
        log.append([*towed("B", "t2", T0), going_to("B", "t2", "R2", T0)], after=0)
        assert log.shop_load([TODAY]) == {Booking("R1", TODAY): 1, Booking("R2", TODAY): 1}

    def test_choosing_the_same_shop_again_takes_no_second_place(self, log: EventLog) -> None:
        log.append([*towed("A", "t1", T0), going_to("A", "t1", "R1", T0)], after=0)
        log.append([going_to("A", "t1", "R1", T0)], after=3)
        assert log.shop_load([TODAY]) == {Booking("R1", TODAY): 1}

    def test_another_choice_gives_the_place_back(self, log: EventLog) -> None:
        log.append([*towed("A", "t1", T0), going_to("A", "t1", "R1", T0)], after=0)
        log.append([going_to("A", "t1", "R2", T0)], after=3)
        log.append([*towed("B", "t2", T0), going_to("B", "t2", "R1", T0)], after=0)
        assert log.shop_load([TODAY]) == {Booking("R1", TODAY): 1, Booking("R2", TODAY): 1}

    def test_a_tow_that_is_taken_back_gives_the_place_back(self, log: EventLog) -> None:
        log.append([*towed("A", "t1", T0), going_to("A", "t1", "R1", T0)], after=0)
        end = AssignmentReleased(incident_id="A", at=T0, assignment_id="A-1", unit_id="t1", reason="不用拖车")
        log.append([end], after=3)
        assert log.shop_load([TODAY]) == {}

    def test_a_delivered_vehicle_keeps_its_place_when_tow_and_incident_are_done(self, log: EventLog) -> None:
        log.append([*towed("A", "t1", T0), going_to("A", "t1", "R1", T0)], after=0)
        log.append(arrived("A", "t1", T0), after=3)
        who = {"incident_id": "A", "at": T0, "assignment_id": "A-1", "unit_id": "t1"}
        log.append([VehicleDelivered(**who, shop_id="R1"), UnitCleared(**who)], after=6)
        log.append([IncidentClosed(incident_id="A", at=T0, reason="完成")], after=8)
        assert log.shop_load([TODAY]) == {Booking("R1", TODAY): 1}
        assert log.incident("A") == fold(log.history("A"))
        with pytest.raises(ShopFull):
            log.append([*towed("B", "t1", T0), going_to("B", "t1", "R1", T0)], after=0)

    def test_a_shop_without_a_limit_takes_everybody(self, log: EventLog) -> None:
        for n in range(3):
            log.append([*towed(f"A{n}", f"t{n}", T0), going_to(f"A{n}", f"t{n}", "R1", T0, capacity=None)], after=0)
        assert log.shop_load([TODAY]) == {Booking("R1", TODAY): 3}
