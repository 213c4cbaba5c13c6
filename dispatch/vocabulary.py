"""The words of the house as enumerations, each with the Chinese that screens show."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Self


class Labelled(StrEnum):
    """A string enumeration whose members carry a Chinese label."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """Make a member equal to ``value`` that also knows its ``label``."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


def counted(reasons: Iterable[Labelled]) -> list[tuple[Labelled, int]]:
    """How often each reason comes, in the order they come first."""
    return list(Counter(reasons).items())


def count_reasons(reasons: Iterable[Labelled]) -> str:
    """How often each reason comes, in Chinese, e.g. ``不在班次 3,定位过期 1``; empty for none."""
    return ",".join(f"{reason.label} {n}" for reason, n in counted(reasons))


class Role(Labelled):
    """What a unit is sent to do."""

    SURVEYOR = "surveyor", "查勘员"
    TOW_UNIT = "tow_unit", "施救车"
    SPECIALIST = "specialist", "人伤专员"


class Skill(Labelled):
    """What a unit can do or is allowed to do beyond its role."""

    HEAVY_LOSS = "heavy_loss", "大案查勘"
    NEW_ENERGY = "new_energy", "新能源"
    EXPRESSWAY = "expressway", "高速施救资质"
    HEAVY_TOW = "heavy_tow", "重型拖吊"


class Zone(Labelled):
    """Which limit a commitment falls under."""

    URBAN = "urban", "市区"
    SUBURBAN = "suburban", "郊区"
    PROVINCE = "province", "省内"


class Tier(Labelled):
    """How an incident is responded to, the least pressing first."""

    MINOR = "minor", "轻微"
    STANDARD = "standard", "一般"
    MULTI_VEHICLE = "multi_vehicle", "多车"
    HEAVY_LOSS = "heavy_loss", "大额损失"
    EXPRESSWAY = "expressway", "高速公路"
    INJURY = "injury", "人伤"
    GREEN_CHANNEL = "green_channel", "绿色通道"


def pressing_first(tiers: Iterable[Tier]) -> tuple[Tier, ...]:
    """Put tiers in order, each once, the most pressing first."""
    return _pressing_first(tuple(tiers))


@lru_cache(maxsize=1024)  # asked at every look at an incident
def _pressing_first(tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
    return tuple(sorted(set(tiers), key=list(Tier).index, reverse=True))


class NeedStatus(Labelled):
    """How far a role that an incident needs has been served."""

    OPEN = "open", "待派"
    UNDER_WAY = "under_way", "进行中"
    SERVED = "served", "已到位"
    WAIVED = "waived", "已免除"


class Channel(Labelled):
    """How a report reached us."""

    TELEPHONE = "telephone", "电话"
    CONSOLE = "console", "调度台"
    APP = "app", "线上"
    CALLER = "caller", "自助报案"
    COMMAND_LINE = "command_line", "命令行"
    SIMULATION = "simulation", "模拟"


class MatchCode(Labelled):
    """How the words matched a place."""

    GOOD = "GOOD", "精确匹配"
    AMBIGUOUS = "AMBIGUOUS", "多处可能"
    UP_HIERARCHY = "UP_HIERARCHY", "仅匹配到上级"


class Confidence(Labelled):
    """How far a location may be trusted."""

    HIGH = "HIGH", "高"
    MEDIUM = "MEDIUM", "中"
    LOW = "LOW", "低"


class AssignmentStatus(Labelled):
    """Where an assignment stands; the last three are its possible ends."""

    OFFERED = "offered", "已派单"
    ACCEPTED = "accepted", "已接单"
    EN_ROUTE = "en_route", "在途"
    ON_SCENE = "on_scene", "已到场"
    CLEARED = "cleared", "已完成"
    DECLINED = "declined", "已拒单"
    RELEASED = "released", "已改派"

    @property
    def is_open(self) -> bool:
        """Whether the unit is still bound to the incident."""
        return self in OPEN_STATUSES


OPEN_STATUSES = frozenset(
    {
        AssignmentStatus.OFFERED,
        AssignmentStatus.ACCEPTED,
        AssignmentStatus.EN_ROUTE,
        AssignmentStatus.ON_SCENE,
    }
)


class IncidentStatus(Labelled):
    """Where an incident stands, folded from its events."""

    UNLOCATED = "unlocated", "待定位"
    WAITING = "waiting", "待派单"
    HELD = "held", "暂缓"
    OFFERED = "offered", "已派单"
    ACCEPTED = "accepted", "已接单"
    EN_ROUTE = "en_route", "在途"
    ON_SCENE = "on_scene", "已到场"
    CLOSED = "closed", "已结束"


class CaptureDoubt(Labelled):
    """Why a time that a phone claims for a step does not count."""

    FUTURE = "future", "晚于接收时间"
    BEFORE_LAST_STEP = "before_last_step", "早于上一步"
    TOO_OLD = "too_old", "补传过晚"


class UnitStatus(Labelled):
    """What a unit is doing now."""

    OFF_DUTY = "off_duty", "下班"
    ON_BREAK = "on_break", "休息中"
    IDLE = "idle", "空闲"
    OFFERED = "offered", "待接单"
    ACCEPTED = "accepted", "已接单"
    EN_ROUTE = "en_route", "在途"
    ON_SCENE = "on_scene", "作业中"


class Refusal(Labelled):
    """Why a unit may not go."""

    WRONG_ROLE = "wrong_role", "角色不符"
    OFF_SHIFT = "off_shift", "不在班次"
    NO_POSITION = "no_position", "无定位"
    STALE_POSITION = "stale_position", "定位过期"
    IMPRECISE_POSITION = "imprecise_position", "定位不准"
    MOCKED_POSITION = "mocked_position", "疑似虚拟定位"
    ON_BREAK = "on_break", "休息中"
    SHIFT_ENDING = "shift_ending", "即将下班"
    LACKS_SKILL = "lacks_skill", "资质不符"
    BACKUP_NOT_CALLED = "backup_not_called", "后备未启用"
    BUSY = "busy", "有未完成任务"
    ALREADY_TRIED = "already_tried", "已拒单或已改派"
    UNREACHABLE = "unreachable", "道路不可达"


class DutyKind(Labelled):
    """What a duty change says of a unit, against its shift."""

    ON = "on", "上班"
    OFF = "off", "下班"
    BREAK = "break", "休息"
    CALLED_UP = "called_up", "启用后备"
    UNREACHABLE = "unreachable", "联系不上"


class RiskKind(Labelled):
    """Why an incident needs a dispatcher's eye, mostly a promise in danger before it is broken, the least pressing first."""

    NOBODY_NEEDED = "nobody_needed", "全部免除,待结案"
    UNASSIGNED = "unassigned", "无人接单"
    NOT_DEPARTED = "not_departed", "接单未出发"
    SILENT = "silent", "途中失联"
    LATE = "late", "可能超时"


class ShopRefusal(Labelled):
    """Why a vehicle is not brought to a repair shop."""

    CLOSED = "closed", "送达时不营业"
    MAKE_NOT_TAKEN = "make_not_taken", "不接该品牌"
    MAKE_UNKNOWN = "make_unknown", "只接部分品牌,车辆品牌未知"
    FULL = "full", "当日已满"
    UNREACHABLE = "unreachable", "道路不可达"
    NOT_DESIGNATED = "not_designated", "非定点,定点厂可接"


class HoldReason(Labelled):
    """Why nobody is sent to an incident for a while."""

    CALLER_ASKED = "caller_asked", "报案人要求稍后"
    POLICE_FIRST = "police_first", "等交警先处理"
    ROAD_CLOSED = "road_closed", "现场封闭,暂时到不了"
    DETAILS_MISSING = "details_missing", "等报案人补充信息"
    OTHER = "other", "其他"


class HoldEvent(Labelled):
    """What ends a hold before its time."""

    LOCATED = "located", "地点明确"
    CALLED_BACK = "called_back", "报案人回电"


class HoldEnd(Labelled):
    """How a hold came to its end."""

    DUE = "due", "到时"
    LOCATED = "located", "地点已明确"
    CALLED_BACK = "called_back", "报案人已回电"
    CALLED_OFF = "called_off", "调度员恢复"


class CloseCode(Labelled):
    """Why an incident was closed; those of `CANCELLED` called it off: nobody need have come.

    ``DEMO_STOPPED`` is of simulated incidents alone: the demonstration stood still.
    """

    DONE = "done", "处理完毕"
    WITHDRAWN = "withdrawn", "报案人撤销"
    FALSE_REPORT = "false_report", "误报或虚假报案"
    DUPLICATE = "duplicate", "重复报案"
    MISTAKE = "mistake", "误录入"
    OTHER = "other", "其他"
    DEMO_STOPPED = "demo_stopped", "演示停机"

    @property
    def is_cancelled(self) -> bool:
        """Whether it was called off."""
        return self in CANCELLED


CANCELLED = frozenset(
    {CloseCode.WITHDRAWN, CloseCode.FALSE_REPORT, CloseCode.DUPLICATE, CloseCode.MISTAKE, CloseCode.DEMO_STOPPED}
)


class PartnerStep(Labelled):
    """How far a partner in another city says it has come."""

    ACCEPTED = "accepted", "已接受"
    ON_SCENE = "on_scene", "已到场"
    DELIVERED = "delivered", "已送达"


class ReviewOpinion(Labelled):
    """What a review of the damage assessment says."""

    APPROVED = "approved", "审核通过"
    QUESTIONS = "questions", "需补充材料"
    REJECTED = "rejected", "审核不通过"


class ToldBy(Labelled):
    """How a client is told the result."""

    TELEPHONE = "telephone", "电话"
    SMS = "sms", "短信"
    MAIL = "mail", "邮件"
    WRITING = "writing", "书面"


class ClaimStage(Labelled):
    """The stages of a claim as its client sees them, in order."""

    SURVEY = "survey", "查勘"
    ASSESSMENT = "assessment", "定损"
    REVIEW = "review", "审核"
    PAYMENT = "payment", "赔付"


class Verdict(Labelled):
    """How a commitment was judged."""

    KEPT = "kept", "守时"
    MISSED = "missed", "超时"
    OPEN = "open", "未到期"
    EXCLUDED = "excluded", "不计"


class Interval(NamedTuple):
    """A stretch of an incident's life; both ends are always stated when it is shown."""

    name: str
    start: str
    stop: str
    label: str


INTERVALS = (
    Interval("call_handling", "reported", "assigned", "接报"),
    Interval("turnout", "assigned", "en_route", "出发"),
    Interval("travel", "en_route", "on_scene", "在途"),
    Interval("response", "reported", "on_scene", "到场时效"),
    Interval("on_scene", "on_scene", "cleared", "现场作业"),
)


class AdministrativeAct(Labelled):
    """What is done about people, sessions and organisations: by an administrator, one's own password by anybody."""

    PERSON_ADDED = "person_added", "添加人员"
    PERSON_CHANGED = "person_changed", "修改人员"
    PERSON_DISABLED = "person_disabled", "停用人员"
    PERSON_ENABLED = "person_enabled", "启用人员"
    PASSWORD_RESET = "password_reset", "重设密码"
    PASSWORD_CHANGED = "password_changed", "修改本人密码"
    PERSON_UNLOCKED = "person_unlocked", "解除登录锁定"
    SESSION_ENDED = "session_ended", "结束一个会话"
    SESSIONS_ENDED = "sessions_ended", "结束全部会话"
    ORGANISATION_ADDED = "organisation_added", "添加组织"
    ORGANISATION_CHANGED = "organisation_changed", "修改组织"
    ORGANISATION_DISABLED = "organisation_disabled", "停用组织"
    ORGANISATION_ENABLED = "organisation_enabled", "启用组织"
