"""An audit as tables for a terminal."""

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dispatch.audit import QUICK_S, Audit
from dispatch.shares import Share
from maps.audit_report import Row, count, ends, minutes, percent, tables


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
    if audit.not_judged:
        parts.append(_not_judged(audit))
    parts.append(_intervals(audit))
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


def _not_judged(audit: Audit) -> Table:
    table = _table("未能评判，计为未守时 not judged, counted as not kept", "原因 reason", "案件 incidents")
    for problem, n in audit.not_judged.items():
        table.add_row(f"{problem.label} {problem.english}", count(n))
    return table


def _intervals(audit: Audit) -> Table:
    table = _table("各段用时 intervals (min:s)", "", "P50", "P90", "n", "缺\nmissing", "存疑\ndoubtful")
    for stat in audit.intervals:
        chinese, english = ends(stat.interval, audit.basis.start)
        name = f"{stat.interval.label} {chinese}\n{english}"
        table.add_row(
            name, minutes(stat.p50_s), minutes(stat.p90_s), *map(count, (stat.n, stat.missing, stat.doubtful))
        )
    return table


def _table(title: str, first: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _wilson(share: Share) -> str:
    return "–" if share.p is None else f"{percent(share.low)}–{percent(share.high)}"
