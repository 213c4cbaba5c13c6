"""Days of simulated demand (模拟) on the road network: what is played, and one replication of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from api import wiring
from api.settings import settings
from api.simulating.stage import DispatcherFor, Stage, fleet_of, scenes, spots, stage
from dispatch.days import midnight
from dispatch.errors import InvalidInput
from dispatch.simulation.calls import calls_since
from dispatch.simulation.closures import DailyClosures
from dispatch.simulation.outcomes import Outcomes
from dispatch.simulation.traffic import Traffic
from dispatch.unit import Unit
from geo_data.demand.times import Rate, shape, speed_factor
from geo_data.demand.told import ToldPlaces
from geo_data.demand.weather import DEMAND_FACTOR, SPEED_FACTOR, Weather

NATURAL = "natural"
SEVEREST = 8.8  # times the usual reports: a typhoon in Wenzhou, 2013
MARGIN = timedelta(hours=12)
HOUR = timedelta(hours=1)
MOST_A_DAY = 20_000.0  # reports, surge included; more than all of Guangdong has, and the fleet grows with them
Progress = Callable[[datetime], None]
PerMoment = Callable[[datetime], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """What to play; plain values, so that it can be sent to another machine.

    Parameters
    ----------
    first : date
    days : int
    per_day : float
        Mean reports a day: over a year with natural weather, of a dry day with a weather of its own.
    weather : str
        ``natural`` draws each day's, else the same `Weather` every day.
    surge : float
        Times the reports, up to `SEVEREST`.
    closures : float
        Mean road closures a day.
    policy, fleet : Path or None
        Files; without them the policy of the settings and the demonstration fleet.
    window_s : float
        See `Simulation`.
    margin : bool
        Whether `MARGIN` is played before and after the days, and what is reported in it left out; see `in_parts`.
    """

    first: date
    days: int
    per_day: float
    weather: str = NATURAL
    surge: float = 1.0
    closures: float = 3.0
    policy: Path | None = None
    fleet: Path | None = None
    window_s: float = 0.0
    margin: bool = False

    def __post_init__(self) -> None:
        if self.weather not in (NATURAL, *Weather):
            raise InvalidInput(f"No weather {self.weather!r}: choose {NATURAL}, {', '.join(Weather)}.")
        if self.days < 1 or self.per_day <= 0 or self.closures < 0 or not 1 <= self.surge <= SEVEREST:
            raise InvalidInput(
                f"Give 1 day or more, more than 0 reports, closures from 0, a surge from 1 to {SEVEREST}."
            )
        if self.per_day * self.surge > MOST_A_DAY:
            raise InvalidInput(
                f"{self.per_day:g} reports a day times a surge of {self.surge:g} are more than {MOST_A_DAY:,.0f}, which one "
                "desk and its table of road times are made for: lower --per-day or --surge."
            )


def play_days(
    days: Days, seed: int, *, progress: Progress | None = None, dispatcher_for: DispatcherFor | None = None
) -> Outcomes:
    """One replication: the same days and seed give the same numbers in every process.

    Parameters
    ----------
    days : Days
    seed : int
    progress : callable, optional
        Told of each hour that is reached: there are `hours_of` them.
    dispatcher_for : callable, optional
        See `api.simulating.stage.stage`: who decides instead of the desk's own advice.
    """
    began = midnight(days.first)
    end = began + timedelta(days=days.days)
    played = staged(days, seed, dispatcher_for)
    if days.margin:
        end += MARGIN
    for hour in range(1, (end - began) // HOUR + 1):
        played.play_until(began + hour * HOUR)
        if progress is not None:
            progress(began + hour * HOUR)
    return played.outcomes(end)


def play_part(job: tuple[Days, int], *, progress: Progress | None = None) -> Outcomes:
    """Days and seed as one value; see `play_days`."""
    return play_days(*job, progress=progress)


def hours_of(days: Days) -> int:
    """How many hours `play_days` tells of."""
    return (timedelta(days=days.days) + (MARGIN if days.margin else timedelta())) // HOUR


def in_parts(days: Days, parts: int) -> list[Days]:
    """The same days in several runs that know nothing of one another, so that one replication keeps several cores busy.

    The callers are the same as in one run. Each part begins half a day early with all units at their posts, and goes on
    half a day longer; only what is reported in its own days counts.
    """
    if not 1 <= parts <= days.days:
        raise InvalidInput(f"{days.days} days make 1 to {days.days} parts; not {parts}.")
    if parts == 1:
        return [days]
    ends = [round(days.days * n / parts) for n in range(parts + 1)]
    return [
        replace(days, first=days.first + timedelta(days=begin), days=end - begin, margin=True)
        for begin, end in pairwise(ends)
    ]


def units_of(days: Days) -> list[Unit]:
    """The fleet that is played with."""
    return fleet_of(days.fleet, days.per_day)


def staged(days: Days, seed: int, dispatcher_for: DispatcherFor | None = None) -> Stage:
    """The stage of these days, before anything has happened."""
    rate, speed = _weather(days, seed)
    first = midnight(days.first)
    began = first - MARGIN if days.margin else first
    return stage(
        units_of(days),
        calls_since(began, ToldPlaces(spots()), rate, seed),
        began,
        seed=seed,
        traffic=Traffic(seed, speed, DailyClosures(seed, scenes(), days.closures)),
        policy=wiring.load_policy(days.policy or settings().policy),
        window_s=days.window_s,
        dispatcher_for=dispatcher_for,
        counted=(first, first + timedelta(days=days.days)) if days.margin else None,
    )


def _weather(days: Days, seed: int) -> tuple[PerMoment, PerMoment]:
    """Reports an hour, and speeds against a dry day."""
    per_h = days.per_day / 24 * days.surge
    if days.weather == NATURAL:
        return Rate(per_h, seed), lambda at: speed_factor(at, seed)
    kind = Weather(days.weather)
    return lambda at: per_h * DEMAND_FACTOR[kind] * shape(at), lambda _: SPEED_FACTOR[kind]
