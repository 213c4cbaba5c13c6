"""Events survive the way into JSON and back."""

import json
from dataclasses import is_dataclass, replace
from datetime import UTC, datetime
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import InvalidInput
from dispatch.events import (
    EVENT_KINDS,
    ArrivalClaimed,
    ArrivalConfirmed,
    Event,
    IncidentClosed,
    IncidentLocated,
    IncidentReported,
)
from dispatch.folding import fold
from dispatch.location import Position
from dispatch.vocabulary import Confidence, MatchCode, Tier
from geo_data.stores.event_codec import decode, encode

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

# Hours that a change of the clocks repeats equal no time of another zone (PEP 495), so they can show nothing here.
moments = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001  (hypothesis wants the bounds naive)
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.timezones(),
    allow_imaginary=False,
).filter(lambda t: t == t.astimezone(UTC))

PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    datetime: moments,
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    Position: st.builds(Position, st.floats(-180, 180), st.floats(-90, 90)),
}


def values(wanted: Any) -> st.SearchStrategy[Any]:
    """Any value of a type as the events use it: plain, optional, a tuple of one type, a dataclass, an enumeration."""
    if wanted in PLAIN:
        return PLAIN[wanted]
    if is_dataclass(wanted):
        return st.builds(wanted, **{name: values(t) for name, t in get_type_hints(wanted).items()})
    parts = get_args(wanted)
    if get_origin(wanted) is tuple:
        return st.lists(values(parts[0]), max_size=3).map(tuple)
    if parts:
        return st.one_of([values(t) for t in parts])
    return st.from_type(wanted)


any_event = st.one_of([values(kind) for kind in EVENT_KINDS])


def stored(event: Event) -> tuple[str, str]:
    """Kind and whole document, put together as the database does it."""
    kind, body = encode(event)
    columns = {"incident_id": event.incident_id, "at": event.at.isoformat()}
    return kind, json.dumps(json.loads(body) | columns)


@given(event=any_event)
def test_every_event_comes_back_as_it_was(event: Event) -> None:
    assert decode(*stored(event)) == event


@given(event=any_event)
def test_the_body_holds_only_the_event_s_own_fields(event: Event) -> None:
    _, body = encode(event)
    assert not {"incident_id", "at"} & set(json.loads(body))


def test_a_number_that_is_none_is_refused() -> None:
    event = IncidentLocated(
        incident_id="GZ1",
        at=NOW,
        position=Position(113.3, 23.1),
        uncertainty_m=float("nan"),
        match_code=MatchCode.GOOD,
        confidence=Confidence.HIGH,
        matched_text="猎德大道",
        district=None,
    )
    with pytest.raises(InvalidInput, match="cannot be stored"):
        encode(event)
    with pytest.raises(InvalidInput, match="cannot be stored"):
        encode(replace(event, uncertainty_m=float("inf")))


@pytest.mark.parametrize("text", ["a\0b", "half \ud800 pair"])
def test_text_that_the_database_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be stored"):
        encode(IncidentClosed(incident_id="GZ1", at=NOW, reason=text))


def test_a_written_out_backslash_u0000_is_ordinary_text() -> None:
    event = IncidentClosed(incident_id="GZ1", at=NOW, reason="\\u0000")
    assert decode(*stored(event)) == event


def test_a_kind_from_a_later_version_is_named() -> None:
    with pytest.raises(InvalidInput, match="UnitTeleported"):
        decode("UnitTeleported", "{}")


def test_a_damaged_body_is_named() -> None:
    with pytest.raises(InvalidInput, match="IncidentClosed cannot be read"):
        decode("IncidentClosed", '{"incident_id": "GZ1", "by": "desk"}')


def test_a_report_stored_before_there_were_tier_sets_still_reads() -> None:
    old = '{"incident_id": "GZ1", "at": "2026-11-22T08:00:00Z", "by": "desk", "text": "追尾", "channel": "telephone", "tier": "injury"}'
    event = decode("IncidentReported", old)
    assert isinstance(event, IncidentReported)
    assert (event.tiers, event.findings, event.drivable) == ((), (), None)
    assert fold([event]).tiers == (Tier.INJURY,)


def test_an_arrival_stored_before_phones_captured_times_still_reads() -> None:
    old = '{"incident_id": "GZ1", "at": "2026-11-22T08:00:00Z", "by": "s", "assignment_id": "GZ1-1", "unit_id": "S1", "position": null}'
    event = decode("ArrivalClaimed", old)
    assert isinstance(event, ArrivalClaimed)
    assert event.captured is None


def test_what_was_stored_before_tracks_had_a_time_and_scenes_a_carriageway_still_reads() -> None:
    old = '{"incident_id":"A","at":"2026-11-22T08:00:00Z","by":"desk","assignment_id":"A-1","unit_id":"S1","distance_m":20}'
    read = decode("ArrivalConfirmed", old)
    assert isinstance(read, ArrivalConfirmed)
    assert (read.distance_m, read.track_arrived_at, read.carriageway, read.matched) == (20.0, None, None, None)
    place = (
        '{"incident_id":"A","at":"2026-11-22T08:00:00Z","by":"desk","position":{"lon":113.3,"lat":23.1},"uncertainty_m":50,'
        '"match_code":"GOOD","confidence":"HIGH","matched_text":"","district":null,"question":""}'
    )
    assert decode("IncidentLocated", place).bearing_deg is None  # type: ignore[attr-defined]
