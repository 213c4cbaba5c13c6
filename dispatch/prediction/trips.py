"""Finished trips, and forecasts beside what came of them: the facts that are learned from and checked on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

from dispatch import events as ev
from dispatch.auditing.audit import judge
from dispatch.auditing.record import Record
from dispatch.folding import fold
from dispatch.incident import Assignment, Incident
from dispatch.ports import is_straight_line
from dispatch.prediction.moments import Moment
from dispatch.prediction.predictor import Conditions, Progress, conditions_at
from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import Role, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A surveyor's way to an accident, finished.

    Parameters
    ----------
    at : datetime
        Of the offer.
    day : str
        In Guangzhou, so that trips of one day are known to share its traffic.
    conditions : Conditions
        At the offer.
    turnout_s : float
        From the **offer** to the departure: the answer is in it, as forecasts count from the offer.
    told_s, straight_m, uncertainty_m : float
        Road seconds as the network told them at the offer; metres in a straight line, 0 where that was not kept; radius of the
        place.
    travel_s : float
        From the departure to the arrival claimed, the search for the true place included.
    zone : str
        Empty where unknown.
    simulated : bool
    """

    at: datetime
    day: str
    conditions: Conditions
    turnout_s: float
    told_s: float
    straight_m: float
    uncertainty_m: float
    travel_s: float
    zone: str = ""
    simulated: bool = False

    @property
    def ended_s(self) -> float:
        """When it ended, in seconds since 1970: nothing of it may be used before."""
        return self.at.timestamp() + self.turnout_s + self.travel_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A probability that a promise will be kept, as it was stated, beside what came of it.

    Parameters
    ----------
    incident : str
    moment : Moment
    at : datetime
    day : str
        Of the report, in Guangzhou.
    conditions : Conditions
    p_kept : float or None
        None where nobody could go, so that nothing was stated.
    left_s : float
        Until the promise was due.
    arrived_s : float
        From the statement to the first arrival at the incident, whoever came; inf where nobody did.
    kept : bool
        As the audit judges the promise.
    quantiles_s : tuple of float
        At `dispatch.events.SHARES`; empty where none were kept.
    travel_s, straight_m, uncertainty_m : float
        What it was forecast from; see `Trip`.
    progress : Progress or None
        Of a unit on its way.
    model, zone : str
    simulated : bool
    """

    incident: str
    moment: Moment
    at: datetime
    day: str
    conditions: Conditions
    p_kept: float | None
    left_s: float
    arrived_s: float
    kept: bool
    quantiles_s: tuple[float, ...] = ()
    travel_s: float = inf
    straight_m: float = 0.0
    uncertainty_m: float = 0.0
    progress: Progress | None = None
    model: str = ""
    zone: str = ""
    simulated: bool = False


def trips_of(incident: Incident) -> list[Trip]:
    """The trips of its surveyors that ended on scene; steps that took no time, or less, teach nothing."""
    return [t for a in incident.assignments.values() if (t := _trip(incident, a)) is not None]


def _trip(incident: Incident, a: Assignment) -> Trip | None:
    if a.role is not Role.SURVEYOR or a.departed_at is None or a.claimed_at is None or is_straight_line(a.offer.metric):
        return None
    turnout_s = (a.departed_at - a.offered_at).total_seconds()
    travel_s = (a.claimed_at - a.departed_at).total_seconds()
    told_s = a.offer.chosen.travel_s
    if min(turnout_s, travel_s, told_s) <= 0:
        return None
    stated = a.offer.chosen.forecast
    return Trip(
        at=a.offered_at,
        day=_day(a.offered_at),
        conditions=_conditions(a.offered_at, stated, a.offer.metric),
        turnout_s=turnout_s,
        told_s=told_s,
        straight_m=stated.straight_m if stated else 0.0,
        uncertainty_m=stated.uncertainty_m if stated else incident.location.uncertainty_m if incident.location else 0.0,
        travel_s=travel_s,
        zone=incident.zone.value if incident.zone else "",
        simulated=incident.simulated,
    )


def statements_of(history: Sequence[ev.Event], now: datetime) -> list[Statement]:
    """Everything that was stated of the promise of one incident; nothing of one that is open still, or excluded.

    Every statement counts, those for units that declined or were exchanged too: the promise was kept or not.
    """
    incident = fold(history)
    return statements_in(incident, history, judge(incident, now).record)


def statements_in(incident: Incident, history: Sequence[ev.Event], record: Record) -> list[Statement]:
    """The same of an incident that is folded and judged already."""
    promise = incident.commitment
    if promise is None or record.verdict not in (Verdict.KEPT, Verdict.MISSED):
        return []
    arrived_at, found = incident.arrived_at, []
    for moment, at, p_kept, forecast, progress in _stated(incident, history):
        if forecast is not None and is_straight_line(forecast.day_kind):
            continue  # an estimate without roads states no chance
        found.append(
            Statement(
                incident=incident.id,
                moment=moment,
                at=at,
                day=_day(incident.reported.at),
                conditions=_conditions(at, forecast, ""),
                p_kept=p_kept,
                left_s=(promise.due_at - at).total_seconds(),
                arrived_s=(arrived_at - at).total_seconds() if arrived_at else inf,
                kept=record.verdict is Verdict.KEPT,
                quantiles_s=forecast.quantiles_s if forecast else (),
                travel_s=forecast.travel_s if forecast else inf,
                straight_m=forecast.straight_m if forecast else 0.0,
                uncertainty_m=forecast.uncertainty_m if forecast else 0.0,
                progress=progress,
                model=forecast.model if forecast else "",
                zone=promise.zone.value,
                simulated=incident.simulated,
            )
        )
    return found


_Said = tuple[Moment, datetime, float | None, ev.StatedForecast | None, Progress | None]


def _stated(incident: Incident, history: Iterable[ev.Event]) -> Iterator[_Said]:
    for event in history:
        if isinstance(event, ev.ArrivalForeseen):
            yield Moment.REPORT, event.at, event.p_kept, event.forecast, None
        elif isinstance(event, ev.UnitOffered) and event.role is Role.SURVEYOR:
            yield Moment.ASSIGNMENT, event.at, event.p_kept, event.chosen.forecast, None
        elif isinstance(event, ev.ForecastRevised):
            a = incident.assignment(event.assignment_id)
            if a.role is Role.SURVEYOR:
                yield (
                    Moment.ON_THE_WAY,
                    event.at,
                    event.p_kept,
                    event.forecast,
                    progress_of(a, event.at, event.forecast),
                )


def progress_of(a: Assignment, at: datetime, forecast: ev.StatedForecast | None) -> Progress | None:
    """How far a unit had come when its arrival was forecast anew; None before it set off, and where that was not kept."""
    if forecast is None or a.departed_at is None or a.departed_at > at:
        return None
    return Progress(
        (at - a.departed_at).total_seconds(), max(a.offer.chosen.travel_s - forecast.travel_s, 0.0), forecast.travel_s
    )


def _conditions(at: datetime, stated: ev.StatedForecast | None, metric: str) -> Conditions:
    return conditions_at(at, stated.day_kind if stated else metric, stated.wet if stated else None)


def _day(at: datetime) -> str:
    return at.astimezone(GUANGZHOU_TIME).date().isoformat()
