"""The survey form filled in on the scene: what it may say, and the hash over it."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.report import MOST_VEHICLES
from dispatch.vocabulary import Labelled

FORM = "gzdispatch-scene-report-1"  # named in the hash: another form will have another name
LONGEST_WORDS = 1000
MOST_INJURED = 500
MOST_FEN = 10**12  # ten thousand million yuan: beyond it somebody has mistyped
MOST_PHOTOS = 100
SHA256 = re.compile(r"[0-9a-f]{64}")


class DamagedPart(Labelled):
    """Where a vehicle is damaged."""

    FRONT = "front", "前部"
    REAR = "rear", "后部"
    LEFT = "left", "左侧"
    RIGHT = "right", "右侧"
    ROOF = "roof", "车顶"
    CHASSIS = "chassis", "底盘"
    GLASS = "glass", "玻璃灯具"
    WHEELS = "wheels", "轮胎轮毂"
    BATTERY = "battery", "动力电池"
    AIRBAG = "airbag", "气囊弹出"


class Responsibility(Labelled):
    """Who is to blame, as told on the scene: the share of the vehicle surveyed."""

    FULL = "full", "全责"
    MAIN = "main", "主责"
    EQUAL = "equal", "同责"
    MINOR = "minor", "次责"
    NONE = "none", "无责"
    OPEN = "open", "待定"


class SceneDecision(Labelled):
    """What follows from the survey."""

    SETTLED = "settled", "现场定损"
    SHOP = "shop", "送修"
    TOW = "tow", "施救"
    RESURVEY = "resurvey", "待复勘"
    POLICE = "police", "交警处理"
    SUSPECTED = "suspected", "拒赔线索"
    OTHER = "other", "其他"


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneReport:
    """A survey form as it was filled in.

    Parameters
    ----------
    answered_by : str
        Who answered the surveyor's questions on the scene; empty where nobody was there.
    loss_fen : int or None
        Loss estimate in fen (hundredths of a yuan); None where it was not estimated.
    parts : tuple of DamagedPart
    damage : str
        The damage in words.
    injured : int
        How many people are hurt.
    injuries : str
        Their injuries in words.
    vehicles : int or None
        How many took part; None where not told.
    responsibility : Responsibility
    decision : SceneDecision
    notes : str
    photos : tuple of str
        sha256 of the photographs that belong to it; some may still be on their way.
    captured_at : datetime
        When it was signed off on the phone (aware).
    position : Position or None
        Where the phone was; None where it did not know.
    accuracy_m : float or None
        Of the position, metres.
    """

    answered_by: str = ""
    loss_fen: int | None = None
    parts: tuple[DamagedPart, ...] = ()
    damage: str = ""
    injured: int = 0
    injuries: str = ""
    vehicles: int | None = None
    responsibility: Responsibility = Responsibility.OPEN
    decision: SceneDecision
    notes: str = ""
    photos: tuple[str, ...] = ()
    captured_at: datetime
    position: Position | None = None
    accuracy_m: float | None = None


def require_whole(report: SceneReport) -> None:
    """Raise `InvalidInput` for a form that says what cannot be, or leaves out what it must say."""
    for told, words in {
        "受访人": report.answered_by,
        "损失": report.damage,
        "伤情": report.injuries,
        "备注": report.notes,
    }.items():
        if len(words) > LONGEST_WORDS:
            raise InvalidInput(f"{told}超过 {LONGEST_WORDS} 字:请缩短。(Too long: shorten it.)")
    if report.loss_fen is not None and not 0 <= report.loss_fen <= MOST_FEN:
        raise InvalidInput(
            "损失金额须为 0 或以上;未估损请留空。(The loss must not be negative; leave it blank if not estimated.)"
        )
    if not 0 <= report.injured <= MOST_INJURED:
        raise InvalidInput(f"受伤人数须在 0 到 {MOST_INJURED} 之间。(Give the number of people hurt, 0 or more.)")
    if report.vehicles is not None and not 1 <= report.vehicles <= MOST_VEHICLES:
        raise InvalidInput(f"车辆数须在 1 到 {MOST_VEHICLES} 之间。(Give the number of vehicles, 1 or more.)")
    if report.decision is SceneDecision.OTHER and not report.notes.strip():
        raise InvalidInput("处理意见选“其他”时须写备注。(The decision “other” needs a note.)")
    if len(report.photos) > MOST_PHOTOS or any(not SHA256.fullmatch(mark) for mark in report.photos):
        raise InvalidInput(f"照片须以 sha256 列出,最多 {MOST_PHOTOS} 张。(List photographs by their sha256.)")


def canonical(incident_id: str, by: str, report: SceneReport) -> str:
    """The form as the one text its hash is over; docs/evidence.md says how to make it again.

    JSON with sorted keys, no spaces, and nothing but texts, whole numbers, lists and null.
    """
    at = report.position
    told = {
        "form": FORM,
        "incident": incident_id,
        "by": by,
        "answered_by": report.answered_by,
        "loss_fen": report.loss_fen,
        "parts": [part.value for part in report.parts],
        "damage": report.damage,
        "injured": report.injured,
        "injuries": report.injuries,
        "vehicles": report.vehicles,
        "responsibility": report.responsibility.value,
        "decision": report.decision.value,
        "notes": report.notes,
        "photos": list(report.photos),
        "captured_at": f"{report.captured_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        "lon": None if at is None else f"{at.lon:.7f}",
        "lat": None if at is None else f"{at.lat:.7f}",
        "accuracy_m": None if report.accuracy_m is None else f"{report.accuracy_m:.1f}",
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(incident_id: str, by: str, report: SceneReport) -> str:
    """sha256 of the `canonical` text in UTF-8, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(incident_id, by, report).encode()).hexdigest()
