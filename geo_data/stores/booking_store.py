"""Places in repair shops on PostgreSQL: a projection of the events that the database guards."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, delete, func, insert, select

from dispatch.bookings import Booking, Demand, changes, full
from dispatch.incident import Incident
from geo_data.tables.schema import shop_bookings

_TABLE = shop_bookings.c


def exchange(connection: Connection, before: Incident | None, after: Incident) -> None:
    """Give up and take the places an incident does between two states, inside the caller's transaction.

    Whoever takes a place in a shop waits for others that do, until their transactions end; so two desks cannot both
    take the last one. The unique slots are the same promise once more, made by the table itself.

    Raises
    ------
    ShopFull
        When the shop has as many vehicles that day as its capacity.
    """
    given_up, wanted = changes(before, after)
    if given_up:
        connection.execute(delete(shop_bookings).where(_TABLE.assignment_id.in_(given_up)))
    for key, demand in sorted(wanted.items(), key=lambda item: item[1].booking):
        connection.execute(insert(shop_bookings).values(assignment_id=key, **_place(connection, demand)))


def taken(connection: Connection, days: Collection[date]) -> dict[Booking, int]:
    """Vehicles booked at each shop on each of some days; a shop without any is left out."""
    query = (
        select(_TABLE.shop_id, _TABLE.day, func.count())
        .where(_TABLE.day.in_(days))
        .group_by(_TABLE.shop_id, _TABLE.day)
    )
    return {Booking(shop_id, day): n for shop_id, day, n in connection.execute(query)}


def _place(connection: Connection, demand: Demand) -> dict[str, object]:
    (shop_id, day), capacity = demand
    if capacity is None:
        return {"shop_id": shop_id, "day": day, "slot": None}
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{shop_id}/{day}", 0))))
    here = (_TABLE.shop_id == shop_id) & (_TABLE.day == day)
    used = connection.execute(select(_TABLE.slot).where(here)).scalars().all()
    if len(used) >= capacity:
        raise full(shop_id)
    return {"shop_id": shop_id, "day": day, "slot": min(set(range(1, capacity + 1)) - set(used))}
