"""Finished trips made up for tests of what is learned from them."""

from datetime import datetime, timedelta

import numpy as np

from dispatch.prediction.moments import Moment
from dispatch.prediction.predictor import Conditions
from dispatch.prediction.trips import Statement, Trip
from dispatch.unit import GUANGZHOU_TIME

BEGAN = datetime(2026, 3, 2, tzinfo=GUANGZHOU_TIME)
EVENING = Conditions(18, "weekday", wet=False)


def trips(
    n: int, *, slow: float = 1.3, log_sd: float = 0.2, turnout_s: float = 60.0, a_day: int = 20, seed: int = 1
) -> list[Trip]:
    """Evening trips of weekdays."""
    draw = np.random.default_rng(seed)
    told_s = draw.uniform(300, 2400, n)
    travel_s = told_s * slow * np.exp(log_sd * draw.standard_normal(n))
    turn_s = turnout_s * np.exp(0.3 * draw.standard_normal(n))
    return [
        Trip(
            at=BEGAN + timedelta(days=k // a_day, hours=18, minutes=k % a_day),
            day=f"day-{k // a_day:04d}",
            conditions=EVENING,
            turnout_s=float(turn_s[k]),
            told_s=float(told_s[k]),
            straight_m=0.0,
            uncertainty_m=0.0,
            travel_s=float(travel_s[k]),
            simulated=True,
        )
        for k in range(n)
    ]


def stated(trip: Trip, left_s: float = 1800.0) -> Statement:
    """What was stated of a trip at its assignment."""
    arrived_s = trip.turnout_s + trip.travel_s
    return Statement(
        incident=str(trip.at),
        moment=Moment.ASSIGNMENT,
        at=trip.at,
        day=trip.day,
        conditions=trip.conditions,
        p_kept=0.5,
        left_s=left_s,
        arrived_s=arrived_s,
        kept=arrived_s <= left_s,
        travel_s=trip.told_s,
        simulated=True,
    )
