"""What a page says of why promises were missed, how the legs went, and what was changed after intake."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dispatch.auditing.audit import Audit
from dispatch.auditing.edits import Edit, EditPhase
from dispatch.auditing.record import Blame, Cause, Record
from dispatch.auditing.shares import IntervalStat, Share, share

MOST_SHOWN = 50  # misses, and edits, in a list that somebody reads


class CauseRow(NamedTuple):
    """One cause, how many promises it broke, and which share of all misses that is."""

    name: str
    english: str
    share: Share


class MissRow(NamedTuple):
    """One missed promise: its figures in seconds, its cause, and what else was noted."""

    incident: str
    unit: str
    response_s: float | None
    over_s: float
    cause: str
    english: str
    figures: str
    words: str


class EditRow(NamedTuple):
    """One edit, its moment in local time."""

    at: str
    incident: str
    kind: str
    english: str
    phase: str
    by: str
    words: str
    moved_m: float | None


class ZoneLegs(NamedTuple):
    """The legs of one zone."""

    zone: str
    legs: list[IntervalStat]


def cause_rows(audit: Audit) -> list[CauseRow]:
    """The causes of the misses, most frequent first; none where the source tells of none."""
    if not set(audit.causes) - {Cause.UNKNOWN}:
        return []
    return [CauseRow(c.label, c.english, share(n, audit.totals.missed)) for c, n in audit.causes.items()]


def miss_rows(audit: Audit) -> list[MissRow]:
    """The worst misses, at most `MOST_SHOWN`."""
    return [_miss(record, record.blame) for record in audit.misses[:MOST_SHOWN] if record.blame]


def edit_counts(audit: Audit) -> list[tuple[str, str, list[int], int]]:
    """Kind in Chinese and English, count in each phase, and in all."""
    return [
        (kind.label, kind.english, [phases.get(phase, 0) for phase in EditPhase], sum(phases.values()))
        for kind, phases in audit.edits.items()
    ]


def edit_rows(audit: Audit) -> list[EditRow]:
    """The latest edits, at most `MOST_SHOWN`."""
    zone = ZoneInfo(audit.basis.timezone)
    return [_edit(edit, zone) for edit in audit.edited[:MOST_SHOWN]]


def zone_legs(audit: Audit, names: Mapping[str, str]) -> list[ZoneLegs]:
    """The legs of each zone that has any; none where there is only one zone."""
    if len(audit.intervals_by_zone) < 2:
        return []
    return [
        ZoneLegs(names.get(zone, zone), [leg for leg in legs if leg.n])
        for zone, legs in audit.intervals_by_zone.items()
        if any(leg.n for leg in legs)
    ]


def why_words(audit: Audit) -> dict[str, Any]:
    """What the template needs of all this."""
    return {
        "causes": cause_rows(audit),
        "misses": miss_rows(audit),
        "stages": [(s.stage.label, s.stage.english, s.n, s.actual_s / s.n, s.planned_s / s.n) for s in audit.stages],
        "edit_counts": edit_counts(audit),
        "edits": edit_rows(audit),
        "phases": [(phase.label, phase.english) for phase in EditPhase],
        "cancelled_late": [(reason.label, reason.english, n) for reason, n in audit.cancelled_late.items()],
        "targets": [leg for leg in audit.intervals if leg.target_s is not None],
    }


def duration(seconds: float) -> str:
    """Seconds as minutes and seconds with a sign, e.g. ``-1:05``."""
    whole = round(abs(seconds))
    return f"{'-' if seconds < 0 else ''}{whole // 60}:{whole % 60:02d}"


def _miss(record: Record, blame: Blame) -> MissRow:
    figures = [f"{p.stage.label} {duration(p.actual_s)}(计划 {duration(p.planned_s)})" for p in blame.parts]
    if blame.refused:
        figures.append(f"拒接或未应答 {blame.refused} 次")
    if blame.recommended_s is not None:
        figures.append(f"首次派单时推荐人员预计 {duration(blame.recommended_s)}")
    return MissRow(
        incident=record.incident,
        unit=" ".join(dict.fromkeys(filter(None, (record.unit, record.unit_name)))),
        response_s=record.response_s,
        over_s=blame.over_s,
        cause=blame.cause.label,
        english=blame.cause.english,
        figures=";".join(figures),
        words=blame.words,
    )


def _edit(edit: Edit, zone: ZoneInfo) -> EditRow:
    return EditRow(
        at=_local(edit.at, zone),
        incident=edit.incident,
        kind=edit.kind.label,
        english=edit.kind.english,
        phase=edit.phase.label,
        by=edit.by,
        words=edit.words,
        moved_m=edit.moved_m,
    )


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
