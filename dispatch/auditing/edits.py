"""What was changed after intake: each edit with who, when and why. No edit changes what was frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatch import events as ev
from dispatch.location import distance_m
from dispatch.masking import mask_words
from dispatch.vocabulary import Labelled, PartnerStep, Role, Tier, pressing_first


class EditKind(Labelled):
    """What was changed, or called into doubt."""

    LOCATION = "location_corrected", "地点更正"
    TIER = "tier_changed", "等级更改"
    CLAIM = "claim_corrected", "理赔步骤更正"
    SURVEY = "survey_form_corrected", "查勘单更正"
    PARTED = "merge_parted", "并案撤销"
    CAPTURE = "captured_time_doubted", "手机所报时间存疑"
    DOUBT = "place_doubted_by_caller", "报案人质疑地点"

    @property
    def english(self) -> str:
        """The kind in English words."""
        return self.value.replace("_", " ")


class EditPhase(Labelled):
    """How far the incident was when it was changed."""

    WAITING = "before_assignment", "派单前"
    ASSIGNED = "after_assignment", "派单后"
    ARRIVED = "after_arrival", "到场后"

    @property
    def english(self) -> str:
        """The phase in English words."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change: ``words`` are what and why, as far as they were recorded; ``moved_m`` how far a place moved, in metres."""

    incident: str
    kind: EditKind
    at: datetime
    by: str
    phase: EditPhase
    words: str = ""
    moved_m: float | None = None


def edits_of(history: Sequence[ev.Event]) -> tuple[Edit, ...]:
    """All edits of one incident, in the order they were recorded.

    Parameters
    ----------
    history : sequence of Event
        All events of the incident in order.

    Returns
    -------
    tuple of Edit
        A first place found after intake is no edit: nothing was there to change.
    """
    return tuple(_Reader().read(history))


class _Reader:
    """Reads a history once; keeps what the next edit is compared with."""

    def __init__(self) -> None:
        self.phase = EditPhase.WAITING
        self.place: ev.IncidentLocated | None = None
        self.tiers = ""
        self.surveyors: set[str] = set()
        self.found: list[Edit] = []

    def read(self, history: Sequence[ev.Event]) -> list[Edit]:
        for event in history:
            if isinstance(event, ev.StepEvent):
                self.step(event)
            elif isinstance(event, ev.ClaimFact) and event.corrects:
                self.note(EditKind.CLAIM, event, event.corrects)
            else:
                self.other(event)
        return self.found

    def other(self, event: ev.Event) -> None:
        match event:
            case ev.IncidentReported():
                self.tiers = _named(event.tiers or (event.tier,))
            case ev.IncidentLocated():
                self.located(event)
            case ev.UnitOffered() if event.role is Role.SURVEYOR:
                self.surveyors.add(event.assignment_id)
                if self.phase is EditPhase.WAITING:
                    self.phase = EditPhase.ASSIGNED
            case ev.PartnerReported() if event.step is PartnerStep.ON_SCENE:
                self.phase = EditPhase.ARRIVED
            case ev.TierChanged():
                before, self.tiers = self.tiers, _named(event.tiers)
                self.note(EditKind.TIER, event, f"{before} → {self.tiers}:{event.reason}")
            case ev.SceneSurveyed() if event.corrects:
                self.note(EditKind.SURVEY, event)
            case ev.MergeUndone():
                self.note(EditKind.PARTED, event, event.reason)
            case ev.PlaceDoubted():
                far_m = distance_m(self.place.position, event.position) if self.place and event.position else None
                self.note(EditKind.DOUBT, event, event.text, far_m)

    def step(self, event: ev.StepEvent) -> None:
        captured = event.captured
        if captured is not None and captured.doubt is not None:
            self.note(EditKind.CAPTURE, event, f"{captured.doubt.label},所报 {captured.claimed_at:%Y-%m-%d %H:%M:%S%z}")
        if isinstance(event, ev.ArrivalClaimed) and event.assignment_id in self.surveyors:
            self.phase = EditPhase.ARRIVED

    def located(self, event: ev.IncidentLocated) -> None:
        if self.place is not None:
            moved_m = distance_m(self.place.position, event.position)
            self.note(EditKind.LOCATION, event, f"{self.place.matched_text} → {event.matched_text}", moved_m)
        self.place = event

    def note(self, kind: EditKind, event: ev.Event, words: str = "", moved_m: float | None = None) -> None:
        edit = Edit(
            incident=event.incident_id,
            kind=kind,
            at=event.at,
            by=event.by,
            phase=self.phase,
            words=mask_words(words),  # audits go to readers who need no numbers
            moved_m=moved_m,
        )
        self.found.append(edit)


def _named(tiers: Sequence[Tier]) -> str:
    return "、".join(tier.label for tier in pressing_first(tiers))
