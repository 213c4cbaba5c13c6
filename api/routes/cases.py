"""A case behind its secret link: shown to whoever holds it, and what they ask for. A wrong and an expired link look alike."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse
from sqlalchemy import Connection

from api.access.dependencies import CaseDesk, Dispatcher, LiveDesk, Now, Transaction, address_of
from api.access.idempotency import OnceRoute
from api.access.public_doors import OtherDoor
from api.forms.caller_schemas import CallbackIn, CaseOut, DoubtIn, RatingIn
from api.forms.captured import position_of
from api.forms.follow_up_schemas import CaseLinkOut
from api.routes.pages import WEB
from api.streams.case_live import CaseListener
from api.streams.event_stream import EventStream
from api.views import case_views
from dispatch import caller_desk
from dispatch.case import link_opens
from dispatch.desk import Desk
from dispatch.errors import UnknownId
from dispatch.incident import Incident
from geo_data.principal import assume
from geo_data.stores.case_links import PostgisCaseLinks, token_hash

router = APIRouter(route_class=OnceRoute, tags=["caller"])

CLOSED_DOOR = "链接无效或已过期。请拨打服务电话,报上案件号或车牌。(No such link, or it has expired: telephone us.)"


def case_of(token: str, desk: CaseDesk, transaction: Transaction, now: Now) -> Incident:
    """The incident a token opens; raises `UnknownId`, in the same words for a wrong and an expired one."""
    assume(transaction, "caller", token=token_hash(token))
    incident_id = PostgisCaseLinks(transaction).incident_of(token)
    if incident_id is None:
        raise UnknownId(CLOSED_DOOR)
    incident = _seen(token, incident_id, desk, transaction)
    if not link_opens(incident, caller_desk.served(desk, incident), now, desk.policy.caller.link_days):
        raise UnknownId(CLOSED_DOOR)
    return incident


def _seen(token: str, incident_id: str, desk: Desk, transaction: Connection) -> Incident:
    """The case, seen as its caller from now on: it, and what it was merged into."""
    cases = [incident_id]
    while True:
        assume(transaction, "caller", token=token_hash(token), cases=cases)
        last = desk.incident(cases[-1])
        if last.merged_into is None or last.merged_into in cases:
            return desk.incident(incident_id) if len(cases) > 1 else last
        cases.append(last.merged_into)


Case = Annotated[Incident, Depends(case_of, scope="function")]


@router.get("/case/{token}", include_in_schema=False)
def page(token: str, desk: CaseDesk, transaction: Transaction, now: Now) -> Response:
    """The page of a case; for a link that opens nothing the same page, which says so."""
    try:
        case_of(token, desk, transaction, now)
    except UnknownId:
        return FileResponse(WEB / "case.html", status_code=404)
    return FileResponse(WEB / "case.html")


@router.post("/v1/incidents/{incident_id}/case-link", status_code=201)
def link(
    incident_id: str, request: Request, desk: LiveDesk, transaction: Transaction, now: Now, who: Dispatcher
) -> CaseLinkOut:
    """Make a link for the caller; it cannot be shown again, but another can be made, and older ones stay good."""
    incident = desk.incident(incident_id)
    token = PostgisCaseLinks(transaction).issue(incident.id, now, by=who.username)
    url = f"{address_of(request)}/case/{token}"
    rules = desk.policy.caller
    call = f"客服电话 {rules.telephone}。" if rules.telephone else ""
    sms = f"【{rules.company}】您的案件 {incident.id} 已受理。查看进展、请回电:{url} {call}如有人受伤请先拨打 120。"
    return CaseLinkOut(url=url, sms=sms)


@router.get("/v1/cases/{token}")
def case(own: Case, desk: CaseDesk, now: Now) -> CaseOut:
    """The case as it stands."""
    return shown(desk, own, now)


@router.post("/v1/cases/{token}/place")
def doubt(_: OtherDoor, own: Case, body: DoubtIn, desk: CaseDesk, now: Now) -> CaseOut:
    """Say that the place is another; a dispatcher looks at it and decides."""
    position = position_of(body.point) if body.point else None
    accuracy_m = body.point.accuracy_m if body.point else None
    after = caller_desk.doubt_place(desk, own.id, now, text=body.text, position=position, accuracy_m=accuracy_m)
    return shown(desk, after, now)


@router.post("/v1/cases/{token}/callback")
def callback(_: OtherDoor, own: Case, body: CallbackIn, desk: CaseDesk, now: Now) -> CaseOut:
    """Ask to be called back; asking again while one call waits changes nothing."""
    phone = body.phone or own.reported.phone
    return shown(desk, caller_desk.ask_callback(desk, own.id, now, reason=body.reason, phone=phone), now)


@router.post("/v1/cases/{token}/rating")
def rate(_: OtherDoor, own: Case, body: RatingIn, desk: CaseDesk, now: Now) -> CaseOut:
    """Rate the service after it has ended; the rating can be changed for a day."""
    return shown(desk, caller_desk.rate(desk, own.id, now, stars=body.stars, words=body.words), now)


@router.get("/v1/cases/{token}/live", response_class=EventStream)
def live(own: Case, desk: CaseDesk, request: Request) -> EventStream:
    """Server-sent events: `hello`, `changed` and `moved` (ask for the case again), `heartbeat` every second."""
    listener = CaseListener.of(own, caller_desk.served(desk, own))
    return EventStream(request.app.state.cases.stream(listener))


def shown(desk: Desk, own: Incident, now: Now) -> CaseOut:
    """The case of an incident, by whoever serves it."""
    return case_views.case(desk, own, caller_desk.served(desk, own), now)
