"""Today's level for the live desk: trips that ended in the last hours, read from the log at most once a minute."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache, partial

import numpy as np
from sqlalchemy import Engine

from dispatch.errors import DispatchError
from dispatch.events import Event
from dispatch.folding import fold
from dispatch.prediction.lately import level_of
from dispatch.prediction.learned import Learned
from dispatch.prediction.predictor import Predictor
from dispatch.prediction.today import Today
from dispatch.prediction.trips import Trip, trips_of

LOOK_BACK = timedelta(hours=12)
AGAIN = timedelta(minutes=30)  # read anew each time: arrivals that phones tell late
HOLDS = timedelta(minutes=1)

ArrivedSince = Callable[[datetime, datetime], list[list[Event]]]
"""Histories of incidents reported since the first moment and reached since the second."""


class Lately:
    """Trips that ended in the last hours, kept from call to call, and what they tell of now.

    Parameters
    ----------
    model : Learned
        Simulated trips count only for one that was learned from such.
    """

    def __init__(self, model: Learned) -> None:
        self._model = model
        self._trips: dict[str, list[Trip]] = {}
        self._level = level_of([], model)
        self._read_at: datetime | None = None

    def at(self, now: datetime, arrived_since: ArrivedSince) -> Today:
        """Today's level at ``now``, from what ended before; read anew where a minute has gone by, or the clock went back."""
        if self._read_at is None or not timedelta() <= now - self._read_at < HOLDS:
            self._read(now, arrived_since)
        log_level, known = self._level.at(np.array([now.timestamp()]))
        return Today(float(log_level[0]), float(known[0]))

    def _read(self, now: datetime, arrived_since: ArrivedSince) -> None:
        first = now - LOOK_BACK
        since = first if self._read_at is None else max(first, min(self._read_at, now) - AGAIN)
        found = dict(self._trips)
        for history in arrived_since(first, since):
            try:
                incident = fold(history)
            except DispatchError:
                continue  # a history that contradicts itself teaches nothing
            if self._model.about.simulated or not incident.simulated:
                found[incident.id] = trips_of(incident)
        self._trips = {key: kept for key, trips in found.items() if (kept := [t for t in trips if t.at >= first])}
        self._level = level_of([t for trips in self._trips.values() for t in trips], self._model)
        self._read_at = now


@lru_cache(maxsize=4)
def _lately(model: Learned, _: Engine) -> Lately:
    """One a database, for all requests."""
    return Lately(model)


def never_looked(_: datetime) -> Today | None:
    """Nothing is known of today."""
    return None


def today_of(
    model: Predictor | None, database: Engine, arrived_since: ArrivedSince
) -> Callable[[datetime], Today | None]:
    """What a desk asks for today's level; it never looks where nothing was learned of how days differ."""
    if not isinstance(model, Learned) or not model.varying.variances.any():
        return never_looked
    return partial(_lately(model, database).at, arrived_since=arrived_since)
