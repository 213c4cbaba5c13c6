"""Incidents as rows for the heatmap: where, which promise, how it was kept."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import nan
from typing import Any

from dispatch.audit import judge
from dispatch.events import Event
from dispatch.incident import fold


def placed(histories: Iterable[Sequence[Event]], now: datetime) -> list[dict[str, Any]]:
    """One row an incident; NaN where it is not located or has no trusted response time."""
    return [_row(history, now) for history in histories]


def _row(history: Sequence[Event], now: datetime) -> dict[str, Any]:
    incident = fold(history)
    record = judge(incident, now).record
    place = incident.location
    trusted = record.problem is None and record.response_s is not None
    return {
        "lon": place.position.lon if place else nan,
        "lat": place.position.lat if place else nan,
        "district": record.district,
        "zone": record.zone,
        "response_s": record.response_s if trusted else nan,
        "verdict": record.verdict.value,
        "reported_at": incident.reported.at,
        "simulated": record.simulated,
    }
