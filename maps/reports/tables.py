"""The tables of the audit: totals, groups, days, legs, misses."""

from collections.abc import Iterable, Mapping

from dispatch.auditing.audit import Audit
from dispatch.auditing.edits import EditPhase
from dispatch.auditing.record import Record
from dispatch.auditing.shares import HOURS, UNKNOWN, Share, Tally, stage_stats, tally
from dispatch.auditing.shares import columns as tallies_of
from dispatch.reporting.period import PeriodKind
from dispatch.reporting.service_report import ServiceReport
from maps.audit_report import GROUP_WORDS, ends
from maps.reports.grid import Cell, Chart, Column, Grid, Kind, columns

MOST_ROWS = 25
MOST_WORST = 15
SHARE = (Column("守时率", Kind.SHARE, scaled=True), Column("95% 下限", Kind.SHARE), Column("95% 上限", Kind.SHARE))
COUNTS = (
    Column("报案", Kind.COUNT),
    Column("守时", Kind.COUNT),
    Column("未守时", Kind.COUNT),
    Column("未到期", Kind.COUNT, spare=True),
    Column("不计", Kind.COUNT, spare=True),
)
TIMES = (
    Column("有时间", Kind.COUNT, spare=True),
    Column("P50 分:秒", Kind.DURATION),
    Column("P90 分:秒", Kind.DURATION),
)
SHARE_AT = 1 + len(COUNTS)  # number of the column that holds the share


def ways_to_count(audit: Audit) -> Grid:
    """The share with and without what is excluded."""
    t = audit.totals
    strict = (("全部案件，未到期与不计的都算未守时", t.share_strict),) if t.open else ()
    ways = (
        ("已到期案件（正式口径，不含不计的）", t.share_kept),
        ("含不计的案件，都算作未守时", t.share_with_excluded),
        *strict,
        ("仅有可信时间的案件（偏好看，仅供对照）", t.share_timed),
    )
    return Grid(
        title="守时率的几种算法",
        columns=columns("口径", ("守时", Kind.COUNT), ("n", Kind.COUNT), *SHARE),
        rows=tuple((name, s.kept, s.n, *_share(s)) for name, s in ways),
        strong=0,
    )


def periods(report: ServiceReport) -> Grid:
    """The period beside the one before."""
    pairs = ((report.period.label, report.audit.totals), (report.period.previous.label, report.before.totals))
    return Grid(
        title="本期与上期",
        columns=columns("时段", *COUNTS, *SHARE, *TIMES),
        rows=tuple((label, *_line(t)) for label, t in pairs),
        strong=0,
    )


def change(report: ServiceReport) -> Grid | None:
    """The difference between the periods; None where one has nothing due."""
    if report.change is None:
        return None
    return Grid(
        title="守时率之差（本期减上期，百分点）",
        columns=columns("比较", ("差", Kind.POINTS), ("95% 下限", Kind.POINTS), ("95% 上限", Kind.POINTS), "结论"),
        rows=(
            (
                "本期 − 上期",
                report.change.d,
                report.change.low,
                report.change.high,
                "区间不含 0，有升降" if report.change.is_sure else "区间含 0，尚不能认为有升降",
            ),
        ),
        note="两个守时率之差的区间用 Newcombe（1998）第 10 法。",
    )


def groups(title: str, first: str, tallies: Mapping[str, Tally], *, chart: str = "bar") -> Grid | None:
    """One line a group, by size or by the clock; None where the source knows nothing about it."""
    if not any(name != UNKNOWN and tally.reported for name, tally in tallies.items()):
        return None
    by_clock = HOURS[0] in tallies
    names = list(tallies) if by_clock else sorted(tallies, key=lambda k: (k == UNKNOWN, -tallies[k].reported, k))
    chosen = names if by_clock else names[:MOST_ROWS]
    left = len(names) - len(chosen)
    return Grid(
        title=title,
        columns=columns(first, *COUNTS, *SHARE, *TIMES),
        rows=tuple((GROUP_WORDS.get(name, name), *_line(tallies[name])) for name in chosen),
        note=f"另有 {left} 组案件较少，未列出。" if left else "",
        chart=Chart(chart, title, 0, (SHARE_AT,)),
    )


def by_time(report: ServiceReport) -> Grid:
    """One line a day, in a quarter one a month."""
    if report.period.kind is PeriodKind.QUARTER:
        nobody = tally(tallies_of(()))
        months = dict.fromkeys((f"{day:%Y-%m}" for day in report.period.days), nobody) | dict(report.audit.by_month)
        return _over_time("逐月", "月份", months)
    return _over_time("逐日", "日期", report.by_day)


def _over_time(title: str, first: str, tallies: Mapping[str, Tally]) -> Grid:
    return Grid(
        title=title,
        columns=columns(first, *COUNTS, *SHARE, *TIMES),
        rows=tuple((GROUP_WORDS.get(name, name), *_line(t)) for name, t in tallies.items()),
        chart=Chart("column", f"{title}：守时与未守时", 0, (2, 3), stacked=True),
    )


def legs(audit: Audit) -> Grid:
    """The stretches of a response, both ends stated."""
    rows: Iterable[tuple[Cell, ...]] = (
        (
            s.interval.label,
            ends(s.interval, audit.basis.start)[0],
            s.p50_s,
            s.p90_s,
            s.n,
            s.missing,
            s.doubtful,
            s.target_s,
            *_share(s.share_within),
        )
        for s in audit.intervals
    )
    return Grid(
        title="各段用时",
        columns=columns(
            "阶段",
            "起 → 止",
            ("P50 分:秒", Kind.DURATION),
            ("P90 分:秒", Kind.DURATION),
            ("n", Kind.COUNT),
            Column("缺", Kind.COUNT, spare=True),
            Column("存疑", Kind.COUNT, spare=True),
            ("内部目标", Kind.DURATION),
            ("达标率", Kind.SHARE),
            Column("95% 下限", Kind.SHARE, spare=True),
            Column("95% 上限", Kind.SHARE, spare=True),
        ),
        rows=tuple(rows),
        note="除到场时效外，各段取最先到场的人员；负值或不可信的时间列为存疑，不进百分位。"
        "内部目标由我方自定，不是合同约定，不影响是否守时的判定。",
        chart=Chart("bar", "各段用时 P50 与 P90", 0, (2, 3)),
    )


def misses(audit: Audit) -> Grid:
    """How promises were not kept: late, or without a trusted time and why."""
    t = audit.totals
    found: list[tuple[str, int]] = [("到场超过时限", t.late)]
    found += [(f"无可信到场时间：{problem.label}", n) for problem, n in audit.not_judged.items()]
    late = sum(audit.cancelled_late.values())
    return Grid(
        title="未守时的构成",
        columns=columns("构成", ("起数", Kind.COUNT), ("占未守时", Kind.SHARE)),
        rows=tuple((name, n, n / t.missed if t.missed else None) for name, n in found),
        note="没有可信到场时间的一律计为未守时，并列出原因。"
        + (f"其中 {late:,} 起在到期之后才撤销或注销，仍计为未守时。" if late else ""),
    )


def causes(audit: Audit) -> Grid:
    """Why promises were missed, one cause each."""
    return Grid(
        title="未守时的主要原因（每起一个，由事件记录推定）",
        columns=columns("原因", ("起数", Kind.COUNT), ("占未守时", Kind.SHARE)),
        rows=tuple((cause.label, n, n / audit.totals.missed) for cause, n in audit.causes.items()),
        note="原因按各阶段超出预计的时间推定：取单独就足以造成超时的第一个，否则取超出最多的；说不出的记为原因不明。",
        chart=Chart("bar", "未守时的主要原因", 0, (1,)),
    )


def stages(report: ServiceReport) -> Grid | None:
    """Where the time of those that came late went; None where no facts say."""
    found = stage_stats(r for r in (line.record for line in report.lines) if r.blame and r.problem is None)
    if not found:
        return None
    return Grid(
        title="到场超时案件的时间去向（每起平均）",
        columns=columns(
            "阶段",
            ("案件", Kind.COUNT),
            ("实际 分:秒", Kind.DURATION),
            ("预计 分:秒", Kind.DURATION),
            ("超出 分钟", Kind.NUMBER),
        ),
        rows=tuple(
            (s.stage.label, s.n, s.actual_s / s.n, s.planned_s / s.n, (s.actual_s - s.planned_s) / s.n / 60)
            for s in found
        ),
        note="负数表示比预计快；只含经过该阶段的案件。",
    )


def worst(audit: Audit) -> Grid | None:
    """Those that came farthest beyond their limit; None where no facts say."""
    late = [r for r in audit.misses if r.problem is None and r.blame is not None][:MOST_WORST]
    if not late:
        return None
    return Grid(
        title=f"到场超时最多的案件（至多 {MOST_WORST} 起）",
        columns=columns("案件号", "报案日期", "分区", "行政区", "原因", ("超出时限 分:秒", Kind.DURATION)),
        rows=tuple(
            (r.incident, r.day or "", _name(r.zone), _name(r.district), r.cause.label if r.cause else "", _over_s(r))
            for r in late
        ),
        note="无人到场的见逐案台账。",
    )


def _over_s(record: Record) -> float | None:
    return record.blame.over_s if record.blame else None


def edits(audit: Audit) -> Grid | None:
    """What was changed after intake; None where nothing was."""
    if not audit.edits:
        return None
    return Grid(
        title="受理后的更改（项）",
        columns=columns("更改", *((phase.label, Kind.COUNT) for phase in EditPhase)),
        rows=tuple((kind.label, *(by.get(phase, 0) for phase in EditPhase)) for kind, by in audit.edits.items()),
        note="更改只作记录：起算时间、分区、等级与时限在受理时已确定，不因更改而变。",
    )


def units(audit: Audit) -> Grid | None:
    """One line a unit, for the insurer's own eyes."""
    named = {audit.unit_names.get(unit, unit): tally for unit, tally in audit.by_unit.items()}
    return groups("按人员（内部考核参考）", "人员", named)


def _name(group: str | None) -> str:
    return GROUP_WORDS.get(group, group) if group else ""


def exclusions(audit: Audit) -> Grid | None:
    """What is not judged, by reason; None where nothing is excluded."""
    if not audit.excluded:
        return None
    return Grid(
        title="不计的案件（按原因）",
        columns=columns("原因", ("起数", Kind.COUNT)),
        rows=tuple((reason.label, n) for reason, n in audit.excluded.items()),
        note="只有列明原因的才可不计；不计的案件仍在总数中，并给出把它们都算作未守时的结果。",
    )


def _line(t: Tally) -> tuple[Cell, ...]:
    return (t.reported, t.kept, t.missed, t.open, t.excluded, *_share(t.share_kept), t.timed, t.p50_s, t.p90_s)


def _share(s: Share) -> tuple[Cell, ...]:
    return (s.p, s.low, s.high)
