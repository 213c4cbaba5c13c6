"""Units are offered the job, go, arrive and finish."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.events.base import AssignmentEvent, Event, StepEvent
from dispatch.events.forecasts import StatedForecast
from dispatch.location import Position
from dispatch.track_matching import Carriageway
from dispatch.vocabulary import CloseCode, Refusal, Role, Skill


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One unit as it was weighed in a decision; times in seconds, ``p_kept`` from 0 to 1.

    ``late_s`` are expected seconds past the limit; ``jobs`` what it has taken lately; ``cover_loss`` the share of
    accidents nobody would be near for if it went, most of them in ``cover_area``; ``cost_s`` what the rule says;
    ``forecast`` the whole distribution, kept for whoever is chosen. None (and an empty area) where that was not looked at.
    """

    unit_id: str
    unit_name: str
    travel_s: float
    eta_s: float
    eta_p90_s: float
    p_kept: float
    simulated: bool = False
    late_s: float | None = None
    jobs: int | None = None
    cover_loss: float | None = None
    cover_area: str = ""
    cost_s: float | None = None
    forecast: StatedForecast | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedUnit:
    """A unit that could not go, and why."""

    unit_id: str
    unit_name: str
    reason: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOffered(AssignmentEvent):
    """A unit was offered the job; keeps the whole decision it came from, and the skills the unit had."""

    role: Role
    eta_at: datetime
    p_kept: float
    chosen: Candidate
    runners_up: tuple[Candidate, ...]
    refused: tuple[RefusedUnit, ...]
    rule: str
    metric: str = ""
    override_reason: str = ""
    skills: tuple[Skill, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentAccepted(StepEvent):
    """The unit took the job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentDeclined(StepEvent):
    """The unit refused the job."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDeparted(StepEvent):
    """The unit set off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastRevised(AssignmentEvent):
    """The arrival was forecast anew from a fresh position; ``forecast`` is None in older events."""

    eta_at: datetime
    p_kept: float
    forecast: StatedForecast | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalClaimed(StepEvent):
    """The button "on scene" was pressed; ``position`` is where, if the phone knew."""

    position: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalConfirmed(AssignmentEvent):
    """The track agrees with the claim.

    ``distance_m`` is that of the nearest fix from the scene's stated place; ``track_arrived_at`` when the unit first came
    within reach and stayed; ``dwell_s`` how long it had stayed by then, by so many ``fixes``; ``carriageway`` the side it
    stood on; ``matched`` whether the roads were asked, with the ``confidence`` (0 to 1) of the match. None where that was
    not looked at, or is not known: all of them in events from before they were. ``unchecked`` names the checks
    that could not be done then: ``roads`` where map matching was away.
    """

    distance_m: float
    track_arrived_at: datetime | None = None
    dwell_s: float | None = None
    fixes: int | None = None
    carriageway: Carriageway | None = None
    matched: bool | None = None
    confidence: float | None = None
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalContradicted(AssignmentEvent):
    """A good track shows that the unit was elsewhere when it claimed to be on scene: at least ``nearest_m`` away."""

    nearest_m: float
    fixes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentReleased(AssignmentEvent):
    """The assignment was ended before it was done."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCleared(StepEvent):
    """The unit finished and is free again.

    ``reason`` is why a tow that was to bring the vehicle to a repair shop did not; empty for all others.
    """

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentClosed(Event):
    """Nothing more is to be done on the scene, or nothing need ever be; ``code`` is None where it was stored before there were codes."""

    reason: str
    code: CloseCode | None = None
