"""What a phone says of when and where a step was taken, as it comes in."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.forms.request_body import Body, Moment
from api.forms.schemas import PointIn, ReasonIn
from dispatch.capture import Capture
from dispatch.location import Position
from geo_data.coordinates import Datum, to_wgs84

LONGEST_SKEW_S = 1e9  # some thirty years: a phone that woke up in 1970 included


class CapturedIn(Body):
    """When and where the button was pressed.

    ``captured_at`` is the phone's time corrected by ``skew_s``, the seconds our clock is ahead of the phone's as the phone
    measured it (`GET /v1/time`); null where it never could. ``offline`` says that there was no signal then.
    """

    captured_at: Moment
    point: PointIn | None = None
    skew_s: Annotated[float, Field(ge=-LONGEST_SKEW_S, le=LONGEST_SKEW_S)] | None = None
    offline: bool = False

    @property
    def position(self) -> Position | None:
        """The point in WGS-84."""
        return position_of(self.point) if self.point else None

    def as_capture(self, now: datetime) -> Capture:
        """What the desk weighs; ``now`` is when it was received."""
        return Capture(
            claimed_at=self.captured_at,
            received_at=now,
            position=self.position,
            accuracy_m=self.point.accuracy_m if self.point else None,
            skew_s=self.skew_s,
            offline=self.offline,
        )


class StepIn(Body):
    """A step of a unit; without ``captured`` it counts when it is received."""

    captured: CapturedIn | None = None

    def capture(self, now: datetime) -> Capture | None:
        """What the desk weighs, if the phone said anything."""
        return self.captured.as_capture(now) if self.captured else None


class DeclineIn(StepIn, ReasonIn):
    """Why the job is refused."""


class ClearIn(StepIn):
    """Why a tow leaves without the vehicle it was to bring to a repair shop; nobody else needs a reason."""

    reason: Annotated[str, Field(max_length=200)] = ""


class ArriveIn(StepIn):
    """The button "on scene"; ``point`` is where the phone was when it was pressed (else that of ``captured``)."""

    point: PointIn | None = None

    @property
    def position(self) -> Position | None:
        """Where the phone was, in WGS-84, if it knew."""
        if self.point:
            return position_of(self.point)
        return self.captured.position if self.captured else None


def position_of(point: PointIn) -> Position:
    """Take a point in at the door: WGS-84 from here on."""
    return to_wgs84(Position(point.lon, point.lat), Datum(point.crs))


def capture_of(body: StepIn | None, now: datetime) -> Capture | None:
    """What the desk weighs of a step that may have no body at all."""
    return body.capture(now) if body else None
