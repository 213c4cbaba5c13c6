"""Photographs from a caller, behind the secret link of their case; each is known by its content, so no key is needed."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.concurrency import run_in_threadpool

from api import wiring
from api.access.dependencies import CaseDesk, Now, Transaction
from api.access.public_doors import OtherDoor
from api.forms.caller_schemas import CaseOut
from api.photo_keeping import Sent, bounded_content, keep_photo
from api.routes.cases import Case, case_of, shown
from api.views import case_views
from dispatch import caller_desk
from dispatch.errors import InvalidInput
from dispatch.evidence import PhotoKind, PhotoSource
from geo_data.database import transaction as one_transaction

router = APIRouter(tags=["caller"])


async def content_of_case(request: Request, token: str) -> bytes:
    """The body, from somebody whose link opens: looked at before anything is read, without holding a connection."""

    def look() -> None:
        now = datetime.now(UTC)
        with one_transaction(wiring.database()) as connection:
            case_of(token, wiring.ground().live_desk(connection), connection, now)

    await run_in_threadpool(look)
    return await bounded_content(request)


@router.post("/v1/cases/{token}/photos", status_code=201)
def add_photo(
    _: OtherDoor,
    content: Annotated[bytes, Depends(content_of_case)],
    own: Case,
    desk: CaseDesk,
    transaction: Transaction,
    now: Now,
    content_type: Annotated[str, Header()] = "",
) -> CaseOut:
    """Keep a photograph: the body is the JPEG, PNG or WebP as it is. The same one sent twice is kept once."""
    kept = caller_desk.served(desk, own)
    mine, most = case_views.photos_of(own, kept), desk.policy.caller.photos
    if len(mine) >= most and sha256(content).hexdigest() not in mine:
        raise InvalidInput(f"本案最多 {most} 张照片。(A case takes {most} photographs.)")
    sent = Sent(
        content=content,
        declared=content_type,
        kind=PhotoKind.OTHER,
        source=PhotoSource.CALLER,
        captured_at=None,
        position=None,
        accuracy_m=None,
    )
    keep_photo(transaction, kept.id, sent, now, by=case_views.sender(own))
    return shown(desk, desk.incident(own.id), now)
