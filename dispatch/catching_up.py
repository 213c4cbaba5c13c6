"""Forecasts that were left out in a rush of reports are made up for: the newest first, and no more than there is time for."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from dispatch.desk import Desk
from dispatch.errors import Conflict
from dispatch.foreseeing import may_foresee
from dispatch.incident import Incident
from dispatch.ports import Fleet
from dispatch.unit import UnitState

RECENT = timedelta(minutes=1)  # later a forecast would be none of the report
MOST = 50  # a pass


@dataclass(frozen=True, slots=True)
class _AsItStood:
    """A fleet whose states were read once for many forecasts."""

    fleet: Fleet
    read: Sequence[UnitState]

    def states(self, _: datetime) -> list[UnitState]:
        """As they were read."""
        return list(self.read)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.fleet, name)


def catch_up(desk: Desk, incidents: Sequence[Incident], now: datetime) -> None:
    """Foretell those of ``incidents`` that were reported a moment ago and have no forecast yet."""
    waiting = [i.id for i in incidents if _waits(i) and now - i.reported.at <= RECENT][-MOST:]
    if not waiting or not desk.forecasting.foresees:
        return
    once = replace(desk, fleet=cast(Fleet, _AsItStood(desk.fleet, desk.fleet.states(now))))
    for incident_id in reversed(waiting):
        incident = desk.incident(incident_id)
        with suppress(Conflict):  # somebody was quicker
            if _waits(incident):
                desk.record(incident, *once.foretold(incident, now, "desk"))


def _waits(incident: Incident) -> bool:
    return may_foresee(incident) and not incident.assignments
