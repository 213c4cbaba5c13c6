"""A case as its caller may see it: how far it is, who comes, how the claim goes. Nothing of who else was weighed, or why."""

from dataclasses import dataclass
from datetime import datetime

from dispatch import events as ev
from dispatch.incident import Assignment, Incident
from dispatch.vocabulary import AssignmentStatus, ClaimStage, Labelled, ReviewOpinion, Role

COMPOUND_SURNAMES = ("欧阳", "司徒", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯")
LONGEST_NAME = 4  # characters of a Chinese person's name


class Phase(Labelled):
    """How far a case is, in the words of its caller."""

    UNLOCATED = "unlocated", "正在确认地点"
    WAITING = "waiting", "正在安排查勘员"
    OFFERED = "offered", "已通知查勘员"
    ACCEPTED = "accepted", "查勘员已接单"
    EN_ROUTE = "en_route", "查勘员在路上"
    ON_SCENE = "on_scene", "查勘员已到场"
    REMOTE = "remote", "视频查勘中"
    PARTNER = "partner", "已交当地合作单位"
    SURVEYED = "surveyed", "查勘已完成"
    CANCELLED = "cancelled", "案件已结束,未查勘"


class StepStatus(Labelled):
    """How far one stage of the claim is."""

    DONE = "done", "已完成"
    NOW = "now", "进行中"
    ATTENTION = "attention", "需要您配合"
    REFUSED = "refused", "未通过"
    LATER = "later", "待办理"
    NONE = "none", "不办理"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStep:
    """One stage of the claim: ``at`` is when it was done, None before; ``words`` are questions or reasons for the caller."""

    stage: ClaimStage
    status: StepStatus
    at: datetime | None = None
    amount_yuan: float | None = None
    words: str = ""


def phase_of(incident: Incident) -> Phase:
    """How far a case is; for one that was merged ask what serves it."""
    if incident.closed_at is not None:
        return Phase.CANCELLED if incident.surveyed_at is None else Phase.SURVEYED
    if incident.is_with_partner:
        return Phase.PARTNER
    if incident.remote_runs:
        return Phase.REMOTE
    surveyor = incident.open_in(Role.SURVEYOR)
    if surveyor is not None:
        return Phase(surveyor.status.value)
    if incident.surveyed_at is not None:
        return Phase.SURVEYED
    return Phase.WAITING if incident.location is not None else Phase.UNLOCATED


def coming(incident: Incident) -> list[Assignment]:
    """Who is bound to the case, the surveyor first, and knows it: an offer that nobody has taken names nobody."""
    known = [a for a in incident.open_assignments if a.status is not AssignmentStatus.OFFERED]
    return sorted(known, key=lambda a: list(Role).index(a.role))


def courtesy_name(name: str, role: Role) -> str:
    """A name as a stranger may know it: 陈志强 is 陈师傅; what is no person's name is the role alone."""
    plain = name.strip()
    chinese = all("一" <= c <= "鿿" for c in plain)
    if not chinese or not 2 <= len(plain) <= LONGEST_NAME or plain.startswith((*(r.label for r in Role), "后备")):
        return role.label
    surname = plain[:2] if plain.startswith(COMPOUND_SURNAMES) and len(plain) > 2 else plain[0]
    return f"{surname}师傅"


def steps_of(incident: Incident) -> list[CaseStep]:
    """The stages of the claim; the first that is not done is the one under way."""
    cancelled = phase_of(incident) is Phase.CANCELLED
    steps: list[CaseStep] = []
    for step in (_survey(incident), _assessment(incident), _review(incident), _payment(incident)):
        if cancelled:
            steps.append(CaseStep(stage=step.stage, status=StepStatus.NONE))
        elif step.status is StepStatus.LATER and all(s.status is StepStatus.DONE for s in steps):
            steps.append(CaseStep(stage=step.stage, status=StepStatus.NOW))
        else:
            steps.append(step)
    return steps


def _survey(incident: Incident) -> CaseStep:
    done = phase_of(incident) is Phase.SURVEYED or incident.claim.assessed is not None
    at = incident.surveyed_at
    return CaseStep(stage=ClaimStage.SURVEY, status=StepStatus.DONE if done else StepStatus.LATER, at=at)


def _assessment(incident: Incident) -> CaseStep:
    assessed = incident.claim.assessed
    if assessed is None:
        return CaseStep(stage=ClaimStage.ASSESSMENT, status=StepStatus.LATER)
    return CaseStep(
        stage=ClaimStage.ASSESSMENT, status=StepStatus.DONE, at=assessed.at, amount_yuan=assessed.amount_yuan
    )


OPINIONS = {
    ReviewOpinion.APPROVED: StepStatus.DONE,
    ReviewOpinion.QUESTIONS: StepStatus.ATTENTION,
    ReviewOpinion.REJECTED: StepStatus.REFUSED,
}


def _review(incident: Incident) -> CaseStep:
    review = incident.claim.review
    if review is None:
        return CaseStep(stage=ClaimStage.REVIEW, status=StepStatus.LATER)
    return CaseStep(stage=ClaimStage.REVIEW, status=OPINIONS[review.opinion], at=review.at, words=review.note)


def _payment(incident: Incident) -> CaseStep:
    match incident.claim.decided:
        case ev.ClaimPaid(at=at, amount_yuan=amount):
            return CaseStep(stage=ClaimStage.PAYMENT, status=StepStatus.DONE, at=at, amount_yuan=amount)
        case ev.ClaimRefused(at=at, reason=reason):
            return CaseStep(stage=ClaimStage.PAYMENT, status=StepStatus.REFUSED, at=at, words=reason)
    return CaseStep(stage=ClaimStage.PAYMENT, status=StepStatus.LATER)


def link_opens(incident: Incident, served: Incident, now: datetime, days: float) -> bool:
    """Whether the case's link still opens: while the case is open, and ``days`` after it closed."""
    closed_at = served.closed_at
    if incident.closed_at is None or closed_at is None:
        return True
    return (now - closed_at).total_seconds() <= days * 86_400
