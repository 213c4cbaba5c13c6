"""One incident as an audit sees it: the small value in which our own events and any other log meet."""

from dataclasses import dataclass

from dispatch.auditing.edits import Edit
from dispatch.auditing.stages import Stage
from dispatch.errors import InvalidInput
from dispatch.track_matching import ArrivalEvidence
from dispatch.tracked import Track
from dispatch.vocabulary import INTERVALS, CloseCode, Labelled, Verdict

RESPONSE = next(i for i, interval in enumerate(INTERVALS) if interval.name == "response")


class Problem(Labelled):
    """Why an incident has no usable response time; it stays in the denominator as not kept."""

    NO_ARRIVAL = "no_arrival", "无到场时间"
    OVERDUE = "overdue_no_arrival", "已超时仍未到场"
    NO_COMMITMENT = "no_commitment", "无时效承诺"
    NO_START = "no_start", "无起算时间"
    UNREADABLE_TIME = "unreadable_time", "时间无法识别"
    ARRIVAL_BEFORE_START = "arrival_before_start", "到场早于起算"
    ZERO_INTERVAL = "zero_interval", "到场与起算同时"
    TOO_LONG = "too_long", "时长异常"
    ARRIVAL_AFTER_NOW = "arrival_after_now", "到场时间在未来"
    CLAIMED_AWAY = "claimed_away_from_scene", "远离现场报到场"
    CONTRADICTED = "contradicted_by_track", "轨迹不符"
    NO_LIMIT = "no_limit", "无时限"
    NO_INCIDENT_NUMBER = "no_incident_number", "无案件号"
    BROKEN_HISTORY = "broken_history", "事件记录前后矛盾"

    @property
    def english(self) -> str:
        """The reason in English words."""
        return self.value.replace("_", " ")


class Exclusion(Labelled):
    """Why an incident is in the account but in no headline: reported, listed by reason, neither kept nor missed."""

    MERGED = "merged_duplicate", "重复报案已并入他案"
    REMOTE_CONSENT = "remote_survey_by_consent", "经报案人同意改为视频查勘"
    WITHDRAWN = "withdrawn", "到期前报案人撤销"
    FALSE_REPORT = "false_report", "到期前确认误报或虚假报案"
    DUPLICATE = "duplicate", "到期前按重复报案结束"
    MISTAKE = "mistake", "到期前按误录入结束"
    DEMO_STOPPED = "demo_stopped", "模拟案件:到期前演示停机"

    @property
    def english(self) -> str:
        """The reason in English words."""
        return self.value.replace("_", " ")


EXCLUDING = {
    CloseCode.WITHDRAWN: Exclusion.WITHDRAWN,
    CloseCode.FALSE_REPORT: Exclusion.FALSE_REPORT,
    CloseCode.DUPLICATE: Exclusion.DUPLICATE,
    CloseCode.MISTAKE: Exclusion.MISTAKE,
    CloseCode.DEMO_STOPPED: Exclusion.DEMO_STOPPED,
}


class Cause(Labelled):
    """Why a promise was missed; `dispatch.auditing.blame` has the rule that finds exactly one."""

    PLACE = "place", "地点不明或有误"
    NO_UNIT = "no_unit", "无人可派或待派"
    OVERRIDE = "override", "人工暂缓或指定较慢人员"
    REASSIGNED = "reassigned", "中途改派"
    LATE_ACCEPT = "late_accept", "接单迟"
    LATE_TURNOUT = "late_turnout", "出发迟"
    TRAFFIC = "traffic", "路上比预计慢"
    IMPOSSIBLE = "not_possible_at_report", "报案时已难以守时"
    PARTNER = "partner", "合作单位到场迟"
    CLOSED = "closed_unserved", "无人到场即结案"
    UNTRUSTED = "untrusted_time", "到场时间不可信"
    UNKNOWN = "unknown", "原因不明"

    @property
    def english(self) -> str:
        """The cause in English words."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Part:
    """Seconds that a stage took, and that were planned for it."""

    stage: Stage
    actual_s: float
    planned_s: float

    @property
    def lost_s(self) -> float:
        """Seconds beyond the plan; below 0 where it went faster."""
        return self.actual_s - self.planned_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """Why one promise was missed, and the figures that say so.

    Parameters
    ----------
    cause : Cause
        The primary one.
    over_s : float
        Seconds beyond the limit at the arrival, or where nobody arrived so far; not above 0 where it was closed or given up before.
    parts : tuple of Part
        The time from the report to the arrival (or until when is counted), divided without rest.
    cost_s : tuple of (Cause, float)
        What each cause took beyond the plan, where it took anything.
    recommended_s : float or None
        Forecast of whom the first decision recommended, from then to the arrival; None without a decision.
    refused : int
        Offers declined or left unanswered.
    words : str
        What was written by who held it back or chose another unit.
    """

    cause: Cause
    over_s: float
    parts: tuple[Part, ...] = ()
    cost_s: tuple[tuple[Cause, float], ...] = ()
    recommended_s: float | None = None
    refused: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One incident as an audit sees it, whatever system it came from.

    Parameters
    ----------
    incident : str
    limit_s : float or None
        Seconds allowed from the start of the clock to the first arrival; None where there is none.
    legs_s : tuple of float or None
        Seconds of each of `INTERVALS`, in that order; None where an end is missing. May be negative where a source is.
    problem : Problem or None
        Why the response time is missing or not to be trusted. None without a response time means: not yet due.
    excluded : Exclusion or None
        Why it is neither kept nor missed; None for all that are judged.
    zone, district, tier : str or None
        Groups to report by; None where unknown.
    hour : int or None
        Local hour of day, 0 to 23, at which the clock started.
    track : Track or None
        What the track says of the arrival; None where nobody arrived or no track is kept.
    simulated : bool
    by_video : bool
        Whether a survey by video was completed; no arrival on scene, whatever became of the promise.
    received_s : float or None
        Seconds from the start of the clock to the receipt of an arrival that was captured without signal, sent later and
        counts at its captured time; None for all others.
    doubted : bool
        Whether the phone claimed another time for the arrival, which was not plausible: the receipt counts.
    unit, unit_name : str or None
        Who arrived first; where nobody did, the surveyor who had the job last. A partner by its name.
    client : str or None
        The client's organisation; None where it is not known.
    day : str or None
        Local day on which the clock started, YYYY-MM-DD.
    cancelled_late : Exclusion or None
        The code under which it was called off after its promise was due: too late to be left out, it stays missed.
    edits : tuple of Edit
        What was changed after intake.
    blame : Blame or None
        Why it was missed; None where it was not, or no facts say.

    Raises
    ------
    InvalidInput
        For a response time that has no limit, or is not above 0, and names no problem: it could not be judged. For an
        excluded incident that has a response time or a problem: it must be judged.
    """

    incident: str
    limit_s: float | None
    legs_s: tuple[float | None, ...]
    problem: Problem | None = None
    excluded: Exclusion | None = None
    zone: str | None = None
    district: str | None = None
    tier: str | None = None
    hour: int | None = None
    track: Track | None = None
    simulated: bool = False
    by_video: bool = False
    received_s: float | None = None
    doubted: bool = False
    unit: str | None = None
    unit_name: str | None = None
    client: str | None = None
    day: str | None = None
    cancelled_late: Exclusion | None = None
    edits: tuple[Edit, ...] = ()
    blame: Blame | None = None

    def __post_init__(self) -> None:
        if self.excluded is not None and (self.problem is not None or self.response_s is not None):
            raise InvalidInput(f"Incident {self.incident} has an arrival or a problem of its own: judge it.")
        if self.problem is not None or self.response_s is None:
            return
        if self.limit_s is None:
            raise InvalidInput(f"Incident {self.incident} has a response time but no limit: name the problem no_limit.")
        if self.response_s <= 0:
            raise InvalidInput(f"Incident {self.incident} has a response of {self.response_s} s: name the problem.")

    @property
    def response_s(self) -> float | None:
        """Seconds from the start of the clock to the first arrival, as the source has it."""
        return self.legs_s[RESPONSE]

    @property
    def kept_by_capture(self) -> bool:
        """Whether the promise is kept by the captured time, though its receipt came after the limit."""
        return (
            self.verdict is Verdict.KEPT
            and self.received_s is not None
            and self.limit_s is not None
            and self.received_s > self.limit_s
        )

    @property
    def confirmed(self) -> bool | None:
        """Whether the track agrees with the arrival; None where nobody arrived or no track is kept."""
        return None if self.track is None else self.track.evidence is ArrivalEvidence.CONFIRMED

    @property
    def track_gap_s(self) -> float | None:
        """Seconds from the track's arrival to the button's, below 0 where the button was first; None unless both are trusted."""
        if self.track is None or self.track.arrived_s is None or self.response_s is None or self.limit_s is None:
            return None
        return None if self.problem or not self.confirmed else self.response_s - self.track.arrived_s

    @property
    def kept_by_button(self) -> bool:
        """Whether it is kept by the button's time, where the track has one too."""
        return self.track_gap_s is not None and self.verdict is Verdict.KEPT

    @property
    def kept_by_track(self) -> bool:
        """Whether it would be kept by the track's time."""
        if self.track is None or self.track.arrived_s is None or self.limit_s is None or self.track_gap_s is None:
            return False
        return self.track.arrived_s <= self.limit_s

    @property
    def month(self) -> str | None:
        """Local month in which the clock started, YYYY-MM."""
        return self.day and self.day[:7]

    @property
    def cause(self) -> Cause | None:
        """Why it was missed, `Cause.UNKNOWN` where no facts say; None where it was not."""
        if self.verdict is not Verdict.MISSED:
            return None
        return self.blame.cause if self.blame else Cause.UNKNOWN

    @property
    def verdict(self) -> Verdict:
        """Kept only with a trusted time inside the limit; anything missing past its due time is missed."""
        if self.excluded is not None:
            return Verdict.EXCLUDED
        if self.problem is not None:
            return Verdict.MISSED
        if self.response_s is None or self.limit_s is None:
            return Verdict.OPEN
        return Verdict.KEPT if self.response_s <= self.limit_s else Verdict.MISSED
