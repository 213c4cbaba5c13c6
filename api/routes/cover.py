"""Where units can be in time: isochrones, and the cover of all who are free."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from api import cover as drawing
from api.access.dependencies import Ground, LiveDesk, Now, Reader
from api.forms.captured import position_of
from api.forms.cover_schemas import CoverOut
from api.forms.schemas import Datum, Latitude, Longitude, PointIn
from dispatch.candidates import eligible
from dispatch.desk import Desk
from dispatch.errors import InvalidInput, UnknownId
from dispatch.location import Position
from dispatch.ports import state_of
from dispatch.vocabulary import Role

router = APIRouter(prefix="/v1", tags=["cover"])

Minutes = Annotated[str, Query(max_length=60, description="Up to 8 limits, none above 240.", examples=["10,20,30"])]
Of = Annotated[
    Literal["free", "posts"],
    Query(description="Without unit, incident or point: all who could be sent now, or the standby posts on shift."),
]


@router.get("/isochrones")
def isochrones(
    desk: LiveDesk,
    on: Ground,
    now: Now,
    _: Reader,
    minutes: Minutes = "10,20,30",
    unit: str | None = None,
    incident: str | None = None,
    lon: Longitude | None = None,
    lat: Latitude | None = None,
    crs: Datum = "wgs84",
    of: Of = "free",
    role: Role = Role.SURVEYOR,
    gaps: bool = True,
    rings: bool = False,
) -> dict[str, Any]:
    """Ground within reach by road, as GeoJSON, longest limit first: from a unit, an incident, a point, or many units.

    Driving time only, without turnout. Holes are places by a road that takes longer; `gaps=false` closes them.
    With `rings=true` each limit is without the ground of the shorter ones, for drawing.
    """
    limits = drawing.limits_s(minutes)
    if (lon is None) != (lat is None):
        raise InvalidInput("经纬度须同时给出。(Give lon and lat, or neither.)")
    point = position_of(PointIn(lon=lon, lat=lat, crs=crs)) if lon is not None and lat is not None else None
    if sum(one is not None for one in (unit, incident, point)) > 1:
        raise InvalidInput("unit、incident、经纬度只能给一个。(Give one of unit, incident, and lon with lat.)")
    if unit is not None:
        origins = [_of_unit(desk, unit, now)]
    elif incident is not None:
        origins = [_of_incident(desk, incident)]
    else:
        origins = [point] if point else _of_many(desk, of, role, now)
    return drawing.isochrones(on, origins, limits, now, gaps=gaps, rings=rings)


@router.get("/cover")
def cover(
    desk: LiveDesk,
    on: Ground,
    now: Now,
    _: Reader,
    minutes: Annotated[float, Query(gt=0, le=240)] = 30,
    of: Of = "free",
    role: Role = Role.SURVEYOR,
    resolution: Annotated[int, Query(ge=6, le=9, description="Of the H3 cells: 8 is 0.74 km².")] = 8,
) -> CoverOut:
    """Least driving time by H3 cell from all who could be sent now, and the share of residents within their limit.

    A district's residents are taken to be spread evenly over its junctions: an assumption. Turnout is not counted.
    """
    return drawing.cover(on, _of_many(desk, of, role, now), 60 * minutes, now, resolution=resolution)


def _of_unit(desk: Desk, unit_id: str, now: Now) -> Position:
    state = state_of(desk.fleet, unit_id, now)
    if state.fix is None:
        raise UnknownId("该单元暂无定位。(The unit has no position yet.)")
    return state.fix.position


def _of_incident(desk: Desk, incident_id: str) -> Position:
    found = desk.incident(incident_id)
    if found.location is None:
        raise InvalidInput("案件尚未定位。(The incident has no place yet.)")
    return found.location.position


def _of_many(desk: Desk, of: Of, role: Role, now: Now) -> list[Position]:
    states = desk.fleet.states(now)
    if of == "posts":
        return [s.unit.standby for s in states if s.unit.role is role and s.unit.shift.covers(now)]
    able, _ = eligible(states, role, now, desk.policy)
    return [s.fix.position for s in able if s.fix is not None]
