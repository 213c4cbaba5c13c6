"""Conditions on the roads in PostGIS: told, taken back, never erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from geoalchemy2.shape import to_shape
from shapely import Polygon
from sqlalchemy import Connection, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert

from dispatch.errors import Conflict, UnknownId
from geo_data.roads.road_conditions import RoadCondition, RoadConditionKind
from geo_data.tables.schema import road_conditions as table

MOST_RECORDS = 1000
_TOLD = [column for column in table.c if column.computed is None]  # the computed ones may be infinite


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class RoadConditionRecord:
    """A condition with who told it and who took it back."""

    condition: RoadCondition
    reason: str
    network: str
    told_at: datetime
    told_by: str
    removed_at: datetime | None
    removed_by: str


class PostgisConditions:
    """`geo_data.roads.live_speeds.Conditions` inside the caller's transaction; it never commits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    network : str
        Fingerprint of the network in use: edges of another network mean nothing here, so such rows are passed over.
    """

    def __init__(self, connection: Connection, network: str) -> None:
        self._connection = connection
        self._network = network

    def tell(self, conditions: Sequence[RoadCondition], now: datetime, *, by: str, reason: str = "") -> None:
        """Keep new conditions; one that is dated back holds from ``now`` on."""
        rows = [_row(c) | {"told_at": now, "told_by": by, "reason": reason} for c in conditions]
        if rows:
            self._connection.execute(insert(table), [row | {"network": self._network} for row in rows])

    def remove(self, condition_id: str, now: datetime, *, by: str) -> RoadConditionRecord:
        """Take a condition back.

        Raises
        ------
        UnknownId
            There is no such condition.
        Conflict
            It has ended already.
        """
        row = self._connection.execute(select(*_TOLD).where(table.c.id == condition_id).with_for_update()).first()
        if row is None:
            raise UnknownId("没有此路况。(No such road condition: see /v1/road-conditions.)")
        if row.removed_at is not None or (row.until_at is not None and row.until_at <= now):
            raise Conflict("此路况已结束。(This road condition has ended already.)")
        changed = update(table).where(table.c.id == condition_id).values(removed_at=now, removed_by=by)
        return _record(self._connection.execute(changed.returning(*_TOLD)).one())

    def records(self, now: datetime, *, ended: bool = False) -> list[RoadConditionRecord]:
        """Conditions that hold or will, latest first; with ``ended`` also those that have ended."""
        query = select(*_TOLD).order_by(table.c.told_at.desc(), table.c.id).limit(MOST_RECORDS)
        found = query if ended else query.where(table.c.ends_at > now)
        return [_record(row) for row in self._connection.execute(found)]

    def ids(self, now: datetime) -> frozenset[str]:
        """Which conditions hold at ``now``; an index lookup."""
        return frozenset(self._connection.execute(select(table.c.id).where(self._holds(now))).scalars())

    def in_force(self, now: datetime) -> list[RoadCondition]:
        """The conditions that hold at ``now``, in full."""
        rows = self._connection.execute(select(*_TOLD).where(self._holds(now)))
        return [_record(row).condition for row in rows]

    def version(self, now: datetime) -> str:
        """``v`` and how many times a condition has begun or ended by ``now``."""
        begun = func.count().filter(table.c.starts_at <= now)
        ended = func.count().filter(table.c.ends_at <= now)
        query = select(begun + ended).where(table.c.starts_at < table.c.ends_at, self._of_this_network())
        return f"v{self._connection.execute(query).scalar_one()}"

    def _holds(self, now: datetime) -> Any:
        return and_(table.c.starts_at <= now, table.c.ends_at > now, self._of_this_network())

    def _of_this_network(self) -> Any:
        return table.c.area.is_not(None) | (table.c.network == self._network)


def _row(c: RoadCondition) -> dict[str, Any]:
    return {
        "id": c.id,
        "kind": c.kind.value,
        "factor": c.factor,
        "speed_kph": c.speed_kph,
        "area": None if c.area is None else f"SRID=4326;{c.area.wkt}",
        "edges": list(c.edges) or None,
        "from_at": c.from_at,
        "until_at": c.until_at,
    }


def _record(row: Any) -> RoadConditionRecord:
    condition = RoadCondition(
        id=row.id,
        kind=RoadConditionKind(row.kind),
        factor=row.factor,
        speed_kph=row.speed_kph,
        area=None if row.area is None else cast(Polygon, to_shape(row.area)),
        edges=tuple(row.edges or ()),
        from_at=row.from_at,
        until_at=row.until_at,
    )
    return RoadConditionRecord(
        condition=condition,
        reason=row.reason,
        network=row.network,
        told_at=row.told_at,
        told_by=row.told_by,
        removed_at=row.removed_at,
        removed_by=row.removed_by,
    )
