"""What simulated days (模拟) teach of arrivals, and what was stated on them: trips and statements."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from api import wiring
from api.settings import settings
from api.simulating.played_days import Day, play
from dispatch.auditing.audit import judge
from dispatch.days import midnight
from dispatch.folding import fold
from dispatch.incident import Incident
from dispatch.prediction.moments import Moment
from dispatch.prediction.predictor import Assumed, Progress, conditions_at
from dispatch.prediction.restate import restate
from dispatch.prediction.trips import Statement, Trip, statements_of, trips_of
from dispatch.simulation.draws import Draws
from dispatch.simulation.pace import share_done
from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import Verdict

LOOK_EVERY_S = 240.0


class Facts(NamedTuple):
    """What a day teaches, and what was stated on it."""

    trips: list[Trip]
    statements: list[Statement]


def facts_of(day: Day) -> Facts:
    """Play a day and keep what is needed of it."""
    histories = play(day)
    now = midnight(day.date) + timedelta(days=3)
    trips = [t for history in histories for t in trips_of(fold(history))]
    stated = [s for history in histories for s in statements_of(history, now)]
    on_the_way = [s for history in histories for s in looks(fold(history), Draws(day.seed), now)]
    again = restate(on_the_way, Assumed(wiring.load_policy(settings().policy).arrival))
    p_kept = again.p_within(np.array([s.left_s for s in on_the_way])).tolist()
    return Facts(trips, [*stated, *(replace(s, p_kept=p) for s, p in zip(on_the_way, p_kept, strict=True))])


def looks(incident: Incident, draws: Draws, now: datetime) -> list[Statement]:
    """What is seen of a surveyor's drive every `LOOK_EVERY_S` until it ends: road seconds still to go, by the hidden pace."""
    promise, verdict, found = incident.commitment, judge(incident, now).record.verdict, []
    for a in incident.assignments.values():
        stated = a.offer.chosen.forecast
        if promise is None or a.departed_at is None or a.claimed_at is None or stated is None:
            continue
        whole_s = (a.claimed_at - a.departed_at).total_seconds()
        for k in range(1, int(whole_s // LOOK_EVERY_S) + 1):
            elapsed_s = k * LOOK_EVERY_S
            at = a.departed_at + timedelta(seconds=elapsed_s)
            left = 1 - share_done(draws, incident.id, a.unit_id, elapsed_s / whole_s)
            if left <= 0 or incident.arrived_at is None or at >= incident.arrived_at:
                continue
            found.append(
                Statement(
                    incident=incident.id,
                    moment=Moment.ON_THE_WAY,
                    at=at,
                    day=incident.reported.at.astimezone(GUANGZHOU_TIME).date().isoformat(),
                    conditions=conditions_at(at, stated.day_kind, stated.wet),
                    p_kept=None,
                    left_s=(promise.due_at - at).total_seconds(),
                    arrived_s=(incident.arrived_at - at).total_seconds(),
                    kept=verdict is Verdict.KEPT,
                    travel_s=stated.travel_s * left,
                    straight_m=stated.straight_m * left,
                    uncertainty_m=stated.uncertainty_m,
                    progress=Progress(elapsed_s, stated.travel_s * (1 - left), stated.travel_s * left),
                    zone=promise.zone.value,
                    simulated=True,
                )
            )
    return found
