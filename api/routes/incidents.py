"""Incidents: what stands, who should go, and who was sent."""

import json
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from api.access.dependencies import Dispatcher, Ground, LiveDesk, Now, Reader, Transaction
from api.access.idempotency import OnceRoute
from api.forms.captured import position_of
from api.forms.schemas import AssignIn, IncidentOut, PictureOut, PointIn, RecommendationOut
from api.views import views
from api.views.kept import kept
from dispatch.folding import fold
from dispatch.vocabulary import Role
from geo_data.stores.event_codec import encode
from geo_data.stores.postgis_log import PostgisLog

router = APIRouter(route_class=OnceRoute, prefix="/v1", tags=["incidents"])


@router.get("/picture", response_model=PictureOut)
def picture(desk: LiveDesk, on: Ground, now: Now, transaction: Transaction, _: Reader) -> Response:
    """Everything a console starts from: open incidents (without `refused`), units, shops."""
    rest = PictureOut(
        as_of=now,
        network=views.network(on.network),
        incidents=[],
        units=[views.unit(u, now) for u in desk.fleet.states(now)],
        shops=views.shops(desk.fleet.shops(), desk.log, now),
        auto_offer=desk.policy.choosing.auto_offer,
        answer_within_s=desk.policy.offers.answer_timeout_s,
        fix_max_age_s=desk.policy.positions.max_age_s,
        fix_max_accuracy_m=desk.policy.positions.max_accuracy_m,
    )
    incidents = b",".join(kept().open_now(PostgisLog(transaction), now))
    words = rest.model_dump_json(exclude={"incidents"}).encode()
    return Response(b'{"incidents":[%b],%b' % (incidents, words[1:]), media_type="application/json")


@router.get("/incidents")
def incidents(
    desk: LiveDesk,
    now: Now,
    _: Reader,
    status: Literal["open", "all"] = "open",
    hours: Annotated[float, Query(gt=0, le=24 * 31)] = 24,
    limit: Annotated[int, Query(ge=1, le=2000)] = 200,
) -> list[IncidentOut]:
    """Incidents, newest first: the open ones, or all that were reported in the last `hours`."""
    if status == "open":
        found = desk.log.open_incidents()
    else:
        found = [fold(h) for h in desk.log.all_events(since=now - timedelta(hours=hours))]
    return [views.incident(i, now) for i in reversed(found[-limit:])]


@router.get("/incidents/{incident_id}")
def incident(incident_id: str, desk: LiveDesk, now: Now, _: Reader) -> IncidentOut:
    """One incident."""
    return views.incident(desk.incident(incident_id), now)


@router.get("/incidents/{incident_id}/events")
def events(incident_id: str, desk: LiveDesk, _: Reader) -> list[dict[str, Any]]:
    """The facts the incident is folded from, in order."""
    history = desk.log.history(incident_id)
    return [
        {"seq": seq, "kind": type(e).__name__, "at": e.at, "by": e.by, "body": json.loads(encode(e)[1])}
        for seq, e in enumerate(history, start=1)
    ]


@router.post("/incidents/{incident_id}/location")
def relocate(incident_id: str, body: PointIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Correct the place by hand; the commitment stays as it was frozen at intake."""
    return views.incident(desk.relocate(incident_id, position_of(body), now, by=who.username), now)


@router.get("/incidents/{incident_id}/recommendation")
def recommendation(
    incident_id: str, desk: LiveDesk, now: Now, _: Reader, role: Role = Role.SURVEYOR
) -> RecommendationOut:
    """Who should go, ranked by the policy's rule, with P(kept), and why the others cannot."""
    return views.recommendation(incident_id, desk.advise(incident_id, role, now))


@router.post("/incidents/{incident_id}/assignments", status_code=201)
def assign(incident_id: str, desk: LiveDesk, now: Now, who: Dispatcher, body: AssignIn | None = None) -> IncidentOut:
    """Offer the job to the recommended unit, or to another with a reason."""
    body = body or AssignIn()
    after = desk.offer(incident_id, body.role, now, unit_id=body.unit_id, reason=body.reason, by=who.username)
    return views.incident(after, now)
