"""Colours of what people look at; on every map here the darker cell is the worse one."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

# ColorBrewer "YlOrRd", seven classes (C. Brewer, Apache-2.0): ordered, and safe for colour-blind readers.
RAMP = ("#ffffb2", "#fed976", "#feb24c", "#fd8d3c", "#fc4e2a", "#e31a1c", "#99000d")

PAPER = "#f3f2ee"
WATER = "#cfe0ea"
ROAD = "#c9c4b8"
OUTLINE = "#5a6470"
NO_DATA = "#dcdcd8"

# Of plots: blue and orange are told apart by colour-blind readers, and in grey by their lightness.
KEPT = "#3b6ea5"
MISSED = RAMP[3]
INK = "#1d2733"


@dataclass(frozen=True, slots=True)
class Classes:
    """Fixed colour classes, so that two periods can be held side by side.

    Parameters
    ----------
    breaks : tuple of float
        Upper ends of the classes but the last, ascending; a value equal to a break falls below it.
    colours : tuple of str
        One more than ``breaks``.
    labels : tuple of str
        One per colour, as the legend shows them.
    """

    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    labels: tuple[str, ...]

    def colour(self, value: float | None) -> str:
        """Colour of ``value``; grey where it is None."""
        if value is None:
            return NO_DATA
        return self.colours[sum(value > b for b in self.breaks)]


@dataclass(frozen=True, slots=True)
class RisingClasses(Classes):
    """Classes for a value that is better when higher; a value equal to a break falls above it."""

    def colour(self, value: float | None) -> str:
        """Colour of ``value``; grey where it is None."""
        return NO_DATA if value is None else self.colours[bisect_right(self.breaks, value)]


def _between(breaks: tuple[int, ...], unit: str) -> tuple[str, ...]:
    return tuple(f"{a}–{b}{unit}" for a, b in pairwise(breaks))


_MINUTES = (10, 15, 20, 30, 45, 60)
_PERCENT = (50, 60, 70, 80, 90, 95)

RESPONSE_CLASSES = Classes(
    breaks=tuple(60.0 * m for m in _MINUTES),
    colours=RAMP,
    labels=("≤ 10 分", *_between(_MINUTES, " 分"), "> 60 分"),
)
"""Response in seconds."""

SHARE_CLASSES = RisingClasses(
    breaks=tuple(p / 100 for p in _PERCENT),
    colours=RAMP[::-1],
    labels=("< 50%", *_between(_PERCENT, "%"), "≥ 95%"),
)
"""Share kept, 0 to 1."""

MISSED_CLASSES = Classes(
    breaks=tuple(p / 100 for p in (5, 10, 20, 30, 40, 50)),
    colours=RAMP,
    labels=("≤ 5%", *_between((5, 10, 20, 30, 40, 50), "%"), "> 50%"),
)
"""Share missed, 0 to 1."""

# ColorBrewer "Purples" and, for differences, "RdBu" (C. Brewer, Apache-2.0): more is not worse, and red is never beside green.
AMOUNT = ("#f2f0f7", "#dadaeb", "#bcbddc", "#9e9ac8", "#807dba", "#6a51a3", "#4a1486")
CHANGE = ("#2166ac", "#67a9cf", "#d1e5f0", "#f7f7f7", "#fddbc7", "#ef8a62", "#b2182b")

_COUNTS = (5, 10, 20, 50, 100, 200)
COUNT_CLASSES = Classes(
    breaks=tuple(map(float, _COUNTS)), colours=AMOUNT, labels=("≤ 5 起", *_between(_COUNTS, " 起"), "> 200 起")
)
"""Incidents."""

_DAILY = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
DAILY_CLASSES = Classes(
    breaks=_DAILY,
    colours=AMOUNT,
    labels=("≤ 0.1 起/天", *(f"{a:g}–{b:g} 起/天" for a, b in pairwise(_DAILY)), "> 30 起/天"),
)
"""Incidents a day."""
