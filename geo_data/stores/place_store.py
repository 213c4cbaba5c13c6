"""A company's own places in PostGIS: each source is imported whole, replaced whole and removed whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from psycopg import Connection as PsycopgConnection
from sqlalchemy import Connection, delete, func, select, text

from dispatch.errors import UnknownId
from dispatch.location import Position
from geo_data.builtin.places import Place
from geo_data.tables.schema import company_places as table

_COPY = "COPY company_places (source, number, name, address, district, place, imported_at) FROM STDIN"


@dataclass(frozen=True, slots=True)
class PlaceSource:
    """What is held of one source.

    Parameters
    ----------
    name : str
        Name of the file it came from.
    count : int
        Number of places.
    imported_at : datetime
    """

    name: str
    count: int
    imported_at: datetime


class PostgisPlaces:
    """Company places inside the caller's transaction; it never commits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def replace(self, source: str, places: Sequence[Place], now: datetime) -> int:
        """Keep ``places`` (name, first alias as address) as all there is of ``source``; returns how many were there."""
        self._wait_for_other_writers()
        before = self._connection.execute(delete(table).where(table.c.source == source)).rowcount
        raw = cast("PsycopgConnection[object]", self._connection.connection.driver_connection)
        with raw.cursor() as cursor, cursor.copy(_COPY) as copy:
            for number, place in enumerate(places, 1):
                point = f"SRID=4326;POINT({place.position.lon!r} {place.position.lat!r})"
                address = place.aliases[0] if place.aliases else ""
                copy.write_row((source, number, place.name, address, place.district, point, now))
        self._connection.execute(text("ANALYZE company_places"))
        return before

    def remove(self, source: str) -> int:
        """Forget a source; returns how many places it had.

        Raises
        ------
        UnknownId
            There is no such source.
        """
        self._wait_for_other_writers()
        gone = self._connection.execute(delete(table).where(table.c.source == source)).rowcount
        if not gone:
            known = "、".join(one.name for one in self.sources()) or "无 none"
            raise UnknownId(f"没有来源 {source}(no such source; there are: {known})。")
        return gone

    def sources(self) -> list[PlaceSource]:
        """What has been imported, by name."""
        query = select(table.c.source, func.count(), func.max(table.c.imported_at)).group_by(table.c.source)
        return [PlaceSource(*row) for row in self._connection.execute(query.order_by(table.c.source))]

    def version(self) -> str:
        """Name of the state of the places, empty when there are none: another one after each change. An index lookup."""
        query = select(table.c.source, table.c.imported_at).where(table.c.number == 1).order_by(table.c.source)
        return "|".join(f"{row.source}@{row.imported_at:%Y%m%dT%H%M%S.%f}" for row in self._connection.execute(query))

    def all(self) -> list[Place]:
        """Every company place, by source and in the order of its file."""
        lon, lat = func.ST_X(table.c.place), func.ST_Y(table.c.place)
        query = select(table.c.name, table.c.address, lon, lat, table.c.district, table.c.source)
        rows = self._connection.execute(query.order_by(table.c.source, table.c.number))
        return [
            Place(name, (address,) if address else (), "company", Position(x, y), district, source)
            for name, address, x, y, district, source in rows
        ]

    def _wait_for_other_writers(self) -> None:  # readers go on undisturbed
        self._connection.execute(text("LOCK TABLE company_places IN SHARE ROW EXCLUSIVE MODE"))
