"""Two callers, one crash: proposals, the merge, and its undoing."""

from fastapi import APIRouter

from api.access.dependencies import Dispatcher, LiveDesk, Now, Reader
from api.access.idempotency import OnceRoute
from api.forms.duplicate_schemas import DuplicateOut, MergeIn
from api.forms.schemas import IncidentOut, ReasonIn
from api.views import views
from dispatch.desk import Desk
from dispatch.duplicates import proposals
from dispatch.merging import obstacle

router = APIRouter(route_class=OnceRoute, prefix="/v1", tags=["incidents"])


def _proposed(desk: Desk) -> list[DuplicateOut]:
    by_id = {i.id: i for i in desk.log.open_incidents()}
    found = proposals(list(by_id.values()))
    return [views.duplicate(one, obstacle(by_id[one.duplicate_id], by_id[one.kept_id])) for one in found]


@router.get("/duplicates")
def duplicates(desk: LiveDesk, _: Reader) -> list[DuplicateOut]:
    """Pairs of open incidents that may be one accident, likeliest first. Nothing is merged unless a person does it."""
    return _proposed(desk)


@router.get("/incidents/{incident_id}/duplicates")
def duplicates_of(incident_id: str, desk: LiveDesk, _: Reader) -> list[DuplicateOut]:
    """Open incidents that may be the same accident as this one, likeliest first."""
    desk.incident(incident_id)
    return [one for one in _proposed(desk) if incident_id in (one.kept_id, one.duplicate_id)]


@router.post("/incidents/{incident_id}/merge")
def merge(incident_id: str, body: MergeIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Close this incident as a duplicate of `into`, which comes back; offers for it are released.

    Refused while a unit is on the way to it, and where the promise due first would be lost.
    """
    return views.incident(desk.merge(incident_id, body.into, now, reason=body.reason, by=who.username), now)


@router.post("/incidents/{incident_id}/unmerge")
def unmerge(incident_id: str, body: ReasonIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Open a merged incident again under the promise it had; the incident it was merged into comes back."""
    return views.incident(desk.unmerge(incident_id, now, reason=body.reason, by=who.username), now)
