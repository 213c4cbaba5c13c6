"""What was forecast, and what it was forecast from: kept so that it can be checked against what came."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.events.base import Event

SHARES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)  # of arrivals that are sooner than the times stated


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedForecast:
    """A forecast as it was stated, with what went into it; times count from the event that holds it.

    ``travel_s`` are road seconds still to drive as the network told them, ``straight_m`` the same in a straight line,
    ``uncertainty_m`` the radius of the place. ``wet`` is None where nobody knew the weather. ``model`` names what forecast:
    ``prior``, or the fingerprint of a learned file. ``quantiles_s`` belong to `SHARES`.
    """

    travel_s: float
    straight_m: float
    uncertainty_m: float
    day_kind: str
    wet: bool | None
    model: str
    quantiles_s: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalForeseen(Event):
    """How the promise stood as soon as the place was known: as if the best unit then were sent at once.

    ``unit_id`` and all that follows from it are None where nobody could go.
    """

    unit_id: str | None
    eta_at: datetime | None
    p_kept: float | None
    forecast: StatedForecast | None
