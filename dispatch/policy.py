"""Every tunable number of the desk, with its unit; read from a TOML policy file at the edge."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from math import inf
from typing import Any, Self

from dispatch.errors import InvalidInput
from dispatch.province import Partner, read_partners
from dispatch.vocabulary import Zone
from dispatch.zones import Zones, read_parts


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
    """Which position fixes are good enough to dispatch on, and how long fixes are kept."""

    max_age_s: float = 300.0
    max_accuracy_m: float = 500.0
    keep_days: float = 30.0


@dataclass(frozen=True, slots=True)
class Offers:
    """The handshake; a forecast is revised in the log only when it moved by ``revise_after_s``."""

    answer_timeout_s: float = 90.0
    runners_up: int = 4
    revise_after_s: float = 60.0


@dataclass(frozen=True, slots=True)
class ArrivalModel:
    """Spread of turnout and travel; see `dispatch.arrival` for the sources.

    ``travel_minutes`` and ``travel_log_sd`` are the knots of a curve: log-sd of travel time by its median, in the usual
    hour. ``usual_hour_log_sd`` is what of it the day-to-day spread of road speeds makes up (root mean square over the
    hours of an ordinary week); with ``spread_by_hour`` that part follows the hour, without it the curve holds all day.
    ``search_mps`` is how fast, along the straight line, a unit gets from the stated place to the true one.
    """

    turnout_median_s: float = 90.0
    turnout_log_sd: float = 0.5
    travel_minutes: tuple[float, ...] = (5.0, 15.0, 30.0, 60.0)
    travel_log_sd: tuple[float, ...] = (0.45, 0.40, 0.36, 0.30)
    spread_by_hour: bool = True
    usual_hour_log_sd: float = 0.106
    search_mps: float = 5.0

    def __post_init__(self) -> None:
        if len(self.travel_minutes) != len(self.travel_log_sd):
            raise InvalidInput("policy [arrival]: travel_minutes and travel_log_sd need the same length.")
        if list(self.travel_minutes) != sorted(set(self.travel_minutes)):
            raise InvalidInput("policy [arrival]: travel_minutes must rise.")


@dataclass(frozen=True, slots=True)
class Verification:
    """When a track confirms an arrival: ``min_fixes`` within the radius from ``lead_s`` before to ``lag_s`` after the claim."""

    radius_m: float = 150.0
    max_uncertainty_m: float = 350.0
    min_fixes: int = 2
    lead_s: float = 60.0
    lag_s: float = 180.0


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
    arrival: ArrivalModel = field(default_factory=ArrivalModel)
    verification: Verification = field(default_factory=Verification)
    recovery: Recovery = field(default_factory=Recovery)

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
                values[name] = _section(sections[name], name, value)
            else:
                raise InvalidInput(f"policy: unknown section [{name}]; known are {', '.join(sections)}.")
        return cls(**values)


def _section(kind: Any, name: str, table: Any) -> Any:
    if not isinstance(table, Mapping):
        raise InvalidInput(f"policy: [{name}] must be a table of key = value lines.")
    known = {f.name: f.default for f in fields(kind)}
    for key, value in table.items():
        if key not in known:
            raise InvalidInput(f"policy [{name}]: unknown key {key!r}; known are {', '.join(known)}.")
        if key not in READERS:
            _require_kind(f"[{name}] {key}", value, known[key])
    return kind(**{key: READERS.get(key, _plain)(value) for key, value in table.items()})


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


READERS: dict[str, Callable[[Any], Any]] = {
    "part": read_parts,
    "partners": read_partners,
}  # keys that hold more than numbers and words


def _require_kind(where: str, value: Any, default: Any) -> None:
    if isinstance(default, tuple):
        if not isinstance(value, list) or not all(isinstance(v, type(default[0])) for v in value):
            raise InvalidInput(f"policy {where} must be a list of {type(default[0]).__name__}.")
    elif isinstance(default, bool):
        if not isinstance(value, bool):
            raise InvalidInput(f"policy {where} must be true or false.")
    elif isinstance(default, int) and type(value) is not int:
        raise InvalidInput(f"policy {where} must be a whole number.")
    elif isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise InvalidInput(f"policy {where} must be a number above 0.")
