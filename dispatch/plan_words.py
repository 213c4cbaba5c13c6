"""A response plan in a sentence that can be read aloud, in Chinese and in English: what is waived is not asked for."""

from collections.abc import Sequence

from dispatch.incident import Incident
from dispatch.needs import NeedState, need_states, plan_of
from dispatch.plans import Need, Plans, ResponsePlan
from dispatch.vocabulary import NeedStatus, Role, Skill

ROLES = {Role.SURVEYOR: "a surveyor", Role.TOW_UNIT: "a tow unit", Role.SPECIALIST: "an injury specialist"}
SKILLS = {
    Skill.HEAVY_LOSS: "heavy losses",
    Skill.NEW_ENERGY: "new energy vehicles",
    Skill.EXPRESSWAY: "licensed for expressways",
    Skill.HEAVY_TOW: "heavy towing",
}


def say_plan(incident: Incident, plans: Plans) -> str:
    """The plan of an incident as it stands, in Chinese."""
    if incident.partner is not None and incident.is_with_partner:
        with_them = incident.partner.engaged
        return f"由{with_them.partner}({with_them.telephone})按其约定救援,请电话跟进。"
    plan = plan_of(incident, plans)
    states = need_states(incident, plan)
    asked, waived = _parted(states)
    parts = [f"需{'、'.join(n.label for n in asked)}" if asked else "不再需要派人"]
    if waived:
        parts.append(f"已免除{'、'.join(s.need.role.label + (f'({s.reason})' if s.reason else '') for s in waived)}")
    parts.append(f"{plan.contact_s / 60:g} 分钟内联系报案人")
    if plan.specialist_contact_s is not None and _asks(asked, Role.SPECIALIST):
        parts.append(f"人伤专员 {plan.specialist_contact_s / 60:g} 分钟内联系伤者")
    if plan.police:
        parts.append(f"请报案人拨打 {'、'.join(plan.police)}")
    if _by_video(plan, asked):
        parts.append(f"最快也要 {plan.remote_if_median_over_s / 60:g} 分钟以上时可视频查勘")
    return ";".join(parts) + "。"


def say_plan_in_english(incident: Incident, plans: Plans) -> str:
    """The same in English."""
    if incident.partner is not None and incident.is_with_partner:
        with_them = incident.partner.engaged
        return f"{with_them.partner} ({with_them.telephone}) serves it under its own agreement: follow up by telephone."
    plan = plan_of(incident, plans)
    asked, waived = _parted(need_states(incident, plan))
    parts = [f"Needs {', '.join(map(_in_english, asked))}" if asked else "Nobody needs to be sent any more"]
    if waived:
        told = (ROLES[s.need.role] + (f" ({s.reason})" if s.reason else "") for s in waived)
        parts.append(f"waived: {', '.join(told)}")
    parts.append(f"telephone the caller within {plan.contact_s / 60:g} min")
    if plan.specialist_contact_s is not None and _asks(asked, Role.SPECIALIST):
        parts.append(f"the specialist speaks with the injured within {plan.specialist_contact_s / 60:g} min")
    if plan.police:
        parts.append(f"the caller should dial {', '.join(plan.police)}")
    if _by_video(plan, asked):
        parts.append(f"by video where nobody can be there within {plan.remote_if_median_over_s / 60:g} min")
    return "; ".join(parts) + "."


def _parted(states: Sequence[NeedState]) -> tuple[list[Need], list[NeedState]]:
    """What is asked for, and what was waived."""
    waived = [s for s in states if s.status is NeedStatus.WAIVED]
    return [s.need for s in states if s not in waived], waived


def _asks(asked: Sequence[Need], role: Role) -> bool:
    return any(need.role is role for need in asked)


def _by_video(plan: ResponsePlan, asked: Sequence[Need]) -> bool:
    return plan.remote and _asks(asked, Role.SURVEYOR)


def _in_english(need: Need) -> str:
    skills = ", ".join(SKILLS[s] for s in Skill if s in need.skills)
    return f"{ROLES[need.role]} ({skills})" if skills else ROLES[need.role]
