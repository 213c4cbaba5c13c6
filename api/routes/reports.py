"""A report arrives."""

from fastapi import APIRouter, Query

from api import views
from api.captured import position_of
from api.dependencies import Dispatcher, Ground, LiveDesk, Now, SignedIn
from api.idempotency import OnceRoute
from api.reports_in import told_by_dispatcher
from api.rush import unhurried
from api.schemas import Datum, GeocodeOut, IncidentOut, Latitude, Longitude, PointIn, ReportIn, WordsOut
from dispatch.errors import InvalidInput
from dispatch.location import Location

router = APIRouter(route_class=OnceRoute, prefix="/v1", tags=["reports"])


@router.post("/reports", status_code=201)
def take_report(body: ReportIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Take a report: it becomes an incident with a place and a commitment.

    A place that is not understood leaves the incident `unlocated`: set it with `POST /v1/incidents/{id}/location`.
    """
    report = told_by_dispatcher(body, now)
    return views.incident(unhurried(desk).take_report(report, by=who.username), now)


@router.get("/geocode/reverse")
def reverse(on: Ground, _: SignedIn, lon: Longitude, lat: Latitude, crs: Datum = "wgs84") -> WordsOut:
    """Words for a point: its road, the nearest corner, a place that everybody knows."""
    at = position_of(PointIn(lon=lon, lat=lat, crs=crs))
    return WordsOut(lon=at.lon, lat=at.lat, district=on.area.district_of(at), words=on.geocoder.words_at(at))


@router.get("/geocode")
def geocode(
    on: Ground,
    _: SignedIn,
    text: str = Query(max_length=2000),
    lon: Longitude | None = None,
    lat: Latitude | None = None,
    crs: Datum = "wgs84",
) -> GeocodeOut:
    """Find the place some words, a point, or both speak of."""
    if (lon is None) != (lat is None):
        raise InvalidInput("经纬度须同时给出。(Give lon and lat, or neither.)")
    hint = position_of(PointIn(lon=lon, lat=lat, crs=crs)) if lon is not None and lat is not None else None
    found = on.geocode(text, hint=hint)
    if isinstance(found, Location):
        return GeocodeOut(location=views.location(found), not_reached=list(found.not_reached))
    return GeocodeOut(location=None, reason=found.reason, not_reached=list(found.not_reached))
