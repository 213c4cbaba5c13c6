"""Kilometre posts of the expressways: where a post stands follows from where counting begins and the road's course.

The ring 环城高速 and the roads that count from another province are missing, but for 京港澳: their count is not certain.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely

from dispatch.errors import InvalidInput
from dispatch.location import Position
from geo_data.builtin.courses import Course, draw
from geo_data.builtin.roads import builtin_roads
from geo_data.builtin.tables import rows
from geo_data.roads.plane import point_of, position_of

FROM_EITHER_END = "from either end"
OFF_COURSE_M = 500.0


@dataclass(frozen=True, slots=True)
class Post:
    """Where a kilometre post may stand.

    Parameters
    ----------
    road : str
        Name of the road as drawn.
    position : Position
        On the centre line.
    uncertainty_m : float
        How far along the road the post may stand from there.
    """

    road: str
    position: Position
    uncertainty_m: float


@dataclass(frozen=True, slots=True)
class PostedRoad:
    """The posts of one road: ``km_at_origin`` at the point ``origin``, growing to the point ``towards``.

    With ``either_end`` it is not known from which of the two points ``km_at_origin`` counts.
    """

    road: str
    ref: str
    origin: str
    towards: str
    km_at_origin: float
    uncertainty_m: float
    either_end: bool


@cache
def posted_roads() -> tuple[PostedRoad, ...]:
    """Return the table of roads with posts, in its order."""
    return tuple(
        PostedRoad(
            road=row["road"],
            ref=row["ref"],
            origin=row["origin"],
            towards=row["towards"],
            km_at_origin=float(row["km_at_origin"]),
            uncertainty_m=1000 * float(row["uncertainty_km"]),
            either_end=row["counted"] == FROM_EITHER_END,
        )
        for row in rows("kilometre_posts")
    )


def posts_at(road: str, km: float) -> tuple[Post, ...]:
    """Return where a kilometre post may stand.

    Parameters
    ----------
    road : str
        Name or route number, e.g. ``广河高速`` or ``G4``.
    km : float
        What the post says, e.g. 12.3 for K12+300.

    Returns
    -------
    tuple of Post
        Empty where no road of that name or number has such a post in the tables. Two for a road that may count from
        either end; several where a number is that of several roads.
    """
    meant = [posted for posted in posted_roads() if road and road in (posted.road, posted.ref)]
    return tuple(post for posted in meant for post in _posts(posted, km))


def kilometre_at(road: str, position: Position) -> float | None:
    """Return the kilometre that a post at ``position`` would say, e.g. 12.3; good to the road's `uncertainty_m`.

    None where the tables know no posts of ``road``, where it is not known from which end they count, where the tables
    place no post there, or where the position is more than `OFF_COURSE_M` off the course as drawn.
    """
    posted = next((one for one in posted_roads() if one.road == road and not one.either_end), None)
    if posted is None:
        return None
    line, here = _course(posted.road).line, shapely.Point(point_of(position))
    start_m, end_m = _span(posted)
    share = (line.project(here) - start_m) / (end_m - start_m)
    if not 0 <= share <= 1 or line.distance(here) > OFF_COURSE_M:
        return None
    first_km, last_km = extent_km(posted)
    return float(first_km + share * (last_km - first_km))


def extent_km(posted: PostedRoad) -> tuple[float, float]:
    """Return the first and the last kilometre that the tables can place."""
    start_m, end_m = _span(posted)
    return posted.km_at_origin, posted.km_at_origin + abs(end_m - start_m) / 1000


def _posts(posted: PostedRoad, km: float) -> list[Post]:
    first_km, last_km = extent_km(posted)
    if not first_km <= km <= last_km:
        return []
    start_m, end_m = _span(posted)
    share = (km - first_km) / (last_km - first_km)
    shares = (share, 1 - share) if posted.either_end else (share,)
    line = _course(posted.road).line
    points = [line.interpolate(start_m + (end_m - start_m) * share) for share in shares]
    return [Post(posted.road, position_of(np.array([p.x, p.y])), posted.uncertainty_m) for p in points]


@cache
def _span(posted: PostedRoad) -> tuple[float, float]:
    """Metres along the course of the two ends of the count."""
    at_m = {knot.key: knot.at_m for knot in _course(posted.road).knots}
    try:
        return at_m[posted.origin], at_m[posted.towards]
    except KeyError as missing:
        raise InvalidInput(f"kilometre_posts.csv, {posted.road}: {missing} is not on its course.") from None


@cache
def _course(name: str) -> Course:
    drawn = [road for road in builtin_roads() if road.name == name and road.limited]
    if len(drawn) != 1:
        raise InvalidInput(
            f"kilometre_posts.csv, {name}: roads.csv has {len(drawn)} limited-access roads of that name."
        )
    return draw(drawn[0])
