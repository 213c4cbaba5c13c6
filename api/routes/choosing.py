"""Windows and standby posts: what the desk would do with all who wait and all who are free, looked at together."""

from datetime import datetime, timedelta
from math import isfinite
from typing import Annotated

from fastapi import APIRouter, Query

from api.access.dependencies import Dispatcher, LiveDesk, Now, Reader
from api.access.idempotency import OnceRoute
from api.forms.choosing_schemas import AwaitedOut, ProposalOut, StandbyOut, StandbyPostOut
from api.forms.schemas import IncidentOut
from api.views import views
from dispatch import windows
from dispatch.choosing.soon import Soon
from dispatch.standby import StandbyAdvice, advise_standby
from dispatch.vocabulary import Role
from dispatch.windows import Proposal, propose

router = APIRouter(route_class=OnceRoute, prefix="/v1", tags=["choosing"])


@router.get("/proposals")
def proposals(desk: LiveDesk, now: Now, _: Reader, role: Role = Role.SURVEYOR) -> list[ProposalOut]:
    """Who should go where, all waiting incidents and free units matched together; units that have not set off may swap.

    Nothing is carried out: with `choosing.auto_offer` in the policy the desk does that by itself.
    """
    return [_proposal(p, now) for p in propose(desk, role, now)]


@router.post("/proposals/{incident_id}", status_code=201)
def accept(
    incident_id: str,
    desk: LiveDesk,
    now: Now,
    who: Dispatcher,
    role: Role = Role.SURVEYOR,
    shown: Annotated[list[str] | None, Query()] = None,
) -> list[IncidentOut]:
    """Carry out what is proposed for an incident, and what belongs to it: the incidents concerned come back.

    With ``shown``, the units that whoever decides had before their eyes, nobody else is sent.
    """
    done = windows.accept(desk, incident_id, role, now, shown=shown or (), by=who.username)
    return [views.incident(i, now) for i in done]


@router.get("/standby")
def standby(desk: LiveDesk, now: Now, _: Reader, role: Role = Role.SURVEYOR) -> StandbyOut:
    """Idle units that would be worth more at a standby post, the largest gain first; nobody is moved by it."""
    found = advise_standby(desk, role, now)
    return StandbyOut(as_of=now, role=role, cover=found.cover, advice=[_post(a) for a in found.advice])


def _proposal(p: Proposal, now: datetime) -> ProposalOut:
    return ProposalOut(
        incident_id=p.incident.id,
        role=p.role,
        chain=p.chain,
        options=[views.candidate(c, p.advice.metric) for c in p.advice.options] if p.advice else [],
        replaces=p.ends.unit_id if p.ends else None,
        gain_s=p.gain_s,
        explanation=p.explanation,
        explanation_in_english=p.explanation_in_english,
        awaited=_awaited(p.awaited, now) if p.awaited else None,
    )


def _awaited(soon: Soon, now: datetime) -> AwaitedOut:
    unit = soon.state.unit
    return AwaitedOut(unit_id=unit.id, unit_name=unit.name, free_at=now + timedelta(seconds=soon.mean_s))


def _post(a: StandbyAdvice) -> StandbyPostOut:
    return StandbyPostOut(
        unit_id=a.unit.unit.id,
        unit_name=a.unit.unit.name,
        lon=a.post.lon,
        lat=a.post.lat,
        area=a.area,
        travel_s=a.travel_s if isfinite(a.travel_s) else None,
        gain=a.gain,
        simulated=a.unit.unit.simulated,
        explanation=a.explanation,
        explanation_in_english=a.explanation_in_english,
    )
