"""Plots of the report as SVG; letters are drawn as paths, so that they look the same wherever they are shown."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from typing import Any, cast

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from dispatch.auditing.shares import UNKNOWN, IntervalStat, Tally
from dispatch.prediction.calibration import Calibration
from dispatch.prediction.moments import Moment
from dispatch.reporting.service_report import ServiceReport
from maps.audit_report import GROUP_WORDS, count
from maps.palette import INK, KEPT, MISSED, NO_DATA, OUTLINE
from maps.plot_style import dots, in_percent, plot_style, rows, start
from maps.reports.grid import Picture

WIDTH_IN = 6.9
MOST_ZONES = 3
BIN_MIN = 5.0
LONGEST_LIMITS = 3.0  # what took longer than so many limits stands in the last bin


def pictures(report: ServiceReport) -> dict[str, tuple[Picture, ...]]:
    """All plots of a report by the key of their section; none of a report without incidents.

    Raises
    ------
    Unavailable
        Where no font with Chinese characters is installed.
    """
    if not report.lines:
        return {}
    audit = report.audit
    found = {
        "response": (responses(report), legs(audit.intervals)),
        "areas": (shares(audit.by_district, "各行政区守时率与 95% 区间"),),
        "hours": (hours(audit.by_hour),),
        "days": (days(report),),
        "forecasts": (forecasts(report.forecasts.get(Moment.ASSIGNMENT)),),
    }
    return {key: tuple(p for p in plots if p is not None) for key, plots in found.items()}


@contextmanager
def _drawn(height_in: float, words: str, **parts: Any) -> Iterator[tuple[Any, list[Picture]]]:
    """Axes to draw on, and a list that holds the picture afterwards."""
    style = plot_style() | {"svg.fonttype": "path", "svg.hashsalt": words}
    done: list[Picture] = []
    with mpl.rc_context(rc=cast(Any, style)):
        figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.subplots(**parts)
        yield axes, done
        page = StringIO()
        figure.savefig(page, format="svg", transparent=True, metadata={"Date": None})
    done.append(Picture(svg=page.getvalue(), words=words))


def days(report: ServiceReport) -> Picture:
    """Incidents a day, kept below and missed above."""
    tallies = [(day, t) for day, t in report.by_day.items() if day != UNKNOWN]
    kept = np.array([t.kept for _, t in tallies])
    missed = np.array([t.missed for _, t in tallies])
    rest = np.array([t.open + t.excluded for _, t in tallies])
    with _drawn(2.2, "每日报案数：守时、未守时、其他") as (ax, done):
        x = np.arange(len(tallies))
        ax.bar(x, kept, color=KEPT, label="守时")
        ax.bar(x, missed, bottom=kept, color=MISSED, label="未守时")
        if rest.any():
            ax.bar(x, rest, bottom=kept + missed, color=NO_DATA, label="未到期或不计")
        every = 1 if len(x) <= 12 else 3 if len(x) <= 31 else 10
        ax.set_xticks(x[::every], [f"{int(day[5:7])}/{int(day[8:])}" for day, _ in tallies][::every])
        ax.set_xlim(-0.6, len(x) - 0.4)
        ax.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        ax.set_ylabel("案件（起）")
        _legend(ax)
    return done[0]


def responses(report: ServiceReport) -> Picture | None:
    """Response times against the limit, one panel a zone; None where nobody has a trusted time."""
    by_zone: dict[str, list[tuple[float, float]]] = {}
    for record in (line.record for line in report.lines):
        if record.problem is None and record.response_s is not None and record.limit_s is not None:
            by_zone.setdefault(record.zone or UNKNOWN, []).append((record.response_s / 60, record.limit_s / 60))
    zones = sorted(by_zone, key=lambda z: -len(by_zone[z]))[:MOST_ZONES]
    if not zones:
        return None
    words = "报案到到场的时间分布，蓝色在时限内，橙色超过时限"
    with _drawn(2.3, words, ncols=len(zones), squeeze=False) as (axes, done):
        for ax, zone in zip(axes[0], zones, strict=True):
            _histogram(ax, np.array(by_zone[zone]), GROUP_WORDS.get(zone, zone))
        axes[0][0].set_ylabel("案件（起）")
        axes[0][-1].legend(frameon=False, fontsize=8, loc="upper right")
    return done[0]


def _histogram(ax: Axes, pairs: Any, name: str) -> None:
    taken, limit = pairs[:, 0], pairs[:, 1]
    last = LONGEST_LIMITS * float(limit.max())
    edges = np.arange(0.0, last + BIN_MIN, BIN_MIN)
    shown = np.minimum(taken, edges[-1] - BIN_MIN / 2)
    is_kept = taken <= limit
    ax.hist(
        [shown[is_kept], shown[~is_kept]], bins=list(edges), stacked=True, color=[KEPT, MISSED], label=["守时", "超时"]
    )
    for minutes in np.unique(limit):
        ax.axvline(minutes, color=INK, linewidth=1, linestyle="--")
    limits = "、".join(f"{m:g}" for m in np.unique(limit))
    beyond = int((taken > edges[-1]).sum())
    ax.set_title(f"{name}（时限 {limits} 分钟，n = {count(len(taken))}）", fontsize=9)
    ax.set_xlabel("分钟" + (f"（末格含超过 {edges[-1]:g} 分钟的 {count(beyond)} 起）" if beyond else ""))
    ax.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))


def hours(tallies: Mapping[str, Tally]) -> Picture | None:
    """Share kept by hour of report, with its interval; n below. None where no hour is known."""
    shares = [(name, tallies[name].share_kept) for name in tallies if name != UNKNOWN]
    if not any(s.n for _, s in shares):
        return None
    with _drawn(2.5, "各钟点守时率与 95% 区间", nrows=2, sharex=True, height_ratios=(3, 1)) as (axes, done):
        x = np.arange(len(shares))
        dots(axes[0], x, [s for _, s in shares])
        in_percent(axes[0].yaxis)
        axes[0].set_ylim(start(s for _, s in shares), 1.02)
        axes[0].set_ylabel("守时率")
        axes[1].bar(x, [s.n for _, s in shares], color=NO_DATA)
        axes[1].set_ylabel("n")
        axes[1].yaxis.set_major_locator(MaxNLocator(integer=True, nbins=2))
        axes[1].set_xticks(x, [f"{int(name)}" for name, _ in shares])
        axes[1].set_xlabel("报案钟点")
    return done[0]


def shares(tallies: Mapping[str, Tally], words: str, most: int = 14) -> Picture | None:
    """Share kept of each group with its interval, the largest first; None where nothing is due."""
    known = [(GROUP_WORDS.get(k, k), t.share_kept) for k, t in tallies.items() if t.share_kept.n]
    chosen = sorted(known, key=lambda pair: -pair[1].n)[:most]
    if not chosen:
        return None
    with _drawn(0.7 + 0.2 * len(chosen), words) as (ax, done):
        rows(ax, chosen)
        ax.set_xlim(start(s for _, s in chosen), 1.01)
        in_percent(ax.xaxis)
    return done[0]


def legs(stats: Sequence[IntervalStat]) -> Picture | None:
    """P50 and P90 of each stretch; None where none is known."""
    known = [s for s in stats if s.p50_s is not None and s.p90_s is not None]
    if not known:
        return None
    with _drawn(0.7 + 0.26 * len(known), "各段用时的一半（深色）与九成（浅色）") as (ax, done):
        y = np.arange(len(known))
        ax.barh(y, [(s.p90_s or 0) / 60 for s in known], color=NO_DATA, label="P90", height=0.7)
        ax.barh(y, [(s.p50_s or 0) / 60 for s in known], color=KEPT, label="P50", height=0.42)
        ax.set_yticks(y, [f"{s.interval.label}  n={count(s.n)}" for s in known])
        ax.invert_yaxis()
        ax.set_xlabel("分钟")
        _legend(ax)
    return done[0]


def forecasts(found: Calibration | None) -> Picture | None:
    """What was stated against what came true; None where too little was stated."""
    known = [t for t in found.tenths if t.stated is not None] if found else []
    if found is None or not found.enough:
        return None
    with _drawn(2.6, "预计按时概率与实际守时率，对角线上为相符") as (ax, done):
        ax.plot([0, 1], [0, 1], color=OUTLINE, linewidth=0.9, linestyle="--")
        dots(ax, [t.stated for t in known], [t.seen for t in known])
        for axis in (ax.xaxis, ax.yaxis):
            in_percent(axis)
        ax.set_xlabel("派单时预计的按时概率（各组平均）")
        ax.set_ylabel("实际守时率")
        ax.set_xlim(0, 1.02)
        ax.set_ylim(0, 1.03)
    return done[0]


def _legend(ax: Axes) -> None:
    ax.legend(frameon=False, fontsize=8, loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0.1, ncols=3)
