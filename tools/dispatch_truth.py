"""What a simulated day (模拟) really holds, as numbers for the bounds with full foresight: known to no rule.

Rounded so that the bounds stay bounds: a trip is taken to be as quick as at the best moment at which its unit could still be
on time, without any closed road.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

import numpy as np
from dispatch_worlds import Load, Truth, surveyors, truth
from foresight import Floats, Jobs

from api import wiring
from api.simulating.stage import road_times
from dispatch.commitment import promise
from dispatch.journey import CRUISE_MPS
from dispatch.location import Location, distance_m
from dispatch.log import incident_id
from dispatch.policy import Policy
from dispatch.report import triage
from dispatch.simulation.calls import Call
from dispatch.simulation.traffic import Traffic, Trip
from dispatch.unit import Shift, Unit
from dispatch.vocabulary import Role
from geo_data.demand.told import told_place

LOOK_EVERY_S = 300.0  # moments at which a trip is tried; full hours, when speeds step, are multiples of it
TO_DEPART_S = 600.0  # from offer to wheels turning at most, as far as the hour of the trip goes


def jobs_from_posts(load: Load, seed: int) -> Jobs:
    """What each surveyor could do for each incident of a day, sent from the post and back there before the next."""
    day, units = truth(load, seed), surveyors()
    policy = wiring.load_policy(wiring.settings().policy)
    columns = [_column(day, units, policy, number, call) for number, call in enumerate(day.calls, start=1)]
    return Jobs(*(np.array(part).T.reshape(len(units), len(columns)) for part in zip(*columns, strict=True)))


def _column(
    day: Truth, units: Sequence[Unit], policy: Policy, number: int, call: Call
) -> tuple[Floats, Floats, Floats]:
    """First and last moment to send each unit to one incident, and how long that takes it."""
    report, world, began = call.report, day.world, call.report.received_at
    key = incident_id(began, number)
    place = told_place(report.text, hint=report.position, hint_accuracy_m=report.position_accuracy_m)
    if not isinstance(place, Location) or call.scene is None:
        raise TypeError("Calls of these days tell a place.")
    due_at = promise(key, report, place, policy).due_at
    tier, first_s, due_s = triage(report), began.timestamp(), due_at.timestamp()
    trip_s = _quickest(units, place, call, day.open_roads, key, due_at)
    first, last, busy = (np.full(len(units), np.nan) for _ in range(3))
    for row, unit in enumerate(units):
        answer_s = world.answer_s(key, unit.id)
        if answer_s is None or answer_s > policy.offers.answer_timeout_s or world.declines(key, unit.id):
            continue
        to_scene_s = (
            answer_s + world.turnout_s(tier, key, unit.id) + trip_s[row] + world.search_s(place.position, call.scene)
        )
        starts, ends = _within_shift(unit.shift, began, first_s, due_s - to_scene_s, policy.duty.last_offer_s)
        if starts <= ends:
            first[row], last[row] = starts, ends
            home_s = distance_m(call.scene, unit.standby) / CRUISE_MPS
            busy[row] = to_scene_s + world.work_s(tier, Role.SURVEYOR, key) + home_s
    return first, last, busy


def _quickest(units: Sequence[Unit], place: Location, call: Call, roads: Traffic, key: str, due_at: datetime) -> Floats:
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
        table(posts, place.position, at).seconds * np.minimum(factor(at), factor(at + timedelta(seconds=TO_DEPART_S)))
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
