"""What holds on the roads besides the usual hour: closures, floods, slow-downs, measured speeds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely

from dispatch.errors import InvalidInput
from dispatch.location import EARTH_RADIUS_M, Position
from dispatch.vocabulary import Labelled

LARGEST_RADIUS_M = 20_000.0


class RoadConditionKind(Labelled):
    """What is the matter; only the last two carry a value."""

    CLOSURE = "closure", "封闭"
    FLOOD = "flood", "积水中断"
    SLOWDOWN = "slowdown", "缓行"
    SPEED = "speed", "实测车速"


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class RoadCondition:
    """One condition, as it was told.

    Parameters
    ----------
    id : str
    kind : RoadConditionKind
        Nobody drives where it is closed or flooded; there the other two say nothing.
    factor : float or None
        Of a slow-down: what is left of the usual speed, above 0 and below 1. Where several hold, the slowest does.
    speed_kph : float or None
        Of a measured speed: the mean at ``from_at``. It is carried on through the hours as usual speeds change. Where
        several hold, the one measured last does.
    area : shapely Polygon or None
        Longitudes and latitudes; every road that meets it is concerned, in both directions.
    edges : tuple of int
        Base edges of the network, in place of an area.
    from_at : datetime
    until_at : datetime or None
        None: until it is taken back.

    Raises
    ------
    InvalidInput
        When the value does not belong to the kind, the place is missing or given twice, or the times are the wrong way
        round or without a zone.
    """

    id: str
    kind: RoadConditionKind
    factor: float | None = None
    speed_kph: float | None = None
    area: shapely.Polygon | None = None
    edges: tuple[int, ...] = ()
    from_at: datetime
    until_at: datetime | None = None

    def __post_init__(self) -> None:
        if (self.factor is not None) != (self.kind is RoadConditionKind.SLOWDOWN):
            raise InvalidInput(
                "降速须且仅须给出 factor,即剩余车速的比例。(A slow-down, and nothing else, needs `factor`: what is left of the usual speed.)"
            )
        if (self.speed_kph is not None) != (self.kind is RoadConditionKind.SPEED):
            raise InvalidInput(
                "实测车速须且仅须给出 speed_kph。(A measured speed, and nothing else, needs `speed_kph`.)"
            )
        if self.factor is not None and not 0 < self.factor < 1:
            raise InvalidInput("`factor` must lie between 0 and 1; close the road where nobody can drive.")
        if self.speed_kph is not None and not 1 <= self.speed_kph <= 150:
            raise InvalidInput("`speed_kph` must lie between 1 and 150; close the road where nobody can drive.")
        if (self.area is None) != bool(self.edges):
            raise InvalidInput("请指明范围:区域与路段二选一。(Say where: give an area or edges, one of the two.)")
        if self.from_at.tzinfo is None or (self.until_at is not None and self.until_at.tzinfo is None):
            raise InvalidInput("A moment without a time zone is ambiguous: give it with its UTC offset, e.g. +08:00.")
        if self.until_at is not None and self.until_at <= self.from_at:
            raise InvalidInput("结束时间须晚于开始时间。(A condition must end after it begins.)")


def circle(centre: Position, radius_m: float) -> shapely.Polygon:
    """Everything within ``radius_m`` of a point, as a polygon of 64 corners.

    Raises
    ------
    InvalidInput
        When the radius is not above 0, or above 20 km.
    """
    if not 0 < radius_m <= LARGEST_RADIUS_M:
        raise InvalidInput(f"A radius must be above 0 and at most {LARGEST_RADIUS_M:.0f} m.")
    around = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    north = np.degrees(radius_m / EARTH_RADIUS_M)
    east = north / np.cos(np.radians(centre.lat))
    return shapely.Polygon(np.column_stack([centre.lon + east * np.cos(around), centre.lat + north * np.sin(around)]))


def polygon(corners: Sequence[Position]) -> shapely.Polygon:
    """The area inside some corners; raises `InvalidInput` when its outline crosses itself or holds nothing."""
    if len(set(corners)) < 3:
        raise InvalidInput("多边形至少需要三个角点。(A polygon needs three corners at least.)")
    made = shapely.Polygon([(p.lon, p.lat) for p in corners])
    if not made.is_valid or made.area == 0:
        raise InvalidInput(
            "多边形自相交或没有面积,请重画。(The outline of the polygon crosses itself or holds no area: draw it anew.)"
        )
    return made


def in_force(conditions: Iterable[RoadCondition], now: datetime) -> list[RoadCondition]:
    """Those that hold at ``now``: from the first moment on, to before the last."""
    return [c for c in conditions if c.from_at <= now and (c.until_at is None or now < c.until_at)]
