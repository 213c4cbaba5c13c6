"""Two desks at once, and a shop with one place left."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError
from tow_jobs import going_to, towed

from dispatch.bookings import Booking
from dispatch.errors import ShopFull
from geo_data.database import transaction
from geo_data.stores.postgis_log import PostgisLog
from geo_data.tables.schema import shop_bookings

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
DESKS, PLACES = 8, 3


def test_desks_at_once_never_overbook_a_shop_and_fill_every_place(database_engine: Engine) -> None:
    gate = threading.Barrier(DESKS, timeout=600)

    def desk(number: int) -> str:
        key, unit = f"GZ-{number}", f"t{number}"
        with transaction(database_engine) as connection:
            log = PostgisLog(connection)
            log.append(towed(key, unit, NOW), after=0)
            gate.wait()
            try:
                log.append([going_to(key, unit, "R1", NOW, capacity=PLACES)], after=2)
            except ShopFull:
                log.append([going_to(key, unit, "R2", NOW, capacity=None)], after=2)  # the transaction goes on
                return "R2"
        return "R1"

    with ThreadPoolExecutor(DESKS) as pool:
        went = list(pool.map(desk, range(DESKS)))
    assert (went.count("R1"), went.count("R2")) == (PLACES, DESKS - PLACES)
    with transaction(database_engine) as connection:
        load = PostgisLog(connection).shop_load([TODAY])
        slots = connection.execute(select(shop_bookings.c.slot).where(shop_bookings.c.shop_id == "R1")).scalars()
        assert sorted(slots) == [1, 2, 3]
    assert load == {Booking("R1", TODAY): PLACES, Booking("R2", TODAY): DESKS - PLACES}


def test_the_table_itself_refuses_two_vehicles_on_one_place(database_engine: Engine) -> None:
    with transaction(database_engine) as connection:
        log = PostgisLog(connection)
        for key in ("A", "B"):
            log.append(towed(key, f"t{key}", NOW), after=0)
        place = {"shop_id": "R1", "day": TODAY, "slot": 1}
        connection.execute(insert(shop_bookings).values(assignment_id="A-1", **place))
        with pytest.raises(IntegrityError, match="slot"), connection.begin_nested():
            connection.execute(insert(shop_bookings).values(assignment_id="B-1", **place))
