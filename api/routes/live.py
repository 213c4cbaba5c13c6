"""The live stream."""

from fastapi import APIRouter, Request

from api.access.dependencies import PerhapsPresent, SignedIn
from api.streams.event_stream import EventStream

router = APIRouter(prefix="/v1", tags=["live"])


@router.get("/live", response_class=EventStream)
async def live(request: Request, who: SignedIn, present: PerhapsPresent) -> EventStream:
    """Server-sent events: `incident`, `units`, `moves`, `presence`, `background`, and a `heartbeat` when nothing happens.

    `incident` is one as it now stands (without `refused`), `units` are those that changed, `moves` where those are that
    only moved.

    Open the stream first, then fetch `/v1/picture`, and keep the higher `version` of each incident: nothing is
    missed. When the stream ends, do the same again. `presence` says which
    dispatcher has which incident open, `background` how that stands (as `/v1/status` has it). A surveyor hears of its own
    unit and incidents only.
    """
    until = present.until if present else None
    return EventStream(request.app.state.live.stream(who, until))
