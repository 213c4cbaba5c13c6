"""How the service stands: answered without the database, and for all screens from what a worker keeps."""

from fastapi import APIRouter, Request

from api.access import doors
from api.forms.status_schemas import AwayOut, FreeUnitsOut, StatusOut
from api.health.database_watch import watch
from api.health.degradations import away_anywhere
from api.queue.queued import QueueState
from api.queue.taking import queue
from api.remembering import Remembered
from api.views.kept_free import kept_free

router = APIRouter(prefix="/v1", tags=["session"])


@router.get("/status")
def status(request: Request, who: Remembered) -> StatusOut:
    """What is away, since when, and what it means; how the background stands; and for desks who can be sent."""
    counts = queue().counts()
    return StatusOut(
        degradations=[
            AwayOut(part=one.part, label=one.part.label, detail=one.detail, since=one.since, means=one.part.means)
            for one in away_anywhere()
        ],
        database_away_since=watch.away_since,
        waiting=counts.get(QueueState.WAITING, 0),
        set_aside=counts.get(QueueState.SET_ASIDE, 0),
        background=request.app.state.live.background.told,
        free=_free() if who.seat in doors.READERS else None,
    )


def _free() -> list[FreeUnitsOut] | None:
    counted = kept_free().now() if watch.away_since is None else None
    return (
        None
        if counted is None
        else [
            FreeUnitsOut(
                role=one.role,
                role_label=one.role.label,
                sendable=one.sendable,
                others={reason.value: n for reason, n in one.others.items()},
            )
            for one in counted
        ]
    )
