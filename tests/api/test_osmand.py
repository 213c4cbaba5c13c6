"""Reading the OsmAnd protocol: it never crashes and never takes nonsense for a position."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from math import isfinite
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.credentials.device_tokens import digest, new_token
from api.forms import osmand
from api.forms.osmand_values import moment
from dispatch.errors import InvalidInput

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HERE = {"id": "x", "lat": "23.1196", "lon": "113.3297", "timestamp": "1795320000"}
OURS = st.datetimes(datetime(2000, 1, 2), datetime(2199, 12, 30))  # noqa: DTZ001  (hypothesis wants them plain)
LATITUDES, LONGITUDES = st.floats(-90, 90), st.floats(-180, 180)


def read(query: str = "", body: bytes = b"", content_type: str = "") -> osmand.Sighting:
    return osmand.sighting(osmand.fields(query, body, content_type))


def said(**changes: str | None) -> osmand.Sighting:
    """What a plain message says after some changes; None leaves a parameter out."""
    return read(urlencode({k: v for k, v in (HERE | changes).items() if v is not None}))


def by_json(location: object, **more: object) -> osmand.Sighting:
    return read(
        body=json.dumps({"location": location, "device_id": "x", **more}).encode(), content_type="application/json"
    )


def coords(**changes: object) -> dict[str, Any]:
    known = {"latitude": 23.1, "longitude": 113.3, "accuracy": 8.5, "speed": 12.5, "heading": 90, "altitude": 11}
    return {"timestamp": "2026-11-22T04:00:00.250Z", "coords": known | changes, "is_moving": True}


# -- what clients really send --------------------------------------------------------------------------------------


def test_traccar_client_for_android_is_understood() -> None:
    query = (
        "id=x&timestamp=1795320000&lat=23.1196&lon=113.3297&speed=19.438444924406&bearing=271.5&altitude=12.0"
        "&accuracy=4.5&batt=87.0&charge=true&cell=460,0,1,2&wifi=00-11,-60"
    )
    seen = read(query)
    assert seen.position is not None
    assert (seen.position.lon, seen.position.lat) == (113.3297, 23.1196)
    assert seen.at == datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    assert seen.speed_mps == pytest.approx(10.0)  # knots in this protocol
    assert (seen.heading_deg, seen.accuracy_m, seen.battery, seen.charging) == (271.5, 4.5, 0.87, True)
    assert not seen.mocked


def test_traccar_client_9_posts_json_in_metres_per_second() -> None:
    seen = by_json(
        coords() | {"battery": {"level": 0.5, "is_charging": False}, "activity": {"type": "still"}, "_": "&x&"}
    )
    assert seen.position is not None
    assert (seen.position.lon, seen.position.lat) == (113.3, 23.1)
    assert seen.at == NOON + timedelta(milliseconds=250)
    assert (seen.speed_mps, seen.heading_deg, seen.accuracy_m) == (12.5, 90.0, 8.5)
    assert (seen.battery, seen.charging, seen.mocked) == (0.5, False, False)


def test_the_minus_ones_of_a_phone_that_does_not_know_are_unknown() -> None:
    seen = by_json(coords(speed=-1, heading=-1) | {"battery": {"level": -1, "is_charging": False}})
    assert (seen.speed_mps, seen.heading_deg, seen.battery) == (None, None, None)


def test_a_form_in_the_body_and_location_in_one_parameter_are_understood() -> None:
    seen = read(
        body=b"deviceid=x&location=23.1,113.3&timestamp=1795320000&heading=10", content_type="x-www-form-urlencoded"
    )
    assert seen.position is not None
    assert (seen.position.lat, seen.position.lon, seen.heading_deg) == (23.1, 113.3, 10.0)
    assert osmand.device(osmand.fields("", b"deviceid=x", "")) == "x"


def test_a_mocked_position_is_known_as_such() -> None:
    assert said(mock="true").mocked
    assert said(mock="1").mocked
    assert not said(mock="false").mocked
    assert by_json(coords() | {"mock": True}).mocked


def test_accuracy_is_made_from_the_dilution_and_else_cautious() -> None:
    assert said(hdop="1.2").accuracy_m == pytest.approx(6.0)
    assert said(hdop="1.2", accuracy="9").accuracy_m == 9.0
    assert said(accuracy="0").accuracy_m == said().accuracy_m == osmand.UNKNOWN_ACCURACY_M


# -- what is no position -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("no", [{"valid": "false"}, {"valid": "0"}, {"lat": "0", "lon": "0.0"}, {"accuracy": "-1"}])
def test_what_a_phone_itself_calls_no_position_is_none(no: dict[str, str]) -> None:
    seen = said(**no)
    assert seen.position is None
    assert "未采用" in seen.missing


@pytest.mark.parametrize(
    "wrong",
    [
        {"lat": None},
        {"lon": None},
        {"lat": ""},
        {"lat": "{0}"},
        {"lat": "nan"},
        {"lon": "inf"},
        {"lat": "91"},
        {"lon": "-180.5"},
        {"lat": "23,1"},
        {"lat": "2_3"},
        {"lat": "\u0662\u0663"},
        {"lat": "0x17"},
        {"lat": "1e400"},
        {"timestamp": "yesterday"},
        {"timestamp": "nan"},
        {"timestamp": "-1"},
        {"timestamp": "5"},
        {"timestamp": "99999999999999"},
        {"timestamp": "2026-13-01T00:00:00Z"},
        {"timestamp": "0001-01-01T00:00:00+14:00"},
        {"timestamp": "2026-11-22"},
        {"speed": "fast"},
        {"bearing": "north"},
        {"accuracy": "good"},
        {"mock": "perhaps"},
        {"valid": "perhaps"},
        {"lat": None, "lon": None, "location": "23.1"},
        {"lat": None, "lon": None, "location": "23.1,113.3,5"},
    ],
)
def test_nonsense_is_refused_in_one_sentence(wrong: dict[str, str | None]) -> None:
    with pytest.raises(InvalidInput) as told:
        said(**wrong)
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 160


def test_one_thing_said_twice_in_two_ways_is_refused() -> None:
    with pytest.raises(InvalidInput, match="lat"):
        read(urlencode(HERE) + "&lat=24")
    assert read(urlencode(HERE) + "&lat=23.1196").position is not None


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"location": {"coords": {"latitude": NaN, "longitude": 1}}}',
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"a":' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_that_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput, match="JSON"):
        read(body=body, content_type="application/json")


@pytest.mark.parametrize(
    "location", [None, 5, [], {}, {"coords": None}, {"coords": {}}, {"coords": {"latitude": 23.1}}]
)
def test_json_without_coordinates_is_refused(location: object) -> None:
    with pytest.raises(InvalidInput, match="lat"):
        by_json(location)


def test_json_takes_no_truth_value_for_a_number() -> None:
    with pytest.raises(InvalidInput, match="lat"):
        by_json(coords(latitude=True))


# -- properties ----------------------------------------------------------------------------------------------------


@given(OURS)
def test_every_spelling_of_a_second_is_the_same_moment(naive: datetime) -> None:
    at = naive.replace(microsecond=0, tzinfo=UTC)
    seconds = int(at.timestamp())
    spellings = [
        at.isoformat(),
        f"{naive:%Y-%m-%dT%H:%M:%S}",
        f"{naive:%Y-%m-%d %H:%M:%S}",
        seconds * 1000,
        str(seconds * 1000),
    ]
    if seconds < 2**31 - 1:
        spellings += [seconds, str(seconds)]
    assert {moment(s) for s in spellings} == {at}


@given(OURS, st.integers(-14 * 60, 14 * 60))
def test_a_zone_survives_the_address_with_and_without_its_plus(naive: datetime, minutes: int) -> None:
    at = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    for spelling in (at.isoformat(), at.isoformat().replace("+", " ")):
        assert moment(spelling) == at


@given(LATITUDES, LONGITUDES, st.floats(0, 190), st.floats(0, 360), st.floats(0.1, 90_000))
def test_what_is_sent_by_form_and_by_json_is_the_same(
    lat: float, lon: float, knots: float, heading: float, accuracy: float
) -> None:
    form = said(lat=repr(lat), lon=repr(lon), speed=repr(knots), bearing=repr(heading), accuracy=repr(accuracy))
    mps = knots * osmand.MPS_PER_KNOT
    sent = coords(latitude=lat, longitude=lon, speed=mps, heading=heading, accuracy=accuracy)
    known = by_json(sent | {"timestamp": 1795320000})
    assert form == known
    if (lat, lon) != (0, 0):
        assert form.position is not None
        assert (form.position.lat, form.position.lon) == (lat, lon)


WORDS = st.one_of(
    st.text(max_size=12),
    st.floats().map(str),
    st.integers().map(str),
    st.sampled_from(["", "true", "0", "-0", "1e309", "٢٣", "1_0", "23.1,113.3", "2026-11-22T04:00:00Z", "+", "é"]),
)
NAMES = st.sampled_from([*sorted(osmand._KNOWN), "deviceid", "heading", "cell", "altitude"])
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
LOCATIONS = st.fixed_dictionaries(
    {
        "coords": st.fixed_dictionaries(
            {}, optional=dict.fromkeys(("latitude", "longitude", "accuracy", "speed", "heading"), JSON)
        )
        | JSON
    },
    optional={"timestamp": JSON, "mock": JSON, "battery": JSON},
)


def sound(seen: osmand.Sighting) -> None:
    """Whatever is read can be kept: no NaN, nothing off the globe, nothing that cannot be."""
    assert (seen.position is None) == bool(seen.missing)
    assert seen.position is None or (abs(seen.position.lat) <= 90 and abs(seen.position.lon) <= 180)
    assert 0 < seen.accuracy_m <= osmand.WORST_ACCURACY_M
    assert seen.heading_deg is None or 0 <= seen.heading_deg <= 360
    assert seen.speed_mps is None or 0 <= seen.speed_mps <= osmand.FASTEST_MPS
    assert seen.battery is None or (isfinite(seen.battery) and 0 <= seen.battery <= 1)
    assert seen.at is None or (seen.at.tzinfo is UTC and 2000 <= seen.at.year < 2200)


@given(st.lists(st.tuples(NAMES, WORDS), max_size=12), st.booleans())
def test_no_form_can_crash_the_reader(pairs: list[tuple[str, str]], in_body: bool) -> None:
    text = urlencode(pairs, errors="surrogatepass")
    try:
        seen = read(body=text.encode()) if in_body else read(text)
    except InvalidInput:
        return
    sound(seen)


@given(st.one_of(JSON, st.fixed_dictionaries({"location": LOCATIONS | JSON}, optional={"device_id": JSON})))
def test_no_json_can_crash_the_reader(document: object) -> None:
    said = None
    try:
        said = osmand.fields("", json.dumps(document).encode(), "application/json")
        sound(osmand.sighting(said))
    except InvalidInput:
        pass
    assert said is None or isinstance(osmand.device(said), str)


@given(st.binary(max_size=60), st.text(max_size=20))
def test_no_bytes_can_crash_the_reader(body: bytes, kind: str) -> None:
    with suppress(InvalidInput):
        sound(read(body=body, content_type=kind))


# -- tokens --------------------------------------------------------------------------------------------------------


def test_a_token_is_long_fresh_and_forgiving_of_how_it_is_typed() -> None:
    made = {new_token() for _ in range(100)}
    assert len(made) == 100
    token = made.pop()
    assert len(token.replace("-", "")) * 5 >= 128
    shouted = token.upper().replace("-", " ").replace("0", "O").replace("1", "l")
    assert digest(f" {shouted} ") == digest(token) != digest(token[:-1])
