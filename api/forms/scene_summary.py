"""What an incident says in short of what was brought back from its scene."""

from pydantic import BaseModel

from dispatch.incident import Incident
from dispatch.scene_report import SceneDecision
from dispatch.vocabulary import Tier


class SceneOut(BaseModel):
    """Number of photographs, and the survey form as last corrected (null and empty where none has arrived).

    ``proposed_tiers`` are those the form speaks for while nobody has decided, ``proposal`` says why in Chinese.
    """

    photos: int
    reports: int
    decision: SceneDecision | None = None
    decision_label: str = ""
    injured: int = 0
    proposed_tiers: list[Tier] = []
    proposal: str = ""


def scene(i: Incident) -> SceneOut:
    """Show in short what was brought back from the scene."""
    shown = SceneOut(photos=len(i.photos), reports=len(i.surveys))
    if i.survey is None:
        return shown
    told, proposed = i.survey.report, i.proposed_tiers
    shown.decision, shown.decision_label, shown.injured = told.decision, told.decision.label, told.injured
    if proposed:
        now = "、".join(t.label for t in i.tiers)
        shown.proposed_tiers = list(proposed)
        shown.proposal = f"查勘单报 {told.injured} 人受伤,案件级别为{now}:建议升为{proposed[0].label}。"
    return shown
