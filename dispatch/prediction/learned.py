"""What finished trips have taught, as numbers a person can read: how much longer trips take, and how they scatter.

Trips are told apart by the kind of day and five bands of hours (cells), by the length the network tells, by wet roads and by
their pace in a straight line. How the numbers come about: `dispatch.prediction.fit`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import exp

import numpy as np

from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.fitted import Fitted
from dispatch.prediction.moments import Moment
from dispatch.prediction.predictor import Conditions, Progress
from dispatch.prediction.shape import PLAIN, Shape
from dispatch.prediction.today import Today, Varying, narrowed

LENGTHS_MIN = (3.0, 8.0, 15.0, 30.0, 60.0)
BANDS: Mapping[str, range] = {
    "night": range(7),
    "morning": range(7, 10),
    "midday": range(10, 17),
    "evening": range(17, 20),
    "late": range(20, 24),
}
NEARLY_THERE_S = 600.0
KINDS = ("weekday", "weekend", "holiday")
BAND_OF_HOUR = [next(name for name, hours in BANDS.items() if hour in hours) for hour in range(24)]


@dataclass(frozen=True, slots=True)
class Cell:
    """What holds at one kind of day in one band of hours.

    Parameters
    ----------
    trips : int
        How many of them were learned from.
    factors : tuple of float
        By how much longer trips take than the network tells, at `LENGTHS_MIN`.
    log_sds : tuple of float
        How their logarithm scatters, what the factors may be wrong by included; at `LENGTHS_MIN`.
    turnout_median_s, turnout_log_sd : float
        From the offer to the departure.
    """

    trips: int
    factors: tuple[float, ...]
    log_sds: tuple[float, ...]
    turnout_median_s: float
    turnout_log_sd: float


@dataclass(frozen=True, slots=True)
class About:
    """Where a learned model comes from."""

    trips: int
    days: int
    first: str
    last: str
    simulated: int
    source: str


@dataclass(frozen=True, eq=False, slots=True)
class Learned:
    """A learned model; a `dispatch.prediction.predictor.Predictor`.

    Parameters
    ----------
    about : About
    cells : mapping
        `Cell` by ``kind-band``, all of them.
    wet_factor : float
        By how much longer trips take on wet roads.
    pace_power : float
        See `Fitted`.
    rest_power : float
        Of the slowness so far, by which the rest of a trip is slow too: 0 if it told nothing, 1 if it told all.
    rest_spread : tuple of float
        How the rest of a trip scatters, that known, against a whole trip of its length; at `LENGTHS_MIN`.
    shapes : mapping
        By moment; those left out are plain.
    nearly_there : Shape
        On the way with less than `NEARLY_THERE_S` of road left.
    varying : Varying
        How far days and hours differ; 0 with too few days.
    prior : ArrivalModel
        What it says nothing of; the search for the place is its own.
    name : str
        Its fingerprint.
    """

    about: About
    cells: Mapping[str, Cell]
    wet_factor: float
    pace_power: float
    rest_power: float
    rest_spread: tuple[float, ...]
    shapes: Mapping[Moment, Shape] = field(default_factory=dict)
    nearly_there: Shape = PLAIN
    varying: Varying = field(default_factory=Varying)
    prior: ArrivalModel = field(default_factory=ArrivalModel)
    name: str = ""

    def at(
        self, conditions: Conditions, moment: Moment, progress: Progress | None = None, today: Today | None = None
    ) -> Fitted:
        """What holds under these conditions; see `Predictor`."""
        cell = self.cells[cell_of(conditions)]
        today = today or Today()
        slow_now = (self.wet_factor if conditions.wet else 1.0) * exp(today.log_level)
        moving = moment is Moment.ON_THE_WAY and progress is not None
        spread = self.rest_spread if moving else (1.0,) * len(LENGTHS_MIN)
        model = replace(
            self.prior,
            turnout_median_s=cell.turnout_median_s,
            turnout_log_sd=cell.turnout_log_sd,
            travel_minutes=LENGTHS_MIN,
            travel_log_sd=tuple(narrowed(np.multiply(spread, cell.log_sds), today.known).tolist()),
            spread_by_hour=False,
        )
        found = Fitted(
            model=model,
            factor_minutes=LENGTHS_MIN,
            factors=tuple(slow_now * f for f in cell.factors),
            pace_power=self.pace_power,
            rest_power=self.rest_power if moving else 0.0,
            shape=self.nearly_there if is_nearly_there(progress) else self.shapes.get(moment, PLAIN),
            name=self.name,
        )
        if progress is None or not moving:
            return found
        slow = found.so_far(np.array([progress.elapsed_s]), np.array([progress.covered_s]))
        return replace(found, rest_factor=exp(self.rest_power * float(slow[0])))


def is_nearly_there(progress: Progress | None) -> bool:
    """Whether little is left of a drive: lights and the search for the place then matter more than the roads."""
    return progress is not None and progress.left_s < NEARLY_THERE_S


def cell_of(conditions: Conditions) -> str:
    """The cell that holds under these conditions; a kind of day that is not known counts as a weekday."""
    kind = conditions.day_kind if conditions.day_kind in KINDS else KINDS[0]
    return f"{kind}-{BAND_OF_HOUR[conditions.hour]}"
