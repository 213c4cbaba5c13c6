"""What a simulated day (模拟) really holds, as numbers for the bounds with full foresight: known to no rule.

Rounded so that the bounds stay bounds: a trip is taken to be as quick as at the best moment at which its unit could still be
on time, without any closed road.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil

import numpy as np
from dispatch_worlds import Load, Truth, incidents, surveyors, truth, usual_policy
from foresight import Floats, Jobs

from api.simulating.stage import road_times
from dispatch.incident import Incident
from dispatch.journey import CRUISE_MPS
from dispatch.location import Position, distance_m
from dispatch.simulation.calls import Call
from dispatch.simulation.traffic import Traffic, Trip
from dispatch.unit import Shift, Unit
from dispatch.vocabulary import Role

LOOK_EVERY_S = 300.0  # moments at which a trip is tried; full hours, when speeds step, are multiples of it
WAYS = (0.01, 0.04, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.88, 0.94, 0.97)  # shares of trips that go better
DRAWN = 20_000
TO_DEPART_S = 600.0  # from offer to wheels turning at most, as far as the hour of the trip goes


def jobs_from_posts(load: Load, seed: int, *, luck: bool) -> Jobs:
    """What each surveyor could do for each incident of a day, sent from the post and back there before the next.

    With ``luck`` it is known how each trip goes; else only how likely it goes which way.
    """
    day, units = truth(load, seed), surveyors()
    taken = zip(incidents(load, seed), day.calls, strict=True)
    columns = [_column(day, units, incident, call, luck) for incident, call in taken]
    first, last, busy = (np.array(part).swapaxes(0, 1) for part in zip(*columns, strict=True))
    return Jobs(first, last, busy, np.ones(1) if luck else np.diff([0.0, *WAYS, 1.0]))


@lru_cache(maxsize=1)
def ways() -> Floats:
    """Luck at the lower end of each way a trip may go, so that the bound stays one; from many drawn trips."""
    traffic = Traffic(0)
    luck = [traffic.luck(f"{n}", "any") for n in range(DRAWN)]
    return np.array([0.0, *np.quantile(luck, WAYS)])


def _column(
    day: Truth, units: Sequence[Unit], incident: Incident, call: Call, luck: bool
) -> tuple[Floats, Floats, Floats]:
    """First and last moment to send each unit to one incident, and how long that takes it."""
    world, began, policy, key = day.world, call.report.received_at, usual_policy(), incident.id
    if incident.location is None or incident.commitment is None or call.scene is None:
        raise TypeError("Calls of these days tell a place.")
    told, due_at = incident.location.position, incident.commitment.due_at
    first_s, due_s = began.timestamp(), due_at.timestamp()
    trip_s = np.full(len(units), np.nan)
    here = [row for row, u in enumerate(units) if u.shift.covers(began) or u.shift.covers(due_at)]
    trip_s[here] = _quickest([units[row] for row in here], told, call, day.open_roads, key, due_at)
    if not luck:
        trip_s = trip_s / [day.open_roads.luck(key, u.id) for u in units]
    first = np.full(len(units), np.nan)
    last, busy = (np.full((len(units), 1 if luck else len(WAYS) + 1), np.nan) for _ in range(2))
    for row in here:
        unit = units[row]
        answer_s = world.answer_s(key, unit.id)
        if answer_s is None or answer_s > policy.offers.answer_timeout_s or world.declines(key, unit.id):
            continue
        ready_s = answer_s + world.turnout_s(incident.tier, key, unit.id) + world.search_s(told, call.scene)
        to_scene_s = ready_s + trip_s[row] * (np.ones(1) if luck else ways())
        starts, ends = _within_shift(unit.shift, began, first_s, due_s - to_scene_s.min(), policy.duty.last_offer_s)
        if starts <= ends:
            home_s = distance_m(call.scene, unit.standby) / CRUISE_MPS
            first[row], last[row] = starts, np.minimum(due_s - to_scene_s, ends)
            busy[row] = to_scene_s + world.work_s(incident.tier, Role.SURVEYOR, key) + home_s
    return first, last, busy


def _quickest(units: Sequence[Unit], told: Position, call: Call, roads: Traffic, key: str, due_at: datetime) -> Floats:
    """Seconds of each unit's trip at the best moment between the report and the promise's end."""
    began, scene = call.report.received_at, call.scene
    posts, table = [u.standby for u in units], road_times(surveyors())
    hours: dict[int, Floats] = {}

    def factor(at: datetime) -> Floats:
        number = int(at.timestamp()) // 3600
        if number not in hours:
            hours[number] = np.array([
                roads.trip_s(Trip(1.0, at, at, u.standby, scene, key, u.id)) if scene else np.nan for u in units
            ])  # fmt: skip
        return hours[number]

    moments = [began, due_at]
    step_s = ceil(began.timestamp() / LOOK_EVERY_S) * LOOK_EVERY_S
    while step_s < due_at.timestamp():
        moments.append(datetime.fromtimestamp(step_s, began.tzinfo))
        step_s += LOOK_EVERY_S
    tried = [
        table(posts, told, at).seconds * np.minimum(factor(at), factor(at + timedelta(seconds=TO_DEPART_S)))
        for at in moments
    ]
    return np.asarray(np.min(tried, axis=0))


def _within_shift(
    shift: Shift, began: datetime, first_s: float, last_s: float, last_offer_s: float
) -> tuple[float, float]:
    """The part of a span within the unit's shift, when offers are made; empty (the end first) where there is none."""
    if shift.start == shift.end:
        return first_s, last_s
    for days in (-1, 0, 1):
        start = (began + timedelta(days=days)).replace(
            hour=shift.start.hour, minute=shift.start.minute, second=0, microsecond=0
        )
        end_s = start.timestamp() + shift.left_s(start) - last_offer_s
        low, high = max(first_s, start.timestamp()), min(last_s, end_s)
        if low <= high:
            return low, high
    return 1.0, 0.0
