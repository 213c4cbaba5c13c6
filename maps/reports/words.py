"""Figures in Chinese sentences, and cells as a page shows them."""

from datetime import datetime

from dispatch.auditing.shares import Share
from dispatch.reporting.uncertainty import Quantile
from dispatch.unit import GUANGZHOU_TIME
from maps.audit_report import count, minutes, percent
from maps.reports.grid import Cell, Kind

FEW = 30  # below it no conclusion is drawn from a share
DASH = "–"


def shown(cell: Cell, kind: Kind) -> str:
    """Write a cell for a reader; a dash where there is none."""
    if cell is None:
        return DASH
    if isinstance(cell, datetime):
        return moment(cell)
    if isinstance(cell, str):
        return cell
    return _number(cell, kind)


def _number(value: float, kind: Kind) -> str:
    if kind is Kind.SHARE:
        return percent(value)
    if kind is Kind.POINTS:
        return points(value)
    if kind is Kind.DURATION:
        return minutes(value)
    if kind is Kind.LONG:
        return f"{value / 3600:,.2f}"
    if kind is Kind.YUAN:
        return f"{value:,.2f}"
    return count(int(value)) if kind is Kind.COUNT else f"{value:.2f}"


def moment(at: datetime) -> str:
    """A time in Guangzhou, e.g. ``2026-10-01 08:05``."""
    return f"{at.astimezone(GUANGZHOU_TIME):%Y-%m-%d %H:%M}"


def points(part: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    whole = round(100 * part, 1)
    return f"{whole:+.1f}".replace("-", "−") if whole else "0.0"


def interval(found: Share) -> str:
    """The interval of a share, e.g. ``53.8%–78.5%``; a dash where there is none."""
    return DASH if found.p is None else f"{percent(found.low)}–{percent(found.high)}"


def said(found: Share) -> str:
    """A share with its interval and n, in words."""
    if found.p is None:
        return "无可评案件（n = 0）"
    return f"{percent(found.p)}（{count(found.kept)}/{count(found.n)}，95% 区间 {interval(found)}）"


def in_minutes(seconds: float) -> str:
    """Seconds as minutes with one decimal."""
    return f"{seconds / 60:.1f}"


def quantile_said(found: Quantile) -> str:
    """A percentile in minutes with its interval, in words."""
    if found.value_s is None:
        return "无"
    if found.low_s is None or found.high_s is None:
        return f"{in_minutes(found.value_s)} 分钟（案件太少，不给区间）"
    return f"{in_minutes(found.value_s)} 分钟（95% 区间 {in_minutes(found.low_s)}–{in_minutes(found.high_s)}）"


def few(n: int) -> str:
    """What to say where ``n`` is too small for a conclusion; empty where it is not."""
    return f"案件不足 {FEW} 起，区间较宽，不宜据此下结论。" if n < FEW else ""
