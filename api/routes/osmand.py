"""Positions from Traccar Client, OsmAnd and everything else that speaks the OsmAnd protocol."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import Connection

from api.access.dependencies import Now, Transaction
from api.credentials.device_tokens import digest
from api.errors import problem
from api.forms import osmand
from api.forms.bounded_body import bounded_body
from api.forms.schemas import FixesOut
from api.intake.messages import fix_seen
from dispatch.errors import InvalidInput
from geo_data.principal import assume
from geo_data.stores.device_store import Heard, PostgisDevices
from geo_data.stores.fleet_store import PostgisFleet

MOST_BYTES = 64 * 1024
WAIT_S = 30  # what a device that sends too much is told

router = APIRouter(tags=["devices"])


async def _body(request: Request) -> bytes:
    """The body as it came, refused as soon as it is too long; the one thing here that must be awaited."""
    body = await bounded_body(request, MOST_BYTES)
    if body is None:
        raise HTTPException(413, "内容过长。(The body is too long.)")
    return body


@router.get("/v1/osmand", response_model=FixesOut)
@router.post("/v1/osmand", response_model=FixesOut)
def osmand_position(
    request: Request, body: Annotated[bytes, Depends(_body)], transaction: Transaction, now: Now
) -> Response:
    """Take a position by the OsmAnd protocol; the device id is the token that `POST /v1/devices` gave.

    By GET or POST with parameters, or by POST with the JSON of Traccar Client 9. A fix sent again changes nothing and is
    answered alike. What a phone calls invalid, or what is too old or dated ahead, is answered 200 with `refused`, as by
    `/v1/positions`: sending it once more would not help.
    """
    try:
        said = osmand.fields(request.url.query, body, request.headers.get("Content-Type", ""))
        heard = _heard(transaction, osmand.device(said), now)
        if isinstance(heard, Response):
            return heard
        return _taken(transaction, heard, osmand.sighting(said), now)
    except InvalidInput as error:  # answered, not raised: that the device was heard is kept
        return problem(400, str(error), "InvalidInput")


def _heard(transaction: Connection, token: str, now: Now) -> Heard | Response:
    """Who is speaking, or the answer to nobody we know and to one who speaks too often."""
    devices, known_by = PostgisDevices(transaction), digest(token)
    assume(transaction, "device", token=known_by)
    heard = devices.hear(known_by, now) if token else None
    if heard is not None:
        assume(transaction, "device", token=known_by, unit=heard.unit_id)
        return heard
    if not token or not devices.knows(known_by):
        return problem(401, "设备标识无效或已停用。(Unknown or revoked device id: ask the desk for a new one.)", "Http")
    busy = problem(429, "上报过于频繁,请稍后再发。(Too many messages: wait and send again.)", "Http")
    busy.headers["Retry-After"] = str(WAIT_S)
    return busy


def _taken(transaction: Connection, heard: Heard, seen: osmand.Sighting, now: Now) -> Response:
    PostgisDevices(transaction).note_power(heard.device_id, seen.battery, seen.charging)
    at = seen.at or now
    reason = seen.missing
    if seen.position is not None:
        fix = fix_seen(heard.unit_id, replace(seen, at=at))
        reason = next((r.reason for r in PostgisFleet(transaction).record_fixes([fix], now)), "")
    refused = [{"unit_id": heard.unit_id, "at": at.isoformat(), "reason": reason}] if reason else []
    told = FixesOut(taken=0 if reason else 1, refused=refused)
    return JSONResponse(told.model_dump(), headers={"Cache-Control": "no-store"})  # a GET, yet never the same one
