"""Reports while the database is away: led here by `api.queue.door`; nothing here needs the database.

Who asks is then known by the token alone, so these doors take reports and show the queue, and open nothing else.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.access.dependencies import Now
from api.access.idempotency import key_of, with_query
from api.access.public_doors import report_door
from api.forms.caller_schemas import CallerReportedOut, CallerReportIn
from api.forms.captured import position_of
from api.forms.schemas import Datum, GeocodeOut, Latitude, Longitude, PointIn, ReportIn, WordsOut
from api.queue import taking
from api.queue.preview import offline_ground
from api.queue.queued import Source
from api.queue.schemas import QueuedOut, QueueOut
from api.remembering import Remembered
from api.routes.caller import Key
from api.views.geocode_views import found_out, hint_of, words_for

router = APIRouter(prefix="/v1/queue", tags=["queue"])


async def _sent(request: Request) -> bytes:
    return await request.body()


Sent = Annotated[bytes, Depends(_sent)]


@router.get("")
def whole_queue(now: Now, _: Remembered) -> QueueOut:
    """The queue of this machine; its reports enter by themselves when the database is back."""
    return taking.whole_queue(now)


@router.post("/reports", status_code=202)
def keep_report(_: ReportIn, sent: Sent, request: Request, now: Now, who: Remembered) -> QueuedOut:
    """Keep a report until the database is back; `POST /v1/reports` comes here by itself while it is away.

    The same `Idempotency-Key` keeps it once, and once it has entered `POST /v1/reports` answers the key with the incident.
    """
    key, path = str(key_of(request)), with_query(request, "/v1/reports")
    return taking.shown(taking.take(Source.CONSOLE, who.username, key, path, sent, now)[0])


@router.post("/caller-reports", status_code=202)
def keep_caller_report(
    body: CallerReportIn, sent: Sent, key: Key, request: Request, response: Response, now: Now
) -> CallerReportedOut:
    """Keep a caller's report; its page asks again with the same key until there is a case."""
    if not taking.queue().is_waiting(Source.CALLER, key):
        report_door(request, now)
    queued, is_new = taking.take(Source.CALLER, "", key, "/v1/caller/reports", sent, now)
    response.headers["Retry-After"] = "10"
    changed = not is_new and CallerReportIn.model_validate_json(queued.body or sent) != body
    return CallerReportedOut(number=queued.provisional, case_path="", repeated=not is_new, changed=changed)


@router.post("/{number}/again")
def try_again(number: int, _: Remembered) -> QueuedOut:
    """Let a report that was set aside try once more."""
    return taking.shown(taking.queue().try_again(number))


@router.get("/geocode")
def geocode(
    _: Remembered,
    text: str = Query(max_length=2000),
    lon: Longitude | None = None,
    lat: Latitude | None = None,
    crs: Datum = "wgs84",
) -> GeocodeOut:
    """Find a place as `GET /v1/geocode` does, by what this process knows: no service is asked."""
    return found_out(offline_ground().geocode(text, hint=hint_of(lon, lat, crs)))


@router.get("/geocode/reverse")
def reverse(_: Remembered, lon: Longitude, lat: Latitude, crs: Datum = "wgs84") -> WordsOut:
    """Words for a point, as `GET /v1/geocode/reverse` has them."""
    return words_for(offline_ground(), position_of(PointIn(lon=lon, lat=lat, crs=crs)))
