"""From an incident and its plan to what travels over HTTP."""

from datetime import timedelta

from api.forms import response_schemas as out
from dispatch.incident import Incident, RemoteSurvey
from dispatch.needs import NeedState, need_states, plan_of
from dispatch.plan_words import say_plan, say_plan_in_english
from dispatch.plans import Plans
from dispatch.vocabulary import Skill


def response(i: Incident, plans: Plans) -> out.ResponseOut:
    """Show how an incident is responded to."""
    plan, told = plan_of(i, plans), i.reported
    specialist_s = plan.specialist_contact_s
    return out.ResponseOut(
        tiers=list(i.tiers),
        tier_labels=[t.label for t in i.tiers],
        findings=[out.FindingOut(tier=f.tier, tier_label=f.tier.label, because=f.because) for f in told.findings],
        tiers_changed=i.tier_change.reason if i.tier_change else "",
        needs=[_need(s) for s in need_states(i, plan)],
        priority=plan.priority,
        contact_by=told.at + timedelta(seconds=plan.contact_s),
        specialist_contact_by=None if specialist_s is None else told.at + timedelta(seconds=specialist_s),
        police=list(plan.police),
        remote_allowed=plan.remote,
        sentence=say_plan(i, plans),
        sentence_in_english=say_plan_in_english(i, plans),
        drivable=told.drivable,
        vehicles=told.vehicles,
        make=told.make,
        hospital=i.hospital.name if i.hospital else i.hospital_told.words if i.hospital_told else "",
        hospital_question=i.hospital_told.question if i.hospital_told else "",
        remote=_remote(i.remote) if i.remote else None,
    )


def _need(s: NeedState) -> out.NeedOut:
    return out.NeedOut(
        role=s.need.role,
        skills=[skill for skill in Skill if skill in s.need.skills],
        label=s.need.label,
        status=s.status,
        status_label=s.status.label,
        reason=s.reason,
    )


def _remote(r: RemoteSurvey) -> out.RemoteOut:
    return out.RemoteOut(
        surveyor=r.started.surveyor,
        consent=r.started.consent,
        started_at=r.started.at,
        ended_at=r.ended.at if r.ended else None,
        completed=r.completed,
        note=r.ended.note if r.ended else "",
    )
