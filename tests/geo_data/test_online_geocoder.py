"""The offline geocoder with services beside it: agreeing, contradicting, silent, slow, broken."""

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from replayed_services import (
    AMAP_GEOCODE,
    AMAP_PLACES,
    NOMINATIM,
    OUTSIDE,
    TIANDITU,
    TOWER,
    Answer,
    Replay,
    amap_address,
    amap_refusal,
    nominatim_place,
    replaying,
    tianditu_place,
)

from dispatch.errors import InvalidInput
from dispatch.location import Location, NotLocated, Position, distance_m
from dispatch.vocabulary import Confidence, MatchCode
from geo_data.districts import district_of
from geo_data.online.agreement import SAME_PLACE_M
from geo_data.online.amap import AMap
from geo_data.online.enquiry import Enquiry
from geo_data.online.json_source import JsonSource
from geo_data.online.nominatim import Nominatim
from geo_data.online.online_geocoder import OnlineGeocoder
from geo_data.online.place_service import PlaceService
from geo_data.online.tianditu import Tianditu

AGES_S = 600.0
KEY = "a-made-up-key-for-tests"
TEXT = "海珠区广州塔门口,两车追尾"
NEARBY = Position(TOWER.lon + 0.002, TOWER.lat)  # 205 m
FAR = Position(113.33, 23.135)
ELSEWHERE = Location(FAR, MatchCode.AMBIGUOUS, Confidence.LOW, 300.0, "别处的塔", "天河区")
OFFLINE = Location(NEARBY, MatchCode.GOOD, Confidence.MEDIUM, 400.0, "广州塔", "海珠区")


class Known:
    """An offline geocoder that gives one answer."""

    def __init__(self, answer: Location | NotLocated) -> None:
        self.answer = answer

    def __call__(
        self, text: str, *, hint: Position | None = None, hint_accuracy_m: float | None = None
    ) -> Location | NotLocated:
        assert hint_accuracy_m is None or hint is not None
        if not text.strip():
            raise InvalidInput("empty")
        return self.answer


class Hurried:
    """A service that is told a shorter limit than its share, which is noted: so that a test need not wait for that."""

    def __init__(self, service: PlaceService) -> None:
        self.name, self._service = service.name, service
        self.limits_s: list[float] = []

    def find(self, text: str, hint: Position | None, *, limit_s: float) -> list[Location]:
        self.limits_s.append(limit_s)
        return self._service.find(text, hint, limit_s=min(limit_s, 0.4))


@pytest.fixture
def replay() -> Iterator[Replay]:
    with replaying() as server:
        yield server


@pytest.fixture(scope="module")
def module_replay() -> Iterator[Replay]:
    with replaying() as server:
        yield server


def enquiry(replay: Replay, *, limit_s: float = 60.0) -> Enquiry:
    source = JsonSource(replay.url)
    services: list[PlaceService] = [AMap(source, KEY), Tianditu(source, KEY), Nominatim(source, pause_s=0.0)]
    return Enquiry(services, district_of, limit_s=limit_s)


def locate(replay: Replay, offline: Location | NotLocated = OFFLINE, text: str = TEXT) -> Location:
    found = OnlineGeocoder(Known(offline), enquiry(replay)).geocode(text)
    assert isinstance(found, Location)
    return found


def amap_says(replay: Replay, position: Position, level: str = "兴趣点") -> None:
    replay.answers[AMAP_GEOCODE] = Answer(amap_address(position, level))


def test_a_sure_offline_answer_asks_nobody(replay: Replay) -> None:
    sure = replace(OFFLINE, confidence=Confidence.HIGH)
    assert locate(replay, sure) == sure
    assert replay.asked == []


def test_a_service_that_agrees_makes_the_answer_surer_and_narrower(replay: Replay) -> None:
    amap_says(replay, TOWER)
    found = locate(replay)
    assert (found.match_code, found.confidence) == (MatchCode.GOOD, Confidence.HIGH)
    assert found.uncertainty_m < OFFLINE.uncertainty_m
    assert distance_m(found.position, TOWER) < distance_m(found.position, NEARBY)
    assert found.matched_text == "广州塔 + 海珠区广州塔(高德地图)"


def test_what_is_settled_is_no_longer_asked(replay: Replay) -> None:
    amap_says(replay, TOWER)
    asking = replace(OFFLINE, match_code=MatchCode.AMBIGUOUS, alternatives=(ELSEWHERE,), question="在哪个区?")
    assert locate(replay, asking).question == ""
    assert locate(replay, replace(OFFLINE, question="在哪一侧?")).question == "在哪一侧?"


def test_agreement_inside_a_district_is_not_called_sure(replay: Replay) -> None:
    amap_says(replay, TOWER)
    vague = Location(NEARBY, MatchCode.UP_HIERARCHY, Confidence.LOW, 5000.0, "海珠区", "海珠区")
    found = locate(replay, vague)
    assert (found.match_code, found.confidence) == (MatchCode.GOOD, Confidence.MEDIUM)
    assert distance_m(found.position, TOWER) < 10


def test_a_service_that_contradicts_leaves_the_offline_answer_first_and_both_named(replay: Replay) -> None:
    amap_says(replay, FAR)
    found = locate(replay)
    assert found.position == NEARBY
    assert (found.match_code, found.confidence) == (MatchCode.AMBIGUOUS, Confidence.LOW)
    assert distance_m(found.alternatives[0].position, FAR) < 1
    assert "高德地图" in found.alternatives[0].matched_text
    assert "公里,请核实" in found.matched_text
    assert found.question == "在海珠区还是天河区?"


def test_a_contradicted_guess_comes_second(replay: Replay) -> None:
    amap_says(replay, FAR)
    guess = replace(OFFLINE, confidence=Confidence.LOW)
    found = locate(replay, guess, "广州塔门口,两车追尾")
    assert distance_m(found.position, FAR) < 1
    assert found.match_code is MatchCode.AMBIGUOUS
    assert found.alternatives[0].position == NEARBY


def test_a_place_outside_the_district_told_never_comes_first(replay: Replay) -> None:
    amap_says(replay, FAR)
    guess = replace(OFFLINE, match_code=MatchCode.UP_HIERARCHY, confidence=Confidence.LOW)
    assert locate(replay, guess, "海珠区广州塔门口").position == NEARBY
    found = OnlineGeocoder(Known(NotLocated("不认得")), enquiry(replay)).geocode("海珠区广州塔门口")
    assert isinstance(found, Location)
    assert (found.district, found.confidence) == ("天河区", Confidence.LOW)


def test_a_point_on_a_road_answers_where_on_the_road(replay: Replay) -> None:
    amap_says(replay, TOWER)
    there = Position(TOWER.lon + 0.02, TOWER.lat)
    road = Location(there, MatchCode.UP_HIERARCHY, Confidence.LOW, 6000.0, "阅江西路", "海珠区", question="在哪一段?")
    found = locate(replay, road)
    assert found.question == ""
    assert found.uncertainty_m <= 250


def test_a_service_that_means_the_rival_puts_it_first_and_keeps_the_other(replay: Replay) -> None:
    amap_says(replay, FAR)
    unclear = replace(OFFLINE, match_code=MatchCode.AMBIGUOUS, alternatives=(ELSEWHERE,))
    found = locate(replay, unclear)
    assert distance_m(found.position, FAR) < 1
    assert found.match_code is MatchCode.AMBIGUOUS
    assert found.alternatives[0].position == NEARBY


def test_what_lies_outside_guangzhou_is_dropped_and_the_next_service_is_asked(replay: Replay) -> None:
    amap_says(replay, OUTSIDE)
    replay.answers[TIANDITU] = Answer(tianditu_place(TOWER))
    found = locate(replay)
    assert "天地图" in found.matched_text
    assert replay.paths() == [AMAP_GEOCODE, TIANDITU]


def test_all_outside_guangzhou_leaves_the_offline_answer_as_it_was(replay: Replay) -> None:
    amap_says(replay, OUTSIDE)
    replay.answers[TIANDITU] = Answer(tianditu_place(OUTSIDE))
    replay.answers[NOMINATIM] = Answer([nominatim_place(OUTSIDE)])
    assert locate(replay) == OFFLINE


def test_each_failing_service_hands_on_to_the_next(replay: Replay) -> None:
    replay.answers[AMAP_GEOCODE] = Answer(amap_refusal("10044", "USER_DAILY_QUERY_OVER_LIMIT"))
    replay.answers[TIANDITU] = Answer(b"", status=500)
    replay.answers[NOMINATIM] = Answer([nominatim_place(TOWER)])
    found = locate(replay)
    assert "OpenStreetMap" in found.matched_text
    assert replay.paths() == [AMAP_GEOCODE, TIANDITU, NOMINATIM]


def test_words_unknown_offline_are_found_by_a_service(replay: Replay) -> None:
    amap_says(replay, TOWER)
    found = locate(replay, NotLocated("不认得"))
    assert distance_m(found.position, TOWER) < 1
    assert (found.confidence, found.district) == (Confidence.MEDIUM, "海珠区")


def test_words_nobody_knows_keep_the_question_to_the_caller(replay: Replay) -> None:
    unknown = NotLocated("请问所在的区?")
    assert OnlineGeocoder(Known(unknown), enquiry(replay)).geocode(TEXT) == unknown
    assert replay.asked != []


@pytest.mark.parametrize("text", ["深圳市南山区科技园", "佛山市南海区桂城街道"])
def test_another_city_is_not_looked_for(replay: Replay, text: str) -> None:
    amap_says(replay, TOWER)
    elsewhere = NotLocated("超出服务范围")
    assert OnlineGeocoder(Known(elsewhere), enquiry(replay)).geocode(text) == elsewhere
    assert replay.asked == []


def test_no_plate_no_phone_number_and_no_injury_is_told_to_a_service(replay: Replay) -> None:
    locate(replay, text="我姓欧阳,在海珠区广州塔门口湘B12345,车牌粤AD54321,电话13800138000,两人受伤,保单号440123456")
    told = json.dumps([asked.query for asked in replay.asked], ensure_ascii=False)
    assert "广州塔" in told
    for private in ("欧阳", "12345", "54321", "13800138000", "受伤", "440123456"):
        assert private not in told


def test_errors_of_the_offline_geocoder_come_through(replay: Replay) -> None:
    with pytest.raises(InvalidInput):
        OnlineGeocoder(Known(OFFLINE), enquiry(replay)).geocode(" ")


@pytest.mark.parametrize("slow", [Answer(b"{}", pause_s=AGES_S), Answer(b" " * 20_000, drip_s=0.05)])
def test_slow_services_do_not_hold_up_the_desk(replay: Replay, slow: Answer) -> None:
    replay.answers = dict.fromkeys([AMAP_GEOCODE, TIANDITU, NOMINATIM], slow)
    geocoder = OnlineGeocoder(Known(OFFLINE), enquiry(replay, limit_s=0.4))
    assert geocoder.geocode(TEXT) == OFFLINE
    assert replay.given == []  # it went on before anybody had answered


def test_a_slow_first_service_leaves_time_for_the_next(replay: Replay) -> None:
    replay.answers[AMAP_GEOCODE] = Answer(b"{}", pause_s=AGES_S)
    replay.answers[TIANDITU] = Answer(tianditu_place(TOWER))
    source = JsonSource(replay.url)
    first = Hurried(AMap(source, KEY))
    found = OnlineGeocoder(
        Known(OFFLINE), Enquiry([first, Tianditu(source, KEY)], district_of, limit_s=AGES_S)
    ).geocode(TEXT)
    assert isinstance(found, Location)
    assert "天地图" in found.matched_text
    assert first.limits_s[0] <= AGES_S / 2  # its share, of which it has used little


def test_on_an_event_loop_services_are_not_asked(replay: Replay) -> None:
    amap_says(replay, TOWER)
    geocoder = OnlineGeocoder(Known(OFFLINE), enquiry(replay))

    async def handler() -> Location | NotLocated:
        return geocoder.geocode(TEXT)

    assert asyncio.run(handler()) == OFFLINE
    assert replay.asked == []


def test_the_key_is_in_no_log_whatever_goes_wrong(replay: Replay, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    replay.answers[AMAP_GEOCODE] = Answer({"status": "0", "info": KEY, "infocode": KEY})
    replay.answers[TIANDITU] = Answer(f"<html>{KEY}</html>".encode(), status=502)
    replay.answers[NOMINATIM] = Answer(b"[{]")
    locate(replay)
    assert "高德地图" in caplog.text
    assert KEY not in caplog.text


positions = st.builds(
    Position, st.floats(112.5, 114.5, allow_subnormal=False), st.floats(22.2, 24.2, allow_subnormal=False)
)
scraps = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(["1", "0", "ok"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["status", "infocode", "geocodes", "pois", "location", "level", "lon", "lat", "boundingbox"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
bodies = st.one_of(
    st.binary(max_size=60),
    scraps.map(lambda scrap: json.dumps(scrap).encode()),
    st.builds(amap_address, positions, st.sampled_from(["兴趣点", "道路", "乡镇", "区县", "道路交叉路口"])),
    st.builds(tianditu_place, positions),
    st.builds(nominatim_place, positions, rank=st.integers(0, 30), half_deg=st.floats(0, 0.2)).map(lambda one: [one]),
)
answers = st.builds(Answer, bodies, status=st.sampled_from([200, 200, 200, 403, 500]))
offline_places = st.builds(
    Location,
    st.builds(Position, st.floats(113.2, 113.4), st.floats(23.0, 23.2)),
    st.sampled_from(MatchCode),
    st.sampled_from(Confidence),
    st.floats(0.0, 8000.0),
    st.just("某处"),
    st.just("海珠区"),
)
offline_answers = st.builds(
    lambda best, others: replace(best, alternatives=tuple(others)), offline_places, st.lists(offline_places, max_size=5)
)


def is_kept(offline: Location, found: Location) -> bool:
    """Whether the offline answer is still told: unmoved, within its own radius, or among the alternatives."""
    moved_m = distance_m(offline.position, found.position)
    return moved_m <= max(SAME_PLACE_M, offline.uncertainty_m) or any(
        offline.position == other.position and offline.matched_text in other.matched_text
        for other in found.alternatives
    )


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(offline=offline_answers, sent=st.tuples(answers, answers, answers, answers))
def test_whatever_the_services_send_the_offline_answer_is_not_lost(
    module_replay: Replay, offline: Location, sent: tuple[Any, ...]
) -> None:
    module_replay.answers = dict(zip((AMAP_GEOCODE, AMAP_PLACES, TIANDITU, NOMINATIM), sent, strict=True))
    found = _property_geocoder(module_replay, offline).geocode(TEXT)
    assert isinstance(found, Location)
    assert is_kept(offline, found)
    assert all(other.alternatives == () for other in found.alternatives)
    assert len(found.alternatives) <= 5


@settings(max_examples=60, deadline=None)
@given(sent=st.tuples(answers, answers, answers, answers))
def test_whatever_the_services_send_words_unknown_offline_get_an_answer(
    module_replay: Replay, sent: tuple[Any, ...]
) -> None:
    module_replay.answers = dict(zip((AMAP_GEOCODE, AMAP_PLACES, TIANDITU, NOMINATIM), sent, strict=True))
    found = _property_geocoder(module_replay, NotLocated("不认得")).geocode(TEXT)
    assert isinstance(found, NotLocated) or district_of(found.position) is not None


_enquiries: dict[str, Enquiry] = {}


def _property_geocoder(replay: Replay, offline: Location | NotLocated) -> OnlineGeocoder:
    """One enquiry for all examples: threads and connections are dear."""
    asked = _enquiries.setdefault(replay.url, enquiry(replay))
    return OnlineGeocoder(Known(offline), asked)
