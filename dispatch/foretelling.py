"""Forecasts at the report, made a moment after it: the caller waits for the number, nobody for the forecast."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from dispatch.desk import Desk
from dispatch.foreseeing import may_foresee
from dispatch.incident import Incident
from dispatch.log import EventLog
from dispatch.ports import Fleet

RECENT = timedelta(minutes=1)  # later a forecast would be none of the report


class _Once:
    """A port of which some readings are kept."""

    def __init__(self, port: object, *kept: str) -> None:
        self._port = port
        for name in kept:
            setattr(self, name, cache(getattr(port, name)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)


def at_one_moment(desk: Desk) -> Desk:
    """The same desk for many forecasts of one moment, which ask for the same: the fleet is read once."""
    fleet, log = _Once(desk.fleet, "states"), _Once(desk.log, "jobs_since")
    return replace(desk, fleet=cast(Fleet, fleet), log=cast(EventLog, log))


def to_be_foretold(desk: Desk) -> Desk:
    """The same desk for taking reports whose forecast is left to `foretell`."""
    return replace(desk, forecasting=replace(desk.forecasting, foresees=False))


def foretell(desk: Desk, incident_id: str, now: datetime) -> None:
    """Foretell an incident that was reported a moment ago, has no forecast yet, and that nobody was sent to.

    Raises
    ------
    StaleIncident
        When somebody was quicker.
    """
    incident = desk.incident(incident_id)
    until = awaited_until(incident)
    if until is not None and now <= until and (told := desk.foretold(incident, now, "desk")):
        desk.record(incident, *told)


def awaited_until(incident: Incident) -> datetime | None:
    """Until when the forecast of the report may still come, on a network with roads; None where none will."""
    return incident.reported.at + RECENT if may_foresee(incident) and not incident.assignments else None
