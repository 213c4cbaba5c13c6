"""The words for the level of a road: above or below a bridge, main or side carriageway, tunnel, ramp."""

import re
from enum import StrEnum


class Level(StrEnum):
    """Which of the roads that lie at one spot; the value is what screens show."""

    ABOVE = "桥上"
    BELOW = "桥下"
    MAIN = "主路"
    SIDE = "辅路"
    TUNNEL = "隧道内"
    RAMP = "匝道"
    ENTRANCE = "入口匝道"
    EXIT = "出口匝道"


RAMPS = frozenset({Level.RAMP, Level.ENTRANCE, Level.EXIT})

# In this order: 出口匝道 is more than 匝道, and 桥下辅路 lies under the bridge.
_WORDS = {
    Level.ENTRANCE: r"入口匝道|[上驶进]入?匝道|上桥(?:处|口|匝道)|匝道入口",
    Level.EXIT: r"出口匝道|(?:下|驶出)匝道|下桥(?:处|口|匝道)|匝道出口",
    Level.RAMP: r"(?:互通)?匝道",
    Level.BELOW: r"(?<=高架)(?:桥|路)?(?:底下?|下面?)|(?<=立交)桥?(?:底下?|下面?)|(?<=桥)桥?(?:底下?|下面?)|(?<=[段路道街速线])桥(?:底下?|下面?)",
    Level.ABOVE: r"(?<=高架)(?:桥|路)?上面?|(?<=立交)桥?(?:上面?|面)|(?<=桥)桥?(?:上面?(?!游)|面上?)|(?<=[段路道街速线])桥(?:上面?|面)|(?<=高架)桥面",
    Level.TUNNEL: r"(?<=隧道)(?:之?内|里面?|中(?![心学间]))|地下通道|下[穿沉]隧道",
    Level.SIDE: r"辅[路道]",
    Level.MAIN: r"(?<![民公教天救])(?:主路|主道|主线|主车道)",
}
_PATTERNS = {level: re.compile(words) for level, words in _WORDS.items()}


def level_of(text: str) -> tuple[Level, list[tuple[int, int]]] | None:
    """The level that ``text`` tells, with where it and any further words of level stand; None where it tells none."""
    found = [(level, match.span()) for level, pattern in _PATTERNS.items() for match in pattern.finditer(text)]
    return (found[0][0], [span for _, span in found]) if found else None
