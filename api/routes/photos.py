"""Photographs of an incident."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from api import wiring
from api.access.dependencies import Now, SignedIn, Transaction
from api.credentials.security import Account
from api.forms.captured import position_of
from api.forms.evidence_schemas import PhotoIn, PhotoOut
from api.forms.schemas import PointIn
from api.photo_keeping import Sent, SignedInContent, keep_photo, served
from api.views import evidence_views as views
from dispatch.errors import NotAllowed
from dispatch.evidence import PhotoSource
from dispatch.incident import Incident
from dispatch.location import Position
from dispatch.photos import is_bound
from geo_data.stores.photo_store import PostgisPhotos
from geo_data.stores.postgis_log import PostgisLog

router = APIRouter(prefix="/v1/incidents/{incident_id}/photos", tags=["evidence"])

ContentType = Annotated[str, Header()]


def require_bound(incident: Incident, who: Account, now: datetime, *, reading: bool = False) -> None:
    """Let in a dispatcher, a reading manager or auditor, and the surveyor who works on the incident or lately did."""
    if who.seat == "dispatcher" or (reading and who.seat in ("manager", "auditor")):
        return
    if who.unit_id is None or not is_bound(incident, who.unit_id, now, wiring.policy().photos):
        raise NotAllowed("这不是您的案件。(This incident is not yours.)")


def _position(told: PhotoIn) -> Position | None:
    if told.lon is None or told.lat is None:
        return None
    return position_of(PointIn(lon=told.lon, lat=told.lat, crs=told.crs))


@router.post("", status_code=201)
def add(
    incident_id: str,
    content: SignedInContent,
    told: Annotated[PhotoIn, Query()],
    transaction: Transaction,
    now: Now,
    who: SignedIn,
    content_type: ContentType = "",
) -> PhotoOut:
    """Keep a photograph: the body is the JPEG, PNG or WebP as it is. The same one sent twice is kept once."""
    require_bound(PostgisLog(transaction).incident(incident_id), who, now)
    sent = Sent(
        content=content,
        declared=content_type,
        kind=told.kind,
        source=told.source if who.seat == "dispatcher" else PhotoSource.SURVEYOR,
        captured_at=told.captured_at,
        position=_position(told),
        accuracy_m=told.accuracy_m,
    )
    incident, photo = keep_photo(transaction, incident_id, sent, now, by=who.username)
    return views.photo(incident, incident.photos[photo.sha256])


@router.get("")
def listed(incident_id: str, transaction: Transaction, now: Now, who: SignedIn) -> list[PhotoOut]:
    """All photographs of an incident, the first taken first."""
    incident = PostgisLog(transaction).incident(incident_id)
    require_bound(incident, who, now, reading=True)
    return views.photos(incident)


@router.get("/{sha256}", response_class=Response)
def content(
    incident_id: str, sha256: str, request: Request, transaction: Transaction, now: Now, who: SignedIn
) -> Response:
    """A photograph as it was received."""
    require_bound(PostgisLog(transaction).incident(incident_id), who, now, reading=True)
    return served(request, sha256, lambda: PostgisPhotos(transaction).content(incident_id, sha256))


@router.get("/{sha256}/thumbnail", response_class=Response)
def thumbnail(
    incident_id: str, sha256: str, request: Request, transaction: Transaction, now: Now, who: SignedIn
) -> Response:
    """A photograph made small, upright and without EXIF."""
    require_bound(PostgisLog(transaction).incident(incident_id), who, now, reading=True)
    return served(request, f"{sha256}-small", lambda: PostgisPhotos(transaction).thumbnail(incident_id, sha256))
