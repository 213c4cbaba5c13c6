"""An alarm and what is proposed in one sentence an operator can read aloud."""

from datetime import timedelta

from dispatch.choosing.reasons import say_probability
from dispatch.events import Candidate, RiskRaised
from dispatch.incident import Incident
from dispatch.ports import is_straight_line
from dispatch.vocabulary import RiskKind, Role

ENGLISH = {
    RiskKind.NOT_DEPARTED: "has accepted and not set off",
    RiskKind.SILENT: "is silent on the way",
    RiskKind.LATE: "may be late",
}
ROLES = {Role.SURVEYOR: "surveyor", Role.TOW_UNIT: "tow unit", Role.SPECIALIST: "injury specialist"}


def explain_risk(raised: RiskRaised, incident: Incident) -> str:
    """Say an alarm in Chinese."""
    if raised.risk is RiskKind.NOBODY_NEEDED:
        reasons = "、".join(f"{w.role.label}:{w.reason}" for w in incident.waived.values())
        return f"{incident.id} 所需人员已全部免除({reasons}),无人到过现场:请结案并写明原因,或重新派员。"
    promised = raised.role is Role.SURVEYOR
    if raised.assignment_id is None:
        said = f"{incident.id} 无人接单" if promised else f"{incident.id} 的{raised.role.label}无人接单"
    else:
        unit = incident.assignment(raised.assignment_id).offer.chosen.unit_name
        said = f"{unit}{raised.risk.label}"
        said += _chance(raised) if promised else _later(raised, incident)
    if raised.proposal is None:
        return said + (";暂无更好的人选。" if raised.risk is RiskKind.LATE else "。")
    return said + ";" + _say_proposal(raised, raised.proposal)


def explain_risk_in_english(raised: RiskRaised, incident: Incident) -> str:
    """Say an alarm in English."""
    if raised.risk is RiskKind.NOBODY_NEEDED:
        reasons = ", ".join(f"{ROLES[w.role]}: {w.reason}" for w in incident.waived.values())
        return f"All that {incident.id} needs was waived ({reasons}) and nobody has been there: close it, or send somebody."
    if raised.assignment_id is None:
        said = f"No {ROLES[raised.role]} has taken {incident.id}"
    else:
        unit = incident.assignment(raised.assignment_id).offer.chosen.unit_name
        said = f"{unit} {ENGLISH[raised.risk]}"
        if raised.role is Role.SURVEYOR:
            by_line = is_straight_line(raised.metric)
            said += (
                ", by a straight-line estimate (no roads)"
                if by_line
                else f", on time with {say_probability(raised.p_kept)}"
            )
    best = raised.proposal
    if best is None:
        return said + ("; nobody better for now." if raised.risk is RiskKind.LATE else ".")
    wasted = f"; {raised.driven_s / 60:.0f} min driven so far are wasted" if raised.driven_s >= 60 else ""
    return f"{said}; send {best.unit_name}, there in {best.eta_s / 60:.0f} min{wasted}."


def _chance(raised: RiskRaised) -> str:
    if is_straight_line(raised.metric):
        return "(直线估算,无路网)"
    return f",按时到场概率 {say_probability(raised.p_kept)}"


def _later(raised: RiskRaised, incident: Incident) -> str:
    """How much later than told a unit without a promise is expected; empty where that is not what is amiss."""
    if raised.risk is not RiskKind.LATE or raised.assignment_id is None or raised.eta_at is None:
        return ""
    told_at = incident.assignment(raised.assignment_id).offer.eta_at
    late_min = (max(raised.eta_at, raised.at) - told_at).total_seconds() / 60
    return f",比派单时的预计晚 {late_min:.0f} 分钟以上"


def _say_proposal(raised: RiskRaised, best: Candidate) -> str:
    eta = raised.at + timedelta(seconds=best.eta_s)
    sooner_min = (raised.eta_at - eta).total_seconds() / 60 if raised.eta_at else None
    gain = f"预计早 {sooner_min:.0f} 分钟到," if sooner_min is not None and sooner_min >= 1 else ""
    stated = raised.role is Role.SURVEYOR and not is_straight_line(raised.metric)
    chance = f"概率升至 {say_probability(best.p_kept)};" if stated else ""
    wasted = f"原单元已行驶 {raised.driven_s / 60:.0f} 分钟作废," if raised.driven_s >= 60 else ""
    verb = "派" if raised.assignment_id is None else "改派"
    cost = f"代价:{wasted}占用一名空闲人员 {best.travel_s / 60:.0f} 分钟车程。"
    return f"建议{verb}{best.unit_name}:{gain}{chance}{cost}"
