"""The caller reports an accident from their own phone; open to strangers, so every door counts how often it is used."""

from threading import Lock
from typing import Annotated

from cachetools import LRUCache, cached
from cachetools.keys import hashkey
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import FileResponse
from sqlalchemy import Connection

from api import wiring
from api.access.dependencies import IntakeDesk, Now, Transaction
from api.access.public_doors import OtherDoor, report_door
from api.forms.caller_schemas import CallerDeskOut, CallerPlaceOut, CallerPlacesOut, CallerReportedOut, CallerReportIn
from api.forms.schemas import Latitude, Longitude
from api.reports_in import told_by_caller
from api.routes.pages import WEB
from api.views import case_views
from dispatch.caller_desk import CALLER
from dispatch.errors import InvalidInput
from dispatch.intake import PINNED_UNCERTAINTY_M
from dispatch.location import Location, Position
from dispatch.vocabulary import Confidence, MatchCode
from geo_data.principal import assume
from geo_data.stores.case_links import PostgisCaseLinks
from geo_data.vector_tiles import etag as map_etag
from geo_data.vector_tiles import tile as cut_tile

router = APIRouter(tags=["caller"])

Key = Annotated[str, Header(alias="Idempotency-Key", min_length=16, max_length=80, pattern=r"^[\x21-\x7e]+$")]
DEEPEST, SHALLOWEST = 15, 8
GUANGZHOU = (113.32, 23.12)
MOST_PLACES = 4


@router.get("/report", include_in_schema=False)
def page() -> Response:
    """The page on which a caller reports."""
    return FileResponse(WEB / "report.html")


@router.get("/v1/caller/desk")
def desk_of() -> CallerDeskOut:
    """Whom the caller deals with, and where a map starts; answered without the database."""
    on, rules = wiring.ground(), wiring.policy().caller
    return CallerDeskOut(
        company=rules.company,
        telephone=rules.telephone,
        centre=GUANGZHOU,
        schematic=on.network.schematic,
        city=on.area.city,
        most_photos=rules.photos,
    )


@router.post("/v1/caller/reports", status_code=201)
def report(
    _: OtherDoor,
    key: Key,
    body: CallerReportIn,
    desk: IntakeDesk,
    transaction: Transaction,
    now: Now,
    request: Request,
    response: Response,
) -> CallerReportedOut:
    """Take a report. However often it is sent with one key it is one report, and each answer brings a link to it.

    Only new reports count against the limits of reports: a phone with bad signal may try on.
    """
    assume(transaction, "intake")  # a report is taken by the desk, whoever brings it
    links, sent = PostgisCaseLinks(transaction), body.model_dump_json().encode()
    before = links.report_of(key, sent)
    if before is not None:
        response.status_code = 200
        number, same = before
        return _reported(links.issue(number, now, by=CALLER), number, repeated=True, changed=not same)
    report_door(request, now)
    incident = desk.take_report(told_by_caller(body, now), by=CALLER)
    links.keep_report(key, sent, incident.id, now)
    return _reported(links.issue(incident.id, now, by=CALLER), incident.id)


def _reported(token: str, number: str, *, repeated: bool = False, changed: bool = False) -> CallerReportedOut:
    return CallerReportedOut(number=number, case_path=f"/case/{token}", repeated=repeated, changed=changed)


@router.get("/v1/caller/places")
def places(_: OtherDoor, text: Annotated[str, Query(max_length=300)]) -> CallerPlacesOut:
    """Places that words may mean: of the public map only, no company's own and no paid service for strangers."""
    found = wiring.ground().geocoder.geocode(text)
    if not isinstance(found, Location):
        return CallerPlacesOut(places=[], reason=found.reason)
    return CallerPlacesOut(
        places=[case_views.place(p, question=p.question) for p in (found, *found.alternatives)[:MOST_PLACES]]
    )


@router.get("/v1/caller/place")
def place(_: OtherDoor, lon: Longitude, lat: Latitude, accuracy_m: float = PINNED_UNCERTAINTY_M) -> CallerPlaceOut:
    """Words for a point of the caller's map; `words` is empty where nothing named is near."""
    at, on = Position(lon, lat), wiring.ground()
    found = Location(
        position=at,
        match_code=MatchCode.GOOD,
        confidence=Confidence.HIGH,
        uncertainty_m=max(accuracy_m, 1.0),
        matched_text=on.geocoder.words_at(at),
        district=on.area.district_of(at),
    )
    return case_views.place(found)


@router.get("/v1/caller/tiles/{z}/{x}/{y}.mvt", include_in_schema=False)
def tile(z: int, x: int, y: int, request: Request, transaction: Transaction) -> Response:
    """One tile of the street map, which holds roads and names but no case and nobody's position."""
    if not SHALLOWEST <= z <= DEEPEST:
        raise InvalidInput(f"The caller's map has zooms {SHALLOWEST} to {DEEPEST}.")
    mark = map_etag(transaction)
    headers = {"ETag": f'"{mark}"', "Cache-Control": "public, max-age=3600"}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    body = _tile(transaction, mark, z, x, y)
    return Response(body, media_type="application/vnd.mapbox-vector-tile", headers=headers)


@cached(LRUCache(2048), key=lambda _, *name: hashkey(*name), lock=Lock())  # requests run in threads
def _tile(transaction: Connection, _mark: str, z: int, x: int, y: int) -> bytes:
    return cut_tile(transaction, z, x, y)
