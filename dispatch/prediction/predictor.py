"""Who tells what an arrival is forecast with: the policy, or a learned model."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Protocol

from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.fitted import Fitted
from dispatch.prediction.moments import Moment
from dispatch.prediction.today import Today
from dispatch.unit import GUANGZHOU_TIME


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is known of the roads when a forecast is made.

    Parameters
    ----------
    hour : int
        0 to 23 in Guangzhou.
    day_kind : str
        ``weekday``, ``weekend`` or ``holiday``; another word where the source of travel times does not say.
    wet : bool or None
        None where nobody knows the weather.
    """

    hour: int
    day_kind: str
    wet: bool | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a unit on its way has come: seconds since it set off, road seconds told of the way behind it and before it."""

    elapsed_s: float
    covered_s: float
    left_s: float = inf


class Predictor(Protocol):
    """What the desk forecasts arrivals with."""

    def at(
        self, conditions: Conditions, moment: Moment, progress: Progress | None = None, today: Today | None = None
    ) -> Fitted:
        """What holds under these conditions; ``progress`` of a unit that is on its way, ``today`` as far as it is known."""
        ...


@dataclass(frozen=True, slots=True)
class Assumed:
    """The policy's numbers, whatever the conditions."""

    model: ArrivalModel

    def at(
        self,
        conditions: Conditions,  # noqa: ARG002
        moment: Moment,  # noqa: ARG002
        progress: Progress | None = None,  # noqa: ARG002
        today: Today | None = None,  # noqa: ARG002
    ) -> Fitted:
        """The same at all times."""
        return Fitted(self.model)


def conditions_at(now: datetime, metric: str, wet: bool | None = None) -> Conditions:
    """Conditions at ``now``, with the kind of day that a source of travel times names first in its ``metric``."""
    return Conditions(now.astimezone(GUANGZHOU_TIME).hour, metric.partition("-")[0], wet)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecasting:
    """How a desk forecasts.

    Parameters
    ----------
    predictor : Predictor or None
        None goes by the policy.
    wet : callable
        Whether roads are wet at a moment; None where nobody knows.
    foresees : bool
        Whether every report whose place is known is followed by a forecast, before anybody is chosen.
    today : callable
        What is known of today's level at a moment; None where nobody looks.
    """

    predictor: Predictor | None = None
    wet: Callable[[datetime], bool | None] = lambda _: None
    foresees: bool = False
    today: Callable[[datetime], Today | None] = lambda _: None

    def at(
        self, now: datetime, metric: str, moment: Moment, assumed: ArrivalModel, progress: Progress | None = None
    ) -> tuple[Fitted, Conditions]:
        """What to forecast with at ``now``, and the conditions it holds under; ``metric`` is that of the travel times."""
        conditions = conditions_at(now, metric, self.wet(now))
        predictor = self.predictor or Assumed(assumed)
        return predictor.at(conditions, moment, progress, self.today(now)), conditions
