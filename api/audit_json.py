"""An audit as JSON with stable keys; docs/audit.md lists them."""

import json
from collections.abc import Mapping
from typing import Any

from dispatch.audit import Audit
from dispatch.shares import IntervalStat, Share, Tally


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
        "quick": audit.quick,
        "by_video": audit.by_video,
        "sent_later": audit.sent_later,
        "kept_by_capture": audit.kept_by_capture,
        "doubted": audit.doubted,
        "intervals": [_interval(stat, basis.start) for stat in audit.intervals],
        "by_zone": _groups(audit.by_zone),
        "by_district": _groups(audit.by_district),
        "by_hour": _groups(audit.by_hour),
        "by_tier": _groups(audit.by_tier),
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
    }
