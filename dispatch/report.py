"""What a caller said."""

import re
from dataclasses import dataclass
from datetime import datetime

from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.vocabulary import Channel, Tier

LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An accident report as it came in.

    Parameters
    ----------
    text : str
        The caller's words, 1 to 2000 characters.
    received_at : datetime
        Aware; every commitment runs from here.
    channel : Channel
        How it reached us.
    position : Position or None
        Where the caller's phone says it is.
    position_accuracy_m : float or None
        Radius in metres stated by the phone.
    plate, phone : str
        Empty where not given.
    injured : bool or None
        None where nobody asked.
    make : str
        Make of the caller's vehicle, e.g. ``丰田``; empty where not given.
    simulated : bool
        True for demonstration data; shown wherever the incident is shown.

    Raises
    ------
    InvalidInput
        For empty or overlong text or a naive time.
    """

    text: str
    received_at: datetime
    channel: Channel
    position: Position | None = None
    position_accuracy_m: float | None = None
    plate: str = ""
    phone: str = ""
    injured: bool | None = None
    simulated: bool = False
    make: str = ""

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InvalidInput("报案内容为空:请写明地点和经过。(The report is empty: say where and what happened.)")
        if len(self.text) > LONGEST_TEXT:
            raise InvalidInput(f"报案内容超过 {LONGEST_TEXT} 字:请缩短。(The report is too long.)")
        if self.received_at.tzinfo is None:
            raise InvalidInput("received_at needs a time zone, e.g. 2026-11-22T08:00:00+08:00.")


# Words that say somebody is hurt; a preceding negation ("无人受伤") takes them back.
INJURY_WORDS = ("受伤", "伤者", "骨折", "流血", "昏迷", "死亡", "送医", "救护车", "打120", "叫120", "被困")
NEGATIONS = ("无人", "没人", "没有人", "未有人", "无", "没有", "没", "未", "冇人")


def triage(report: Report) -> Tier:
    """Tell the tier from the caller's answer, else from the words.

    Parameters
    ----------
    report : Report

    Returns
    -------
    Tier
    """
    injured = report.injured if report.injured is not None else _speaks_of_injury(report.text)
    return Tier.INJURY if injured else Tier.STANDARD


def _speaks_of_injury(text: str) -> bool:
    found = (m.start() for word in INJURY_WORDS for m in re.finditer(re.escape(word), text))
    return any(not text[:start].endswith(NEGATIONS) for start in found)
