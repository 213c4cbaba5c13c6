"""What a map of incidents can show: each measure with its words, its colours and its value."""

from collections.abc import Callable
from dataclasses import dataclass

from dispatch.estimates import Estimate
from maps.heat.summary import Summary
from maps.palette import (
    CHANGE,
    COUNT_CLASSES,
    DAILY_CLASSES,
    MISSED_CLASSES,
    RESPONSE_CLASSES,
    SHARE_CLASSES,
    Classes,
    RisingClasses,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure of an area.

    Parameters
    ----------
    key, label, english : str
    unit : {"s", "share", "a day", "count"}
        Of the value; seconds are shown as minutes, shares in per cent.
    classes : Classes
    changes : tuple of float
        Breaks of the classes of a difference, in the unit, from much better to much worse or from less to more.
    worse_is_more : bool or None
        None where neither is worse.
    """

    key: str
    label: str
    english: str
    unit: str
    classes: Classes
    changes: tuple[float, ...]
    worse_is_more: bool | None
    of: Callable[[Summary], Estimate]

    def colour(self, value: float | None) -> str:
        """Colour of a value; grey where it is None."""
        return self.classes.colour(value)

    def change_colour(self, value: float | None) -> str:
        """Colour of a difference: red is worse (or more), blue is better (or less)."""
        if value is None:
            return self.classes.colour(None)
        sign = -1.0 if self.worse_is_more is False else 1.0
        return CHANGE[sum(sign * value > b for b in self.changes)]


def _count(value: int, of: int) -> Estimate:
    return Estimate(float(value), None, None, of)


_MINUTES = (-600.0, -300.0, -120.0, 120.0, 300.0, 600.0)
_POINTS = (-0.2, -0.1, -0.03, 0.03, 0.1, 0.2)
_DAILY = (-1.0, -0.3, -0.05, 0.05, 0.3, 1.0)

MEASURES = {
    m.key: m
    for m in (
        Measure(key="p50", label="到场时效 P50", english="Response P50", unit="s", classes=RESPONSE_CLASSES,
                changes=_MINUTES, worse_is_more=True, of=lambda s: s.p50),
        Measure(key="p90", label="到场时效 P90", english="Response P90", unit="s", classes=RESPONSE_CLASSES,
                changes=_MINUTES, worse_is_more=True, of=lambda s: s.p90),
        Measure(key="kept", label="守时率", english="Share kept", unit="share", classes=SHARE_CLASSES,
                changes=_POINTS, worse_is_more=False, of=lambda s: s.share_kept),
        Measure(key="missed_share", label="未守时率", english="Share missed", unit="share", classes=MISSED_CLASSES,
                changes=_POINTS, worse_is_more=True, of=lambda s: s.share_missed),
        Measure(key="missed", label="未守时起数", english="Missed", unit="count", classes=COUNT_CLASSES,
                changes=_DAILY, worse_is_more=True, of=lambda s: _count(s.missed, s.judged)),
        Measure(key="demand", label="报案起数", english="Incidents", unit="count", classes=COUNT_CLASSES,
                changes=_DAILY, worse_is_more=None, of=lambda s: _count(s.reported, s.reported)),
        Measure(key="daily", label="日均报案", english="Incidents a day", unit="a day", classes=DAILY_CLASSES,
                changes=_DAILY, worse_is_more=None, of=lambda s: s.daily),
    )
}  # fmt: skip
COVER = Measure(
    key="cover",
    label="预计守时概率",
    english="Probability that a report would be kept",
    unit="share",
    classes=SHARE_CLASSES,
    changes=_POINTS,
    worse_is_more=False,
    of=lambda s: s.share_kept,
)
"""Coloured as a share; its value comes from the roads and not from a summary."""


def compared(measure: Measure) -> Callable[[Summary], Estimate]:
    """What two periods are compared by: counts by the day, so that periods of different length can be."""
    return {"missed": lambda s: s.missed_daily, "demand": lambda s: s.daily}.get(measure.key, measure.of)


def legend(measure: Measure) -> dict[str, object]:
    """What a page needs to draw a legend in its own language."""
    return {
        "key": measure.key,
        "label": measure.label,
        "english": measure.english,
        "unit": measure.unit,
        "breaks": measure.classes.breaks,
        "colours": measure.classes.colours,
        "rising": isinstance(measure.classes, RisingClasses),
        "changes": measure.changes,
        "change_colours": CHANGE if measure.worse_is_more is not False else CHANGE[::-1],
        "worse_is_more": measure.worse_is_more,
    }
