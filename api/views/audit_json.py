"""An audit as JSON with stable keys; docs/audit.md lists them."""

import json
from collections.abc import Mapping
from typing import Any

from dispatch.auditing.audit import Audit
from dispatch.auditing.edits import Edit
from dispatch.auditing.record import Blame, Record
from dispatch.auditing.shares import IntervalStat, Share, Tally
from dispatch.auditing.track_shares import TrackStat

GROUPS = ("by_zone", "by_district", "by_hour", "by_tier", "by_unit", "by_client", "by_month", "by_day")


def as_json(audit: Audit) -> str:
    """Write an audit as JSON text."""
    return json.dumps(as_document(audit), ensure_ascii=False, indent=2)


def as_document(audit: Audit) -> dict[str, Any]:
    """Lay an audit out for JSON; times in seconds, shares from 0 to 1, null where there is nothing to state."""
    basis = audit.basis
    return {
        "title": basis.title,
        "source": basis.source,
        "judged_at": basis.judged_at.isoformat(),
        "clock_starts_at": basis.start,
        "timezone": basis.timezone,
        "period": basis.period,
        "since": basis.since and basis.since.isoformat(),
        "until": basis.until and basis.until.isoformat(),
        "rows": basis.rows,
        "merged_rows": basis.merged_rows,
        "simulated": audit.totals.simulated,
        "notes": list(basis.notes),
        "totals": _tally(audit.totals),
        "not_judged": {problem.value: n for problem, n in audit.not_judged.items()},
        "excluded": {reason.value: n for reason, n in audit.excluded.items()},
        "cancelled_late": {reason.value: n for reason, n in audit.cancelled_late.items()},
        "quick": audit.quick,
        "by_video": audit.by_video,
        "sent_later": audit.sent_later,
        "kept_by_capture": audit.kept_by_capture,
        "doubted": audit.doubted,
        "track": _track(audit.track),
        "intervals": [_interval(stat, basis.start) for stat in audit.intervals],
        "intervals_by_zone": {
            zone: [_interval(stat, basis.start) for stat in stats] for zone, stats in audit.intervals_by_zone.items()
        },
        **{kind: _groups(getattr(audit, kind)) for kind in GROUPS},
        "unit_names": dict(audit.unit_names),
        "organisations": dict(basis.rules.organisations),
    } | _explained(audit)


def _track(track: TrackStat) -> dict[str, Any]:
    return {
        "n": track.n,
        "share_by_button": _share(track.share_by_button),
        "share_by_track": _share(track.share_by_track),
        "button_minus_track_p50_s": track.p50_s,
        "button_minus_track_p90_s": track.p90_s,
        "opposite": track.opposite,
    }


def _explained(audit: Audit) -> dict[str, Any]:
    return {
        "causes": {cause.value: n for cause, n in audit.causes.items()},
        "stages": [
            {"stage": s.stage.value, "n": s.n, "actual_s": s.actual_s, "planned_s": s.planned_s} for s in audit.stages
        ],
        "misses": [_miss(record, record.blame) for record in audit.misses if record.blame],
        "edits": {kind.value: {phase.value: n for phase, n in phases.items()} for kind, phases in audit.edits.items()},
        "edited": [_edit(edit) for edit in audit.edited],
    }


def _miss(record: Record, blame: Blame) -> dict[str, Any]:
    return {
        "incident": record.incident,
        "day": record.day,
        "zone": record.zone,
        "unit": record.unit,
        "limit_s": record.limit_s,
        "response_s": record.response_s,
        "over_s": blame.over_s,
        "cause": blame.cause.value,
        "cost_s": {cause.value: cost_s for cause, cost_s in blame.cost_s},
        "parts": [{"stage": p.stage.value, "actual_s": p.actual_s, "planned_s": p.planned_s} for p in blame.parts],
        "recommended_s": blame.recommended_s,
        "refused": blame.refused,
        "words": blame.words,
    }


def _edit(edit: Edit) -> dict[str, Any]:
    return {
        "incident": edit.incident,
        "kind": edit.kind.value,
        "at": edit.at.isoformat(),
        "by": edit.by,
        "phase": edit.phase.value,
        "words": edit.words,
        "moved_m": edit.moved_m,
    }


def _groups(groups: Mapping[str, Tally]) -> dict[str, Any]:
    return {name: _tally(tally) for name, tally in groups.items()}


def _tally(tally: Tally) -> dict[str, Any]:
    counts = (
        "reported",
        "kept",
        "missed",
        "open",
        "excluded",
        "late",
        "timed",
        "confirmed",
        "unconfirmed",
        "contradicted",
        "simulated",
    )
    shares = ("share_kept", "share_with_excluded", "share_strict", "share_timed")
    return (
        {key: getattr(tally, key) for key in counts}
        | {"p50_s": tally.p50_s, "p90_s": tally.p90_s}
        | {key: _share(getattr(tally, key)) for key in shares}
    )


def _share(share: Share) -> dict[str, Any]:
    return {"kept": share.kept, "n": share.n, "p": share.p, "low": share.low, "high": share.high}


def _interval(stat: IntervalStat, start: str) -> dict[str, Any]:
    interval = stat.interval
    return {
        "name": interval.name,
        "from": start if interval.name == "response" else interval.start,
        "to": interval.stop,
        "n": stat.n,
        "missing": stat.missing,
        "doubtful": stat.doubtful,
        "zero": stat.zero,
        "p50_s": stat.p50_s,
        "p90_s": stat.p90_s,
        "target_s": stat.target_s,
        "share_within": _share(stat.share_within),
    }
