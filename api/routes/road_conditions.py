"""Conditions on the roads: closures, floods, slow-downs, measured speeds. They count from the next request on."""

from datetime import datetime
from uuid import uuid4

import shapely
from fastapi import APIRouter

from api import wiring
from api.access.dependencies import Dispatcher, Now, Reader, Transaction
from api.access.idempotency import OnceRoute
from api.forms.road_schemas import RoadConditionIn, RoadConditionOut, RoadConditionsIn, RoadConditionsOut
from dispatch.errors import InvalidInput
from dispatch.location import Position
from geo_data.coordinates import Datum, to_wgs84
from geo_data.roads.road_conditions import RoadCondition, circle, in_force, polygon
from geo_data.stores.condition_store import RoadConditionRecord

router = APIRouter(route_class=OnceRoute, prefix="/v1/road-conditions", tags=["roads"])


@router.get("")
def conditions(transaction: Transaction, now: Now, _: Reader, *, ended: bool = False) -> RoadConditionsOut:
    """Conditions that hold or will, latest first; with `ended=true` also those that have ended, 1,000 at most."""
    return _answer(transaction, wiring.conditions(transaction).records(now, ended=ended), now)


@router.post("")
def tell(body: RoadConditionsIn, transaction: Transaction, now: Now, who: Dispatcher) -> RoadConditionsOut:
    """Tell conditions, all or none. Without `from_at` they hold at once, without `until_at` until they are taken back."""
    made = [_condition(c, now) for c in body.conditions]
    for condition in made:
        if condition.until_at is not None and condition.until_at <= now:
            raise InvalidInput("结束时间已过。(It has ended already: give a later `until_at`, or none.)")
        if len(wiring.roads().edges_of(condition)) == 0:
            raise InvalidInput("该处没有道路。(No road of the network is there: enlarge the area or mend the edges.)")
    kept = wiring.conditions(transaction)
    kept.tell(made, now, by=who.username, reason=body.reason)
    ids = {c.id for c in made}
    return _answer(transaction, [r for r in kept.records(now) if r.condition.id in ids], now)


@router.delete("/{condition_id}")
def remove(condition_id: str, transaction: Transaction, now: Now, who: Dispatcher) -> RoadConditionsOut:
    """Take a condition back; it is kept, with who did it and when."""
    return _answer(transaction, [wiring.conditions(transaction).remove(condition_id, now, by=who.username)], now)


def _condition(body: RoadConditionIn, now: datetime) -> RoadCondition:
    return RoadCondition(
        id=str(uuid4()),
        kind=body.kind,
        factor=body.factor,
        speed_kph=body.speed_kph,
        area=_area(body),
        edges=tuple(body.edges or ()),
        from_at=body.from_at or now,
        until_at=body.until_at,
    )


def _area(body: RoadConditionIn) -> shapely.Polygon | None:
    if body.circle is not None:
        return circle(to_wgs84(Position(body.circle.lon, body.circle.lat), Datum(body.crs)), body.circle.radius_m)
    if body.polygon is not None:
        return polygon([to_wgs84(Position(lon, lat), Datum(body.crs)) for lon, lat in body.polygon])
    return None


def _answer(transaction: Transaction, records: list[RoadConditionRecord], now: datetime) -> RoadConditionsOut:
    metric = wiring.live_ground(transaction, now).router.metric(now).name
    return RoadConditionsOut(as_of=now, metric=metric, conditions=[_shown(r, now) for r in records])


def _shown(record: RoadConditionRecord, now: datetime) -> RoadConditionOut:
    c, ground = record.condition, wiring.ground()
    ours = c.area is not None or record.network == ground.network.fingerprint
    return RoadConditionOut(
        id=c.id,
        kind=c.kind,
        kind_label=c.kind.label,
        factor=c.factor,
        speed_kph=c.speed_kph,
        area=None if c.area is None else shapely.geometry.mapping(c.area),
        edges=len(wiring.roads().edges_of(c)) if ours else 0,
        from_at=c.from_at,
        until_at=c.until_at,
        holds=record.removed_at is None and bool(in_force([c], now)),
        reason=record.reason,
        told_at=record.told_at,
        told_by=record.told_by,
        removed_at=record.removed_at,
        removed_by=record.removed_by,
    )
