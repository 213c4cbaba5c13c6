"""What was found: which pattern, where, and the evidence in words and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dispatch.vocabulary import Labelled


class Pattern(Labelled):
    """A pattern that a person should look at."""

    BUTTON_FAR = "button_far", "远离现场按到场"
    CONTRADICTED = "contradicted", "轨迹与到场不符"
    TRACK_LATER = "track_later", "轨迹晚于按键"
    NO_INTERVAL = "no_interval", "用时为零或为负"
    TELEPORT = "teleport", "轨迹瞬移"
    MOCKED = "mocked", "虚拟定位"
    SAME_TRACK = "same_track", "轨迹雷同"
    CLOCK_SKEW = "clock_skew", "手机时钟偏差"
    TIME_DOUBTED = "time_doubted", "自报时间不可信"
    SCENE_MOVED = "scene_moved", "到场后改地点"
    TIER_LATE = "tier_late", "事后改类别"
    SPIKE = "spike", "扎堆压线到场"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One pattern found.

    Parameters
    ----------
    pattern : Pattern
    incident_id, unit_id : str or None
        What it is about; None for a pattern over many of them.
    at : datetime or None
        When it happened (aware); None for a pattern over a period.
    zh, en : str
        The evidence in a sentence.
    numbers : mapping
        The figures of the sentence, units in their names.
    simulated : bool
    """

    pattern: Pattern
    zh: str
    en: str
    incident_id: str | None = None
    unit_id: str | None = None
    at: datetime | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)
    simulated: bool = False
