"""An audit as tables for a terminal."""

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dispatch.auditing.audit import QUICK_S, Audit
from dispatch.auditing.edits import EditPhase
from dispatch.auditing.shares import IntervalStat, Share
from maps.audit_report import GROUP_WORDS, Row, count, ends, minutes, percent, seconds, tables
from maps.audit_why import cause_rows, edit_counts, zone_legs


def as_text(audit: Audit, width: int) -> RenderableType:
    """Draw an audit for a terminal ``width`` characters wide; a narrow one leaves counts out rather than cut figures."""
    wide = width >= WIDE
    parts: list[RenderableType] = [*_heading(audit), _totals(audit)]
    if audit.quick:
        parts.append(
            Text(
                f"守时中有 {count(audit.quick)} 起在 {QUICK_S:.0f} 秒内到场，请核查。({count(audit.quick)} kept within {QUICK_S:.0f} s of the start: check them.)"
            )
        )
    parts += _track(audit)
    if audit.not_judged:
        parts.append(_not_judged(audit))
    parts.append(_intervals("各段用时 intervals (min:s)", audit.intervals, audit.basis.start, wide))
    for name, legs in zone_legs(audit, GROUP_WORDS):
        parts.append(_intervals(f"各段用时 intervals · {name}", legs, audit.basis.start, wide))
    parts += _why(audit)
    parts += [_groups_table(f"{title} {english}", rows, wide) for title, english, rows in tables(audit)]
    return Group(*parts)


COUNTS = ("全部\nreported", "守时\nkept", "未守时\nmissed", "未到期\nopen")
SHARE = ("守时率\nshare", "95% 区间\nWilson")
TIMES = ("有时间\ntimed", "P50\nmin:s", "P90\nmin:s")
WIDE = 112


def _groups_table(title: str, rows: list[Row], wide: bool) -> Table:
    table = _table(title, "", *(COUNTS if wide else COUNTS[:1]), *SHARE, *(TIMES if wide else TIMES[1:]))
    for name, t, share in rows:
        counts = (t.reported, t.kept, t.missed, t.open) if wide else (t.reported,)
        times = (count(t.timed),) if wide else ()
        table.add_row(
            Text(name),
            *map(count, counts),
            percent(share.p),
            _wilson(share),
            *times,
            minutes(t.p50_s),
            minutes(t.p90_s),
        )
    return table


def _heading(audit: Audit) -> list[Text]:
    basis = audit.basis
    clock = ends(audit.intervals[3].interval, basis.start) if audit.intervals else ("", "")
    lines = [
        Text(basis.title, style="bold"),
        Text(f"依据 judged from: {basis.source}" + _rows(audit)),
        Text(f"计时 clock: {clock[0]} ({clock[1]}), {basis.timezone}"),
    ]
    lines.append(Text(f"时段 period: {basis.period}"))
    if basis.seal:
        lines.append(Text(f"封存 seal: 第 {basis.seal.number} 号, 短码 short code {basis.seal.short}"))
    if audit.totals.simulated:
        n, of = count(audit.totals.simulated), count(audit.totals.reported)
        lines.append(Text(f"模拟数据 simulated: {of} 起中 {n} 起为模拟，不代表真实表现。", style="bold yellow"))
    return lines + [Text(note, style="yellow") for note in basis.notes]


def _rows(audit: Audit) -> str:
    basis = audit.basis
    return "" if basis.rows is None else f", {count(basis.rows)} 行 rows, 合并 merged {count(basis.merged_rows or 0)}"


def _totals(audit: Audit) -> Table:
    t = audit.totals
    table = _table("总计 totals", "", "n", "守时\nkept", *SHARE)
    kinds = [
        ("已到期\nof those due", t.share_kept),
        ("仅有可信时间，偏好看\nonly with a usable time: flatters", t.share_timed),
    ]
    if t.excluded:
        kinds.insert(
            1, ("已到期,另把不计的也算未守时\nof those due, the excluded counted as not kept", t.share_with_excluded)
        )
    if t.open:
        kinds.insert(1, ("全部，未到期也不算守时\nof all reported", t.share_strict))
    for name, share in kinds:
        table.add_row(name, count(share.n), count(share.kept), percent(share.p), _wilson(share))
    table.caption = (
        f"{count(t.reported)} 起 = {count(t.kept)} 守时 kept + {count(t.late)} 超时 late + "
        f"{count(t.missed - t.late)} 无可信时间 no usable time + {count(t.open)} 未到期 open"
    ) + "".join(f" + {count(n)} {reason.label} {reason.english}" for reason, n in audit.excluded.items())
    return table


def _track(audit: Audit) -> list[RenderableType]:
    """The button beside the track."""
    t, track = audit.totals, audit.track
    if not t.confirmed + t.unconfirmed + t.contradicted:
        return []
    table = _table("按钮与轨迹 button beside track", "", "n", "守时\nkept", *SHARE)
    for name, share in (
        ("按钮(正式口径) button: the verdict", track.share_by_button),
        ("轨迹 track", track.share_by_track),
    ):
        table.add_row(name, count(share.n), count(share.kept), percent(share.p), _wilson(share))
    table.caption = (
        f"轨迹已核实 confirmed {count(t.confirmed)}, 无轨迹证据 unconfirmed {count(t.unconfirmed)}, "
        f"轨迹不符 contradicted {count(t.contradicted)}, 对向车道 opposite {count(track.opposite)}; "
        f"按钮减轨迹 button less track P50 {seconds(track.p50_s)}, P90 {seconds(track.p90_s)}"
    )
    return [table]


def _not_judged(audit: Audit) -> Table:
    table = _table("未能评判，计为未守时 not judged, counted as not kept", "原因 reason", "案件 incidents")
    for problem, n in audit.not_judged.items():
        table.add_row(f"{problem.label} {problem.english}", count(n))
    return table


LEGS = ("P50", "P90", "n", "目标\ntarget", "达标率\nwithin")
LEGS_WIDE = ("95% 区间\nWilson", "缺\nmissing", "存疑\ndoubtful")


def _intervals(title: str, legs: Sequence[IntervalStat], start: str, wide: bool) -> Table:
    table = _table(title, "", *LEGS, *(LEGS_WIDE if wide else ()))
    for stat in legs:
        chinese, english = ends(stat.interval, start)
        within = stat.share_within
        figures = (minutes(stat.p50_s), minutes(stat.p90_s), count(stat.n), minutes(stat.target_s), percent(within.p))
        rest = (_wilson(within), count(stat.missing), count(stat.doubtful)) if wide else ()
        table.add_row(f"{stat.interval.label} {chinese}\n{english}", *figures, *rest)
    return table


def _why(audit: Audit) -> list[RenderableType]:
    """Causes of the misses, where their time went, and what was changed after intake."""
    parts: list[RenderableType] = []
    if audit.cancelled_late:
        told = ", ".join(f"{count(n)} {reason.english}" for reason, n in audit.cancelled_late.items())
        parts.append(Text(f"到期之后才取消,仍计未守时 called off after the promise was due, still missed: {told}"))
    if causes := cause_rows(audit):
        table = _table(
            "未守时的原因 causes of the misses", "", "案件\nincidents", "占未守时\nshare", "95% 区间\nWilson"
        )
        for row in causes:
            table.add_row(f"{row.name} {row.english}", count(row.share.kept), percent(row.share.p), _wilson(row.share))
        parts += [table, _stages(audit)]
    if audit.edits:
        phases = [f"{phase.label}\n{phase.english}" for phase in EditPhase]
        table = _table("受理后的更改 edits after intake", "", *phases, "合计\nall")
        for label, english, by_phase, n in edit_counts(audit):
            table.add_row(f"{label} {english}", *map(count, by_phase), count(n))
        parts.append(table)
    return parts


def _stages(audit: Audit) -> Table:
    columns = ("案件\nincidents", "平均用时\nmean", "平均计划\nplanned")
    table = _table("未守时案件的时间 time of the misses (min:s)", "", *columns)
    for stat in audit.stages:
        means = (minutes(stat.actual_s / stat.n), minutes(stat.planned_s / stat.n))
        table.add_row(f"{stat.stage.label} {stat.stage.english}", count(stat.n), *means)
    return table


def _table(title: str, first: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _wilson(share: Share) -> str:
    return "–" if share.p is None else f"{percent(share.low)}–{percent(share.high)}"
