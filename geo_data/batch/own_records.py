"""Our own events, judged, as rows of the columns in bulk."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import islice

import shapely

from dispatch.auditing.audit import record_of
from dispatch.auditing.record import Record
from dispatch.events import Event, IncidentLocated, IncidentReported
from dispatch.policy.audit_rules import AuditRules
from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import INTERVALS, Verdict
from geo_data.batch.account import BETWEEN
from geo_data.batch.columns import GROUPS, REASONS, SCENE, Terms
from geo_data.batch.writing import BATCH_ROWS, NO_MONTH, MonthWriter, Row

TERMS = Terms(start="reported", timezone="Asia/Shanghai", longest_s=None)
STATED = ("incident", "limit_s", *GROUPS, "hour", "simulated", "by_video", "doubted")


def export_histories(
    histories: Iterable[Sequence[Event]], now: datetime, writer: MonthWriter, rules: AuditRules
) -> None:
    """Judge histories one after another and write them; no more than `BATCH_ROWS` are held.

    What needs the whole history to be judged, e.g. a button pressed away from the scene or a survey by consent, is stated as
    the problem or exclusion that `dispatch.auditing.audit.judge` found; the response follows from the times again.
    """
    lines = iter(histories)
    while batch := list(islice(lines, BATCH_ROWS)):
        reported = [next((e.at for e in h if isinstance(e, IncidentReported)), None) for h in batch]
        rows = [_row(h, record_of(h, now, rules), at) for h, at in zip(batch, reported, strict=True)]
        writer.add_rows(rows, [f"{at.astimezone(GUANGZHOU_TIME):%Y-%m}" if at else NO_MONTH for at in reported])


def _row(history: Sequence[Event], record: Record, reported_at: datetime | None) -> Row:
    place = next((e.position for e in reversed(history) if isinstance(e, IncidentLocated)), None)
    told: Row = {name: getattr(record, name) for name in STATED}
    return told | {
        **_times(record, reported_at),
        "day": record.day and date.fromisoformat(record.day),
        "edits": [f"{e.kind.value}{BETWEEN}{e.phase.value}" for e in record.edits],
        **{name: reason and reason.value for name, reason in ((n, getattr(record, n)) for n in REASONS)},
        "evidence": record.track and record.track.evidence.value,
        "opposite": record.track is not None and record.track.opposite,
        "open": record.verdict is Verdict.OPEN,
        SCENE: None if place is None else shapely.to_wkb(shapely.Point(place.lon, place.lat)),
    }


def _times(record: Record, reported_at: datetime | None) -> Row:
    """The moments that the legs lie between; legs are exact to the microsecond, so they come out the same again."""
    legs_s = {i.name: leg_s for i, leg_s in zip(INTERVALS, record.legs_s, strict=True)}
    assigned_at = _after(reported_at, legs_s["call_handling"])
    on_scene_at = _after(reported_at, legs_s["response"])
    travel_s = legs_s["travel"]
    return {
        "reported_at": reported_at,
        "assigned_at": assigned_at,
        "en_route_at": _after(assigned_at, legs_s["turnout"])
        or _after(on_scene_at, None if travel_s is None else -travel_s),
        "on_scene_at": on_scene_at,
        "cleared_at": _after(on_scene_at, legs_s["on_scene"]),
        "received_at": _after(reported_at, record.received_s),
        "track_at": _after(reported_at, record.track.arrived_s if record.track else None),
    }


def _after(start: datetime | None, seconds: float | None) -> datetime | None:
    return None if start is None or seconds is None else start + timedelta(seconds=seconds)
