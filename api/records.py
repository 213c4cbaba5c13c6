"""Incidents as rows for the heatmap: where, which promise, how it was kept."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import nan
from typing import Any

from dispatch.audit import judge
from dispatch.events import Event
from dispatch.folding import fold
from dispatch.incident import Incident


def placed(histories: Iterable[Sequence[Event]], now: datetime) -> list[dict[str, Any]]:
    """One row an incident, duplicates left to the incident they were merged into; NaN for no place or no trusted time."""
    incidents = (fold(history) for history in histories)
    return [_row(incident, now) for incident in incidents if incident.merged_into is None]


def _row(incident: Incident, now: datetime) -> dict[str, Any]:
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
