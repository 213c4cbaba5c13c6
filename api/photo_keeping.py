"""One photograph on its way in: read with a bound, looked into, kept with its event in one transaction."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Response
from sqlalchemy import Connection

from api import wiring
from api.access.dependencies import token_of
from api.credentials import security
from api.forms.bounded_body import bounded_body
from dispatch.errors import InvalidInput
from dispatch.evidence import Photo, PhotoKind, PhotoSource
from dispatch.incident import Incident
from dispatch.location import Position
from dispatch.photos import photo_taken, require_room
from geo_data.photo_image import Picture, examine
from geo_data.stores.photo_store import PostgisPhotos
from geo_data.stores.postgis_log import PostgisLog

HEARD_OUT = 4  # times the limit: a sender that goes on so long is not heard out, but cut off


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A photograph as it was sent; ``declared`` is the media type the sender gave."""

    content: bytes
    declared: str
    kind: PhotoKind
    source: PhotoSource
    captured_at: datetime | None
    position: Position | None
    accuracy_m: float | None


async def bounded_content(request: Request) -> bytes:
    """The raw body of a request; no more than the policy's limit is kept of it.

    Raises
    ------
    InvalidInput
        For a body that is empty, too large or broke off.
    """
    limit = wiring.policy().photos.max_bytes
    content = await bounded_body(request, limit, heard_out=HEARD_OUT)
    if content is None:
        raise InvalidInput(f"照片过大(最多 {limit / 1e6:g} MB):请缩小后再发。(Too large: send it smaller.)")
    if not content:
        raise InvalidInput("没有收到照片内容:请把照片放在请求正文中。(Empty: send the photograph as the body.)")
    return content


async def content_of_signed_in(request: Request) -> bytes:
    """The body, of somebody whose token is good: looked at before anything is read, without holding a connection."""
    if security.bearer_of(token_of(request), wiring.secret()) is None:
        raise HTTPException(401, "请先登录。(Sign in first: POST /v1/session.)")
    return await bounded_content(request)


SignedInContent = Annotated[bytes, Depends(content_of_signed_in)]


def keep_photo(
    connection: Connection, incident_id: str, sent: Sent, now: datetime, *, by: str
) -> tuple[Incident, Photo]:
    """Keep a photograph of an incident; the same bytes sent again are the same photograph, told as it first came.

    Raises
    ------
    UnknownId
        There is no such incident.
    InvalidInput
        When it is no photograph, too large, taken in the future, or one too many.
    """
    sha256 = hashlib.sha256(sent.content).hexdigest()
    log = PostgisLog(connection)
    before = log.incident(incident_id)
    if sha256 in before.photos:
        return before, before.photos[sha256].photo
    rules, store = wiring.policy().photos, PostgisPhotos(connection)
    require_room(before, sent.source, rules)
    picture = examine(sent.content, sent.declared, max_megapixels=rules.max_megapixels, thumbnail_px=rules.thumbnail_px)
    photo = _photo(sent, sha256, picture, now)
    log.hold(incident_id)
    before = log.incident(incident_id)
    if sha256 in before.photos:
        return before, before.photos[sha256].photo  # the same one came by another way meanwhile
    log.append([photo_taken(before, photo, now, rules, by=by)], after=before.version)
    store.keep(incident_id, sha256, sent.content, picture)
    return log.incident(incident_id), photo


def _photo(sent: Sent, sha256: str, picture: Picture, now: datetime) -> Photo:
    return Photo(
        sha256=sha256,
        media_type=picture.media_type,
        size_bytes=len(sent.content),
        width_px=picture.width_px,
        height_px=picture.height_px,
        kind=sent.kind,
        source=sent.source,
        captured_at=sent.captured_at or now,
        position=sent.position,
        accuracy_m=sent.accuracy_m,
    )


def served(request: Request, mark: str, read: Callable[[], tuple[str, bytes]]) -> Response:
    """Answer with the bytes of a picture; a browser keeps them for itself and asks each time whether it still may look.

    Parameters
    ----------
    request : Request
    mark : str
        Names the bytes: what has the same mark is the same.
    read : callable
        Media type and bytes, asked for only where the browser does not have them.
    """
    etag = f'"{mark}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == etag:
        return Response(status_code=304, headers=headers)
    media_type, body = read()
    return Response(body, media_type=media_type, headers=headers)
