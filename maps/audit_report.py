"""An audit as one page that a manager can hand on: self-contained, in Chinese with English beside, fit to print."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from dispatch.auditing.audit import QUICK_S, Audit
from dispatch.auditing.shares import UNKNOWN, Share, Tally, share
from dispatch.vocabulary import Interval, Tier, Zone
from maps.audit_why import duration, why_words, zone_legs

MOST_GROUPS = 31
BAR_PX = 120

END_WORDS = {
    "reported": ("报案", "reported"),
    "assigned": ("接单", "accepted by the unit"),
    "dispatched": ("派出", "dispatched"),
    "en_route": ("出发", "en route"),
    "on_scene": ("到场", "on scene"),
    "cleared": ("完成", "cleared"),
}
GROUP_WORDS: dict[str, str] = {m.value: m.label for m in (*Zone, *Tier)} | {UNKNOWN: "未知"}


class Row(NamedTuple):
    """One line of a table: a group, its counts and its share."""

    name: str
    tally: Tally
    share: Share


class Table(NamedTuple):
    """Groups of one kind."""

    title: str
    english: str
    rows: list[Row]


def audit_page(audit: Audit) -> str:
    """Draw an audit.

    Parameters
    ----------
    audit : Audit

    Returns
    -------
    str
        A whole HTML page that asks for nothing outside itself.
    """
    environment = Environment(
        loader=PackageLoader("maps"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "percent": percent,
        "minutes": minutes,
        "px": px,
        "count": count,
        "duration": duration,
        "seconds": seconds,
    }
    page = environment.get_template("audit.html").render(
        audit=audit, basis=audit.basis, totals=audit.totals, tables=tables(audit), bar_px=BAR_PX, **_words(audit)
    )
    return str(page)


def tables(audit: Audit) -> list[Table]:
    """Tables by zone, district, tier, unit, client and time; a kind the source knows nothing about is left out."""
    kinds = (
        ("按分区", "by zone", audit.by_zone),
        ("按行政区", "by district", audit.by_district),
        ("按等级", "by tier", audit.by_tier),
        ("按人员", "by unit", audit.by_unit),
        ("按客户单位", "by client organisation", audit.by_client),
        ("按月", "by month", audit.by_month),
        ("按日", "by day", audit.by_day),
        ("按起算时刻", "by hour the clock started", audit.by_hour),
    )
    names = GROUP_WORDS | {unit: f"{unit} {name}" for unit, name in audit.unit_names.items() if name != unit}
    tables = [(title, english, groups) for title, english, groups in kinds if _is_known(groups)]
    by_time = (audit.by_hour, audit.by_month, audit.by_day)
    return [
        Table(title, english, _rows(groups, names, by_time=any(groups is t for t in by_time)))
        for title, english, groups in tables
    ]


def ends(interval: Interval, start: str) -> tuple[str, str]:
    """Both ends of an interval in Chinese and in English.

    A log whose clock starts at dispatch knows no report, and knows "dispatched" where we know "accepted".
    """
    first = start if interval.name == "response" else interval.start
    words = [
        END_WORDS["dispatched" if start == "dispatched" and e == "assigned" else e] for e in (first, interval.stop)
    ]
    return " → ".join(w[0] for w in words), " → ".join(w[1] for w in words)


def seconds(number: float | None) -> str:
    """Seconds with their sign; a dash where there are none."""
    return "–" if number is None else f"{number:+.0f} s".replace("-", "−")


def count(number: int) -> str:
    """A count with thin thousands."""
    return f"{number:,}"


def percent(part: float | None, digits: int = 1) -> str:
    """A share of 1 in per cent; a dash where there is none."""
    return "–" if part is None else f"{100 * part:.{digits}f}%"


def minutes(seconds: float | None) -> str:
    """Seconds as minutes and seconds, e.g. ``10:03``; a dash where there are none."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def px(part: float) -> str:
    """A share of 1 as a place on a bar."""
    return f"{BAR_PX * part:.1f}"


def _is_known(groups: Mapping[str, Tally]) -> bool:
    return any(name != UNKNOWN and tally.reported for name, tally in groups.items())


def _rows(groups: Mapping[str, Tally], names: Mapping[str, str], *, by_time: bool) -> list[Row]:
    """At most `MOST_GROUPS` lines, the latest by time and others by size, and one that holds all the rest."""
    by_size = sorted(groups, key=lambda name: (name == UNKNOWN, -groups[name].reported))
    largest = list(groups)[-MOST_GROUPS:] if by_time else by_size[:MOST_GROUPS]
    rows = [Row(names.get(name, name), groups[name], groups[name].share_kept) for name in largest]
    others = [tally for name, tally in groups.items() if name not in largest]
    if others:
        rows.append(_together(f"其余 {len(others)} 组 (all others)", others))
    return rows


def _together(name: str, tallies: list[Tally]) -> Row:
    """Counts of several groups in one line; percentiles cannot be added up and stay out."""
    kinds = (
        "reported",
        "kept",
        "missed",
        "open",
        "excluded",
        "timed",
        "late",
        "confirmed",
        "unconfirmed",
        "contradicted",
        "simulated",
    )
    counts: dict[str, int] = {kind: sum(getattr(t, kind) for t in tallies) for kind in kinds}
    whole = Tally(**counts, p50_s=None, p90_s=None)
    return Row(name, whole, share(whole.kept, whole.kept + whole.missed))


def _words(audit: Audit) -> dict[str, Any]:
    basis = audit.basis
    return {
        "period": basis.period,
        "clock": ends(next(s.interval for s in audit.intervals if s.interval.name == "response"), basis.start),
        **why_words(audit),
        "legs": [(s, *ends(s.interval, basis.start)) for s in audit.intervals],
        "zone_legs": [
            (name, [(s, *ends(s.interval, basis.start)) for s in legs]) for name, legs in zone_legs(audit, GROUP_WORDS)
        ],
        "problems": [(problem.label, problem.english, n) for problem, n in audit.not_judged.items()],
        "exclusions": [(reason.label, reason.english, n) for reason, n in audit.excluded.items()],
        "n_problems": sum(audit.not_judged.values()),
        "judged_at": f"{basis.judged_at.astimezone(ZoneInfo(basis.timezone)):%Y-%m-%d %H:%M}",
        "quick_s": round(QUICK_S),
        "sealed_at": f"{basis.seal.sealed_at.astimezone(ZoneInfo(basis.timezone)):%Y-%m-%d %H:%M}"
        if basis.seal
        else "",
    }
