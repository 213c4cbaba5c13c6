"""What a request for positions says, read without the framework; None is whatever is not plain, for the routes to answer."""

from dataclasses import dataclass

from pydantic import ValidationError

from api.forms import osmand
from api.forms.captured import position_of
from api.forms.schemas import FixesIn, FixIn
from dispatch.errors import InvalidInput
from dispatch.unit import Fix


@dataclass(frozen=True, slots=True)
class ByAccount:
    """Positions from somebody who is signed in, by the token of the request."""

    token: str
    fixes: list[Fix]


@dataclass(frozen=True, slots=True)
class ByDevice:
    """What a tracker saw; the unit is known by its token."""

    token: str
    seen: osmand.Sighting


Message = ByAccount | ByDevice


def of_account(token: str, body: bytes) -> ByAccount | None:
    """Read a body of ``POST /v1/positions``."""
    try:
        return ByAccount(token, [fix_of(f) for f in FixesIn.model_validate_json(body).fixes]) if token else None
    except (ValidationError, InvalidInput):
        return None


def of_device(query: str, body: bytes, content_type: str) -> ByDevice | None:
    """Read a message of ``/v1/osmand``."""
    try:
        said = osmand.fields(query, body, content_type)
        token, seen = osmand.device(said), osmand.sighting(said)
    except InvalidInput:
        return None
    return ByDevice(token, seen) if token and seen.position is not None else None


def fix_of(body: FixIn) -> Fix:
    """The fix a body speaks of, in WGS-84."""
    return Fix(
        unit_id=body.unit_id,
        position=position_of(body),
        at=body.at,
        accuracy_m=body.accuracy_m,
        heading_deg=body.heading_deg,
        speed_mps=body.speed_mps,
        mocked=body.mocked,
    )


def fix_seen(unit_id: str, seen: osmand.Sighting) -> Fix:
    """The fix a tracker told of, which has a position and a time."""
    assert seen.position is not None  # noqa: S101
    assert seen.at is not None  # noqa: S101
    return Fix(
        unit_id=unit_id,
        position=seen.position,
        at=seen.at,
        accuracy_m=seen.accuracy_m,
        heading_deg=seen.heading_deg,
        speed_mps=seen.speed_mps,
        mocked=seen.mocked,
    )
