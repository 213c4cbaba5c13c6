"""How plots look wherever they are shown: letters, colours, and shares drawn with their intervals."""

from collections.abc import Iterable, Sequence
from math import floor
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator, PercentFormatter

from dispatch.auditing.shares import Share
from maps.palette import INK, KEPT, NO_DATA, OUTLINE
from maps.picture_fonts import font_for

THIN = 5  # a share of fewer is drawn pale


def plot_style() -> dict[str, Any]:
    """Settings for matplotlib (``rcParams``).

    Raises
    ------
    Unavailable
        Where no font with Chinese characters is installed.
    """
    return {
        "font.family": font_for("中").get_family(),
        "font.size": 8.5,
        "axes.unicode_minus": False,
        "axes.edgecolor": OUTLINE,
        "axes.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "text.color": INK,
    }


def start(shown: Iterable[Share]) -> float:
    """Where an axis of shares begins: at the ten per cent below the lowest interval, so that differences can be seen."""
    return max(0.0, floor(10 * min((s.low for s in shown if s.low is not None), default=0.0)) / 10 - 0.02)


def in_percent(axis: Axis) -> None:
    """Label an axis of shares in whole per cent, and only where they are whole."""
    axis.set_major_formatter(PercentFormatter(1, decimals=0))
    axis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))


def dots(ax: Axes, x: Any, shares: Sequence[Share], colour: str = KEPT, label: str = "") -> None:
    """Draw shares as dots over their intervals; those of nothing are left out."""
    for at, s in zip(x, shares, strict=True):
        if s.p is None or s.low is None or s.high is None:
            continue
        pale = 0.35 if s.n < THIN else 1.0
        ax.plot([at, at], [s.low, s.high], color=INK, linewidth=1.1, alpha=pale)
        ax.plot([at], [s.p], "o", color=colour, markersize=4.5, alpha=pale, label=label)
        label = ""
    ax.grid(axis="y", color=NO_DATA, linewidth=0.6)
    ax.set_axisbelow(True)


def rows(ax: Axes, named: Sequence[tuple[str, Share]], colour: str = KEPT) -> None:
    """Draw shares one under the other, the first on top, each with its name and n."""
    for y, (_, s) in enumerate(named):
        if s.p is None or s.low is None or s.high is None:
            continue
        pale = 0.35 if s.n < THIN else 1.0
        ax.plot([s.low, s.high], [y, y], color=INK, linewidth=1.1, alpha=pale)
        ax.plot([s.p], [y], "o", color=colour, markersize=5, alpha=pale)
    ax.set_yticks(range(len(named)), [f"{name}  n={s.n:,}" for name, s in named])
    ax.set_ylim(len(named) - 0.5, -0.5)
    ax.grid(axis="x", color=NO_DATA, linewidth=0.6)
    ax.set_axisbelow(True)
