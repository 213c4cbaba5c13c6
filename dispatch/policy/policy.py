"""Every tunable number of the desk, with its unit; read from a TOML policy file at the edge."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from math import inf
from typing import Any, Self

from dispatch.errors import InvalidInput
from dispatch.plans import Plans
from dispatch.policy.audit_rules import AuditRules
from dispatch.policy.message_rules import MessageRules
from dispatch.policy.policy_file import section
from dispatch.policy.province import Partner
from dispatch.policy.retention import Retention
from dispatch.policy.suspicion_rules import SuspicionRules
from dispatch.policy.verification_rules import Verification
from dispatch.promises.reading import Promises
from dispatch.vocabulary import Confidence, DutyKind, Tier, Zone
from dispatch.zones import Zones


@dataclass(frozen=True, slots=True)
class ArrivalCommitment:
    """The promise "surveyor on scene": report to on scene, by zone."""

    urban_limit_s: float = 1800.0
    suburban_limit_s: float = 3600.0

    def limit_s(self, zone: Zone) -> float:
        """Limit in seconds for ``zone``."""
        return self.urban_limit_s if zone is Zone.URBAN else self.suburban_limit_s


@dataclass(frozen=True, slots=True)
class Positions:
    """Which position fixes are good enough to dispatch on, and how long fixes are kept; docs/scale.md.

    Every fix stays for ``thin_after_days``; after that those of jobs, and one in ``thin_to_s`` of each unit.
    """

    max_age_s: float = 300.0
    max_accuracy_m: float = 500.0
    keep_days: float = 30.0
    thin_after_days: float = 2.0
    thin_to_s: float = 60.0


@dataclass(frozen=True, slots=True)
class DutyRules:
    """Shift ends, breaks and back-ups.

    No offer is made in the last ``last_offer_s`` of a shift. A duty change holds for the seconds named here unless it says
    otherwise, and never for more than its ``most_s``. A back-up may be called while nobody regular can go, or the best is on time with less than ``backup_below_p``;
    with ``auto_backup`` the desk calls by itself, one person after the other: whoever was called has ``join_s`` to show a
    position before the next is called.
    """

    last_offer_s: float = 900.0
    on_s: float = 43_200.0
    off_s: float = 43_200.0
    break_s: float = 3600.0
    on_most_s: float = 86_400.0
    off_most_s: float = 2_678_400.0
    break_most_s: float = 14_400.0
    called_up_s: float = 14_400.0
    join_s: float = 900.0
    unreachable_s: float = 3600.0
    backup_below_p: float = 0.2
    auto_backup: bool = False

    def length_s(self, kind: DutyKind) -> float:
        """How long a change of this kind holds, in seconds."""
        return float(getattr(self, f"{kind.value}_s"))

    def most_s(self, kind: DutyKind) -> float:
        """How long a change of this kind may be told to hold, in seconds; what the desk itself tells holds as long as usual."""
        return float(getattr(self, f"{kind.value}_most_s", self.length_s(kind)))


@dataclass(frozen=True, slots=True)
class Alarms:
    """When a promise counts as in danger, before it is broken.

    ``late_below_p`` raises an alarm and ``clear_above_p`` takes it back; a reassignment is proposed where it makes keeping
    the promise more probable by at least ``gain_p``, or, for roles whose arrival is not promised, comes ``gain_s`` sooner.
    """

    late_below_p: float = 0.5
    clear_above_p: float = 0.65
    silent_after_s: float = 180.0
    depart_within_s: float = 300.0
    unassigned_after_s: float = 120.0
    gain_p: float = 0.15
    gain_s: float = 300.0

    def __post_init__(self) -> None:
        if self.clear_above_p < self.late_below_p:
            raise InvalidInput("policy [alarms]: clear_above_p must not lie below late_below_p.")


@dataclass(frozen=True, slots=True)
class Offers:
    """The handshake; a forecast is revised in the log only when it moved by ``revise_after_s``."""

    answer_timeout_s: float = 90.0
    runners_up: int = 4
    revise_after_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Captures:
    """Steps that a phone captured and sent later; see `dispatch.capture`.

    A captured time counts while it is no older than ``oldest_h``. Clocks that agree within ``slack_s`` are taken to agree.
    Keys of requests are remembered for ``keep_keys_days``.
    """

    oldest_h: float = 12.0
    slack_s: float = 5.0
    keep_keys_days: float = 7.0


@dataclass(frozen=True, slots=True)
class ArrivalModel:
    """Spread of turnout and travel; see `dispatch.arrival` for the sources.

    ``travel_minutes`` and ``travel_log_sd`` are the knots of a curve: log-sd of travel time by its median, in the usual
    hour. ``usual_hour_log_sd`` is what of it the day-to-day spread of road speeds makes up (root mean square over the
    hours of an ordinary week); with ``spread_by_hour`` that part follows the hour, without it the curve holds all day.
    ``search_mps`` is how fast, along the straight line, a unit gets from the stated place to the true one; a radius counts
    for ``search_most_m`` at most. Nothing above ``p_most`` is stated; ``learned`` names a file of ``gzdispatch learn``, whose
    numbers then hold.
    """

    turnout_median_s: float = 90.0
    turnout_log_sd: float = 0.5
    travel_minutes: tuple[float, ...] = (5.0, 15.0, 30.0, 60.0)
    travel_log_sd: tuple[float, ...] = (0.45, 0.40, 0.36, 0.30)
    spread_by_hour: bool = True
    usual_hour_log_sd: float = 0.106
    search_mps: float = 5.0
    search_most_m: float = 50_000.0
    p_most: float = 0.995
    learned: str = ""

    def __post_init__(self) -> None:
        if len(self.travel_minutes) != len(self.travel_log_sd) or not 0.5 < self.p_most < 1:
            raise InvalidInput("policy [arrival]: travel_minutes, travel_log_sd of the same length; p_most 0.5 to 1.")
        if list(self.travel_minutes) != sorted(set(self.travel_minutes)):
            raise InvalidInput("policy [arrival]: travel_minutes must rise.")


TERMS = ("nearness", "lateness", "late", "priority", "fairness", "cover")
RULES = ("expected_cost", "nearest_by_road", "nearest_in_a_straight_line", "least_cover_lost")


@dataclass(frozen=True, slots=True)
class Choosing:
    """Who goes; see `dispatch.choosing`. Costs are in seconds of waiting, so that they can be added.

    ``terms`` are those of the rule ``expected_cost`` that are on. ``cover_price_s`` is what an accident costs that
    nobody is near for; a unit covers a place that it reaches within ``cover_share`` of the place's limit.
    """

    rule: str = "expected_cost"
    terms: tuple[str, ...] = TERMS
    nearness_weight: float = 1.0
    lateness_weight: float = 1.0
    late_price_s: float = 1800.0
    job_price_s: float = 20.0
    jobs_within_h: float = 12.0
    cover_price_s: float = 1000.0
    cover_share: float = 0.8
    busy_share: float = 0.3
    shown: int = 20
    auto_offer: bool = False
    window_s: float = 20.0
    wait_price_s: float = 7200.0
    wait_growth: float = 4.0
    soon: bool = True
    on_scene_median_s: float = 1320.0
    on_scene_log_sd: float = 0.4
    swaps: bool = True
    swap_gain_s: float = 180.0
    swap_late_rise: float = 0.02
    standby: bool = True
    standby_gain: float = 0.003

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise InvalidInput(f"policy [choosing]: no rule {self.rule!r}; known are {', '.join(RULES)}.")
        if unknown := [name for name in self.terms if name not in TERMS]:
            raise InvalidInput(f"policy [choosing]: no term {unknown[0]!r}; known are {', '.join(TERMS)}.")
        if self.busy_share >= 1:
            raise InvalidInput("policy [choosing]: busy_share must be below 1.")


@dataclass(frozen=True, slots=True)
class TriageRules:
    """What makes an incident a multi-vehicle one, and what opens the green channel.

    ``green_plates`` and ``green_clients`` are beginnings of plates, of client numbers or of telephone numbers; the switches
    turn the word lists of `dispatch.triage.triage_words` on.
    """

    multi_vehicle_from: int = 3
    green_plates: tuple[str, ...] = ()
    green_clients: tuple[str, ...] = ()
    green_school_bus: bool = True
    green_emergency_vehicle: bool = True
    green_pregnant_or_child: bool = True
    green_dangerous_goods: bool = True

    def __post_init__(self) -> None:
        if any(not beginning.strip() for beginning in (*self.green_plates, *self.green_clients)):
            raise InvalidInput("policy [triage]: an empty beginning would open the green channel to all; leave it out.")


@dataclass(frozen=True, slots=True)
class Recovery:
    """Where a vehicle that cannot drive is brought, and who recovers it outside the city.

    With ``designated_first`` a designated shop comes before a quicker other one as long as it makes the vehicle arrive no
    more than ``designated_detour_min`` later; infinity makes that a strict order. ``loading_s`` is the median time from
    the tow's arrival to its departure with the vehicle.
    """

    designated_first: bool = True
    designated_detour_min: float = inf
    loading_s: float = 900.0
    loading_log_sd: float = 0.4
    runners_up: int = 4
    partners: tuple[Partner, ...] = ()

    def partner_in(self, city: str) -> Partner | None:
        """The partner of a city of the province, None where there is none."""
        return next((p for p in self.partners if p.city == city), None)


@dataclass(frozen=True, slots=True)
class HospitalRules:
    """How surely a hospital's place must be known before a specialist is sent there: see `Confidence`.

    Half a mile off is sure enough for a place that everybody there knows by its name.
    """

    confidence: tuple[str, ...] = (Confidence.HIGH.value, Confidence.MEDIUM.value)
    max_uncertainty_m: float = 1000.0

    def __post_init__(self) -> None:
        if unknown := [name for name in self.confidence if name not in list(Confidence)]:
            raise InvalidInput(f"policy [hospital]: no confidence {unknown[0]!r}; known are {', '.join(Confidence)}.")


@dataclass(frozen=True, slots=True)
class CallerRules:
    """The caller's own page: who they deal with, how long their link opens, and how often a stranger may knock.

    A link opens for ``link_days`` after the incident has closed; a rating may be changed for ``rating_edit_h``. Within
    ``limit_window_s`` one address may send ``reports_per_address`` reports (many phones share an address), all together
    ``reports_in_all``; ``requests_per_address`` counts other requests that write or look up a place. A caller may send ``photos`` of a case.
    """

    company: str = "本公司"
    telephone: str = ""
    link_days: float = 90.0
    rating_edit_h: float = 24.0
    callback_within_s: float = 3600.0
    limit_window_s: float = 600.0
    reports_per_address: int = 10
    reports_in_all: int = 300
    requests_per_address: int = 300
    photos: int = 9


@dataclass(frozen=True, slots=True)
class PhotoRules:
    """Which photographs are kept.

    ``most`` an incident and source (surveyor, caller). ``late_h`` is how long after a unit's job ended what its phone
    still holds is taken. ``thumbnail_px`` is the longer side of the small picture.
    """

    max_mb: float = 10.0
    max_megapixels: float = 50.0
    most: int = 30
    late_h: float = 72.0
    thumbnail_px: int = 480

    @property
    def max_bytes(self) -> int:
        """Largest photograph, in bytes."""
        return int(self.max_mb * 1e6)


@dataclass(frozen=True, slots=True)
class Policy:
    """The whole policy file.

    Attributes
    ----------
    version : str
        Named by the operator; kept with every commitment.
    """

    version: str = "built-in"
    arrival_commitment: ArrivalCommitment = field(default_factory=ArrivalCommitment)
    zones: Zones = field(default_factory=Zones)
    positions: Positions = field(default_factory=Positions)
    offers: Offers = field(default_factory=Offers)
    duty: DutyRules = field(default_factory=DutyRules)
    alarms: Alarms = field(default_factory=Alarms)
    arrival: ArrivalModel = field(default_factory=ArrivalModel)
    verification: Verification = field(default_factory=Verification)
    captures: Captures = field(default_factory=Captures)
    recovery: Recovery = field(default_factory=Recovery)
    caller: CallerRules = field(default_factory=CallerRules)
    choosing: Choosing = field(default_factory=Choosing)
    triage: TriageRules = field(default_factory=TriageRules)
    plans: Plans = field(default_factory=Plans)
    hospital: HospitalRules = field(default_factory=HospitalRules)
    photos: PhotoRules = field(default_factory=PhotoRules)
    retention: Retention = field(default_factory=Retention)
    audit: AuditRules = field(default_factory=AuditRules)
    promises: Promises = field(default_factory=Promises)
    suspicion: SuspicionRules = field(default_factory=SuspicionRules)
    messages: MessageRules = field(default_factory=MessageRules)

    def __post_init__(self) -> None:
        for tier in Tier:
            for zone in Zone:
                own, house = self.plans.of([tier]).limit_s(zone), self.arrival_commitment.limit_s(zone)
                if own is not None and own > house:
                    raise InvalidInput(
                        f"policy [plans.{tier}]: {zone}_limit_s {own:g} is longer than that of [arrival_commitment], "
                        f"{house:g}: a plan may only shorten it."
                    )

    def limit_s(self, tiers: Iterable[Tier], zone: Zone) -> float:
        """Arrival limit in seconds of an incident: that of the house, or of one of its tiers where that is stricter."""
        house, own = self.arrival_commitment.limit_s(zone), self.plans.of(tiers).limit_s(zone)
        return house if own is None else min(house, own)

    @classmethod
    def from_mapping(cls, table: Mapping[str, Any]) -> Self:
        """Build a policy from parsed TOML; what is left out keeps its default.

        Parameters
        ----------
        table : mapping
            ``version`` and one sub-table a section, named as the attributes here.

        Raises
        ------
        InvalidInput
            For an unknown section or key, or a value of the wrong kind.
        """
        sections: dict[str, Any] = {f.name: f.default_factory for f in fields(cls) if f.name != "version"}
        values: dict[str, Any] = {}
        for name, value in table.items():
            if name == "version":
                values[name] = str(value)
            elif name in sections:
                values[name] = section(sections[name], name, value)
            else:
                raise InvalidInput(f"policy: unknown section [{name}]; known are {', '.join(sections)}.")
        return cls(**values)
