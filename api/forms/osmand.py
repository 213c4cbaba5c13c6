"""The OsmAnd protocol, which Traccar Client and OsmAnd speak: what a phone said about where it is.

Two forms reach us (https://www.traccar.org/osmand/): parameters in the address or in a form, with the speed in knots
and the battery in percent; and the JSON of Traccar Client from version 9 on, with metres per second and a share. This
module only reads; nothing here knows who may post what.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from api.forms.osmand_values import battery, flag, flag_or_none, moment, number, share
from dispatch.errors import InvalidInput
from dispatch.location import Position

MOST_FIELDS = 100
MPS_PER_KNOT = 1852 / 3600
METRES_PER_HDOP = 5.0  # usual error of a phone's receiver under an open sky
UNKNOWN_ACCURACY_M = 50.0  # a phone that states none gets a cautious one
WORST_ACCURACY_M = 100_000.0
FASTEST_MPS = 100.0

_ALIASES = {"deviceid": "id", "heading": "bearing"}
_PLAIN = ("id", "timestamp", "lat", "lon", "location", "speed", "bearing", "accuracy", "hdop", "batt", "charge")
_KNOWN = {*_PLAIN, "valid", "mock"}  # cell, wifi, altitude and whatever else a client adds is passed over
_COORDS = {"latitude": "lat", "longitude": "lon", "accuracy": "accuracy", "speed": "speed_mps", "heading": "bearing"}

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What one message says; ``position`` is None where the phone says it has none, and ``missing`` tells why.

    ``at`` is None where the message has no time. ``battery`` runs from 0 to 1.
    """

    position: Position | None
    missing: str
    at: datetime | None
    accuracy_m: float
    heading_deg: float | None
    speed_mps: float | None
    mocked: bool
    battery: float | None
    charging: bool | None


def fields(query: str, body: bytes, content_type: str) -> Fields:
    """Take a message apart: its JSON, else the parameters of its address, else its form.

    Raises
    ------
    InvalidInput
        When it is neither, or says one thing twice in two ways.
    """
    if content_type.lower().startswith("application/json") or body.lstrip()[:1] == b"{":
        return dict(_of_json(body))
    return _of_form(query or body.decode("utf-8", "replace"))


def device(said: Fields) -> str:
    """The device id in a message; empty without one."""
    named = said.get("id", "")
    return named if isinstance(named, str) else str(named) if isinstance(named, int) else ""


def sighting(said: Fields) -> Sighting:
    """Read a message.

    Raises
    ------
    InvalidInput
        When what it says of place, time, speed or honesty cannot be read; in one sentence.
    """
    position, missing = _position(said)
    return Sighting(
        position=position,
        missing=missing,
        at=moment(said["timestamp"]) if said.get("timestamp") not in (None, "") else None,
        accuracy_m=_accuracy_m(said),
        heading_deg=_within(number(said, "bearing"), 360.0),
        speed_mps=_within(_speed_mps(said), FASTEST_MPS),
        mocked=flag(said, "mock", default=False),
        battery=share(said.get("level")) if "level" in said else battery(said.get("batt")),
        charging=flag_or_none(said.get("charge")),
    )


def _of_form(text: str) -> Fields:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise InvalidInput("参数过多。(Too many parameters.)") from None
    said: dict[str, object] = {}
    for written, value in pairs:
        name = _ALIASES.get(written, written)
        if name in _KNOWN and said.setdefault(name, value.strip()) != value.strip():
            raise InvalidInput(f"参数 {name} 重复且不一致。(The parameter {name} is given twice.)")
    return said


def _of_json(body: bytes) -> Iterator[tuple[str, object]]:
    try:
        document = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise InvalidInput("内容不是有效的 JSON。(The body is not JSON.)") from None
    where = document.get("location") if isinstance(document, dict) else None
    coords = where.get("coords") if isinstance(where, dict) else None
    yield "id", document.get("device_id", "") if isinstance(document, dict) else ""
    if not isinstance(where, dict) or not isinstance(coords, dict):
        return  # without coordinates: refused once we know whose it is
    yield from ((ours, coords[theirs]) for theirs, ours in _COORDS.items() if coords.get(theirs) is not None)
    yield from ((name, where[name]) for name in ("timestamp", "mock") if where.get(name) is not None)
    power = where.get("battery")
    if isinstance(power, dict):
        yield "level", power.get("level")
        yield "charge", power.get("is_charging")


def _refuse(constant: str) -> object:
    raise ValueError(constant)


def _position(said: Fields) -> tuple[Position | None, str]:
    """The place; None with the reason where the phone itself says that it knows none."""
    if not flag(said, "valid", default=True):
        return None, "设备标明定位无效,未采用。(The device calls the position invalid: not kept.)"
    lat, lon = _coordinates(said)
    if lat == 0 and lon == 0:
        return None, "设备尚无定位,未采用。(The device has no position yet: not kept.)"
    if (number(said, "accuracy") or 0.0) < 0:
        return None, "设备标明精度无效,未采用。(A negative accuracy means no position: not kept.)"
    return Position(lon, lat), ""


def _coordinates(said: Fields) -> tuple[float, float]:
    """Latitude and longitude as sent, from ``lat`` and ``lon`` or from ``location``."""
    if "lat" not in said and "lon" not in said and isinstance(said.get("location"), str):
        lat, comma, lon = str(said["location"]).partition(",")
        said = {"lat": lat.strip(), "lon": lon.strip()} if comma else {}
    found = number(said, "lat"), number(said, "lon")
    if found[0] is None or found[1] is None:
        raise InvalidInput("缺少经纬度:请给出 lat 和 lon。(Latitude and longitude are missing.)")
    return found[0], found[1]


def _accuracy_m(said: Fields) -> float:
    """The radius the phone states; with a dilution of precision only, metres made from it."""
    stated, hdop = number(said, "accuracy"), number(said, "hdop")
    if stated is not None and stated > 0:
        return min(stated, WORST_ACCURACY_M)
    return min(hdop * METRES_PER_HDOP, WORST_ACCURACY_M) if hdop is not None and hdop > 0 else UNKNOWN_ACCURACY_M


def _speed_mps(said: Fields) -> float | None:
    knots = number(said, "speed")
    return number(said, "speed_mps") if knots is None else knots * MPS_PER_KNOT


def _within(value: float | None, most: float) -> float | None:
    """The value where it can be true; phones say -1 for what they do not know."""
    return value if value is not None and 0 <= value <= most else None
