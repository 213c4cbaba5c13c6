"""Forecasts at the report, made a moment after it: the caller waits for the number, nobody for the forecast."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from dispatch.desk import Desk
from dispatch.errors import Conflict
from dispatch.foreseeing import may_foresee
from dispatch.incident import Incident
from dispatch.log import EventLog
from dispatch.ports import Fleet

RECENT = timedelta(minutes=1)  # later a forecast would be none of the report


class _Once:
    """A port of which some readings are kept: many forecasts of one moment ask for the same."""

    def __init__(self, port: object, *kept: str) -> None:
        self._port = port
        for name in kept:
            setattr(self, name, cache(getattr(port, name)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)


def foretell(desk: Desk, incident_ids: Sequence[str], now: datetime) -> None:
    """Foretell those of some incidents that were reported a moment ago, have no forecast yet, and nobody was sent to."""
    fleet, log = _Once(desk.fleet, "states"), _Once(desk.log, "jobs_since")
    once = replace(desk, fleet=cast(Fleet, fleet), log=cast(EventLog, log))
    for incident_id in incident_ids:
        incident = desk.incident(incident_id)
        if _waits(incident) and now - incident.reported.at <= RECENT:
            with suppress(Conflict):  # somebody was quicker
                desk.record(incident, *once.foretold(incident, now, "desk"))


def _waits(incident: Incident) -> bool:
    return may_foresee(incident) and not incident.assignments
