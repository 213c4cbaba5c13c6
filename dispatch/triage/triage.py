"""Triage: from a report's words, its answers and its place to the tiers of the incident, each with what spoke for it."""

import re
from collections.abc import Iterator

from dispatch.events import TriageFinding
from dispatch.location import Location
from dispatch.policy.policy import TriageRules
from dispatch.report import Report
from dispatch.triage.report_words import plates_in
from dispatch.triage.triage_words import (
    CAN_PATTERN,
    CANNOT_PATTERN,
    GREEN_PATTERNS,
    OFF_PATTERN,
    OFFICIAL_PLATE,
    PATTERNS,
    GreenSign,
    first_heard,
    plain_words,
)
from dispatch.vocabulary import Tier

USUAL = TriageRules()
NOTHING_SAID = "未听出其他情形"


def triage(report: Report, place: Location | None = None, rules: TriageRules = USUAL) -> tuple[TriageFinding, ...]:
    """Tell the tiers of a report. An answer of the caller beats the words.

    Parameters
    ----------
    report : Report
    place : Location or None
        Where it was found to be; an expressway is known by the name of what was matched.
    rules : TriageRules

    Returns
    -------
    tuple of TriageFinding
        One a tier, the most pressing first, never empty: minor or standard where nothing more pressing was found.
    """
    words = plain_words(report.text)
    because = {
        Tier.GREEN_CHANNEL: _green(report, words, rules),
        Tier.INJURY: _answered(report.injured, "有人受伤", first_heard(words, PATTERNS[Tier.INJURY])),
        Tier.EXPRESSWAY: _expressway(report, words, place),
        Tier.HEAVY_LOSS: _answered(report.big_loss, "损失大", first_heard(f"{words},{report.make}", PATTERNS[Tier.HEAVY_LOSS])),
        Tier.MULTI_VEHICLE: _many(report, words, rules),
    }  # fmt: skip
    found = tuple(TriageFinding(tier=tier, because=said) for tier, said in because.items() if said)
    return found or (_least(report, words),)


def can_drive(report: Report) -> bool | None:
    """Whether the vehicle can drive: the caller's answer, else what the words say, else None."""
    if report.drivable is not None:
        return report.drivable
    words = plain_words(report.text)
    if first_heard(words, CANNOT_PATTERN):
        return False
    return True if first_heard(words, CAN_PATTERN) else None


def _answered(answer: bool | None, what: str, heard: str) -> str:
    if answer is not None:
        return f"报案人答:{what}" if answer else ""
    return f"听到“{heard}”" if heard else ""


def _expressway(report: Report, words: str, place: Location | None) -> str:
    if report.on_expressway is not None or OFF_PATTERN.search(words):
        return _answered(report.on_expressway, "在高速公路上", "")
    heard = first_heard(words, PATTERNS[Tier.EXPRESSWAY])
    if not heard and place is not None:
        matched = first_heard(plain_words(place.matched_text), PATTERNS[Tier.EXPRESSWAY])
        return f"定位在{place.matched_text}" if matched else ""
    return _answered(None, "", heard)


def _many(report: Report, words: str, rules: TriageRules) -> str:
    if report.vehicles is not None:
        return f"报案人答:{report.vehicles} 辆车" if report.vehicles >= rules.multi_vehicle_from else ""
    heard = first_heard(words, PATTERNS[Tier.MULTI_VEHICLE])
    return f"听到“{heard}”" if heard else ""


def _least(report: Report, words: str) -> TriageFinding:
    """Minor where the caller says that nobody is hurt and the vehicle drives, or speaks of a scratch; else standard."""
    drives = can_drive(report)
    if drives and report.injured is False:
        return TriageFinding(tier=Tier.MINOR, because="报案人答:无人受伤、车能开")
    slight = PATTERNS[Tier.MINOR].search(words)
    if slight and drives is not False:
        return TriageFinding(tier=Tier.MINOR, because=f"听到“{slight.group()}”")
    return TriageFinding(tier=Tier.STANDARD, because=NOTHING_SAID)


def _green(report: Report, words: str, rules: TriageRules) -> str:
    """The first criterion of the policy that holds."""
    return next(_green_criteria(report, words, rules), "")


def _green_criteria(report: Report, words: str, rules: TriageRules) -> Iterator[str]:
    plates = sorted(plates_in(report.text, report.plate))
    for plate in plates:
        if plate.startswith(tuple(map(_bare, rules.green_plates))):
            yield f"绿色通道车牌 {plate}"
        if rules.green_emergency_vehicle and OFFICIAL_PLATE.search(plate):
            yield f"公务车牌 {plate}"
    for client in filter(None, (report.client, report.phone)):
        if _bare(client).startswith(tuple(map(_bare, rules.green_clients))):
            yield "绿色通道客户名单"
    for sign in GreenSign:
        heard = first_heard(words, GREEN_PATTERNS[sign]) if getattr(rules, f"green_{sign.value}") else ""
        if heard:
            yield f"{sign.label}:听到“{heard}”"


def _bare(number: str) -> str:
    """A plate or number without spaces, dots and dashes."""
    return re.sub(r"[\s·•・.\-]", "", number).upper()
