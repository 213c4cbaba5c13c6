"""A report arrives."""

from fastapi import APIRouter, Query

from api.access.dependencies import Dispatcher, Ground, IntakeDesk, Now, SignedIn
from api.access.idempotency import OnceRoute
from api.forms.captured import position_of
from api.forms.schemas import Datum, GeocodeOut, IncidentOut, Latitude, Longitude, PointIn, ReportIn, WordsOut
from api.reports_in import told_by_dispatcher
from api.views import views
from api.views.geocode_views import found_out, hint_of, words_for

router = APIRouter(route_class=OnceRoute, prefix="/v1", tags=["reports"])


@router.post("/reports", status_code=201)
def take_report(body: ReportIn, desk: IntakeDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Take a report: it becomes an incident with a place and a commitment.

    A place that is not understood leaves the incident `unlocated`: set it with `POST /v1/incidents/{id}/location`.
    """
    report = told_by_dispatcher(body, now)
    return views.incident(desk.take_report(report, by=who.username), now)


@router.get("/geocode/reverse")
def reverse(on: Ground, _: SignedIn, lon: Longitude, lat: Latitude, crs: Datum = "wgs84") -> WordsOut:
    """Words for a point: its road, the nearest corner, a place that everybody knows."""
    return words_for(on, position_of(PointIn(lon=lon, lat=lat, crs=crs)))


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
    return found_out(on.geocode(text, hint=hint_of(lon, lat, crs)))
