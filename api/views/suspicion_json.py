"""Suspicious patterns as JSON with stable keys; docs/verification.md lists them."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection

from dispatch.events import Event
from dispatch.policy.suspicion_rules import SuspicionRules
from dispatch.suspicion.findings import Finding
from dispatch.suspicion.scan import Suspicions, suspicions
from geo_data.fleet_tracks import tracks


def look(histories: Sequence[Sequence[Event]], connection: Connection, rules: SuspicionRules) -> Suspicions:
    """Look for every pattern in some incidents and the tracks kept of their units."""
    return suspicions(histories, partial(tracks, connection), rules)


def as_document(found: Suspicions) -> dict[str, Any]:
    """Lay it out for JSON; times are ISO 8601, null where there is nothing to state."""
    return {
        "incidents": found.incidents,
        "accused": found.accused,
        "claims": found.claims,
        "units": found.units,
        "unreadable": found.unreadable,
        "jobs": found.jobs,
        "tracked": found.tracked,
        "patterns": [{"pattern": p.value, "label": p.label, "n": n} for p, n in found.counts.items()],
        "findings": [_finding(one) for one in found.findings],
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "pattern": one.pattern.value,
        "label": one.pattern.label,
        "incident_id": one.incident_id,
        "unit_id": one.unit_id,
        "at": one.at and one.at.isoformat(),
        "zh": one.zh,
        "en": one.en,
        "numbers": dict(one.numbers),
        "simulated": one.simulated,
    }
