"""The survey form of an incident."""

from datetime import datetime

from fastapi import APIRouter

from api.access.dependencies import LiveDesk, Now, SignedIn
from api.access.idempotency import OnceRoute
from api.credentials.security import Account
from api.forms.captured import position_of
from api.forms.evidence_schemas import SceneReportIn, SceneReportOut
from api.routes.photos import require_bound
from api.views import evidence_views as views
from dispatch.errors import NotAllowed
from dispatch.incident import Incident
from dispatch.scene_report import SceneReport
from dispatch.surveying import file_report
from dispatch.vocabulary import Role

router = APIRouter(route_class=OnceRoute, prefix="/v1/incidents/{incident_id}/scene-reports", tags=["evidence"])


def _require_surveys(incident: Incident, who: Account) -> None:
    """A tow brings photographs, and no survey."""
    roles = {a.role for a in incident.assignments.values() if a.unit_id == who.unit_id}
    if who.seat == "surveyor" and roles <= {Role.TOW_UNIT}:
        raise NotAllowed("查勘单由查勘员或人伤专员填写。(The form is for surveyors and specialists.)")


def _report(body: SceneReportIn, now: datetime) -> SceneReport:
    return SceneReport(
        answered_by=body.answered_by.strip(),
        loss_fen=None if body.loss_yuan is None else int(body.loss_yuan * 100),
        parts=tuple(dict.fromkeys(body.parts)),
        damage=body.damage.strip(),
        injured=body.injured,
        injuries=body.injuries.strip(),
        vehicles=body.vehicles,
        responsibility=body.responsibility,
        decision=body.decision,
        notes=body.notes.strip(),
        photos=tuple(dict.fromkeys(body.photos)),
        captured_at=body.captured_at or now,
        position=position_of(body.point) if body.point else None,
        accuracy_m=body.point.accuracy_m if body.point else None,
    )


@router.post("", status_code=201)
def file(incident_id: str, body: SceneReportIn, desk: LiveDesk, now: Now, who: SignedIn) -> SceneReportOut:
    """Keep the survey form. Where the incident has one already, this one corrects it; the same one sent twice is kept once."""
    incident = desk.incident(incident_id)
    require_bound(incident, who, now)
    _require_surveys(incident, who)
    after, form = file_report(desk, incident_id, _report(body, now), now, by=who.username)
    return views.scene_report(after, form)


@router.get("")
def listed(incident_id: str, desk: LiveDesk, now: Now, who: SignedIn) -> list[SceneReportOut]:
    """All survey forms of an incident, the first first: each corrects the one before, the last one counts."""
    incident = desk.incident(incident_id)
    require_bound(incident, who, now, reading=True)
    return views.scene_reports(incident)
