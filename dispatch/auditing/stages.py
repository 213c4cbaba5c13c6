"""Where the time of a response went: every second from the report to the arrival belongs to exactly one stage."""

from collections.abc import Sequence
from datetime import datetime

from dispatch import events as ev
from dispatch.vocabulary import Labelled, Role


class Stage(Labelled):
    """What an incident was waiting for. Those before the turnout make up the call handling of `INTERVALS`."""

    PLACE = "place", "待定位"
    HOLD = "hold", "暂停派单"
    WAITING = "waiting", "待派单"
    ANSWER = "answer", "待接单"
    RECALLED = "recalled", "已派又改派"
    TURNOUT = "turnout", "出发"
    TRAVEL = "travel", "在途"
    PARTNER = "partner", "合作单位"

    @property
    def english(self) -> str:
        """The stage in English words."""
        return ENGLISH[self]


ENGLISH = {
    Stage.PLACE: "no place known",
    Stage.HOLD: "on hold, by video or merged",
    Stage.WAITING: "nobody offered",
    Stage.ANSWER: "offered, not accepted",
    Stage.RECALLED: "with a unit that was called off",
    Stage.TURNOUT: "turnout",
    Stage.TRAVEL: "travel",
    Stage.PARTNER: "with a partner",
}
PAUSES = (ev.IncidentHeld, ev.RemoteSurveyStarted, ev.IncidentMerged)
RESUMES = (ev.HoldEnded, ev.RemoteSurveyEnded, ev.MergeUndone)


def stages_of(history: Sequence[ev.Event], served: str | None, end: datetime) -> dict[Stage, float]:
    """Divide the time from the report to ``end`` among the stages.

    Parameters
    ----------
    history : sequence of Event
        All events of an incident in order; it folds.
    served : str or None
        Assignment of who arrived first, or is still to come; the time others had the job is `Stage.RECALLED`.
    end : datetime
        Aware: the arrival, or until when is counted.

    Returns
    -------
    dict
        Seconds, above 0, by stage; they add up to ``end`` minus the report. Empty where ``end`` is not after it.
    """
    walk = _Walk(history[0].at, served, end)
    for event in history[1:]:
        walk.take(event)
    walk.go_on(end)
    return {stage: walk.seconds[stage] for stage in Stage if stage in walk.seconds}


class _Walk:
    """Goes through a history; a captured time that lies before the last change of stage is moved to it."""

    def __init__(self, start: datetime, served: str | None, end: datetime) -> None:
        self.at, self.served, self.end = start, served, end
        self.seconds: dict[Stage, float] = {}
        self.assignment: str | None = None
        self.status = Stage.ANSWER
        self.is_located = self.is_paused = self.is_with_partner = False

    @property
    def stage(self) -> Stage:
        if self.is_with_partner:
            return Stage.PARTNER
        if self.assignment is not None:
            recalled = self.status is not Stage.ANSWER and self.assignment != self.served
            return Stage.RECALLED if recalled else self.status
        if self.is_paused:
            return Stage.HOLD
        return Stage.WAITING if self.is_located else Stage.PLACE

    def go_on(self, until: datetime) -> None:
        until = min(until, self.end)
        if until > self.at:
            self.seconds[self.stage] = self.seconds.get(self.stage, 0.0) + (until - self.at).total_seconds()
            self.at = until

    def take(self, event: ev.Event) -> None:
        before = (self.assignment, self.status, self.is_located, self.is_paused, self.is_with_partner)
        after = self.after(event)
        if after != before:
            self.go_on(event.at)
            self.assignment, self.status, self.is_located, self.is_paused, self.is_with_partner = after

    def after(self, event: ev.Event) -> tuple[str | None, Stage, bool, bool, bool]:
        assignment, status = self.assignment, self.status
        if isinstance(event, ev.AssignmentEvent):
            assignment, status = self.assigned(event)
        located = self.is_located or isinstance(event, ev.IncidentLocated)
        paused = isinstance(event, PAUSES) or (self.is_paused and not isinstance(event, RESUMES))
        partner = isinstance(event, ev.PartnerEngaged) or (
            self.is_with_partner and not isinstance(event, ev.IncidentLocated)
        )
        return assignment, status, located, paused, partner

    def assigned(self, event: ev.AssignmentEvent) -> tuple[str | None, Stage]:
        if isinstance(event, ev.UnitOffered) and event.role is Role.SURVEYOR:
            return event.assignment_id, Stage.ANSWER
        if event.assignment_id != self.assignment:
            return self.assignment, self.status
        match event:
            case ev.AssignmentAccepted():
                return self.assignment, Stage.TURNOUT
            case ev.UnitDeparted():
                return self.assignment, Stage.TRAVEL
            case ev.AssignmentDeclined() | ev.AssignmentReleased() | ev.UnitCleared():
                return None, Stage.ANSWER
        return self.assignment, self.status
