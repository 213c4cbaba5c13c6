"""AMap, Tianditu and Nominatim, against a local server that replays hand-written answers."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from replayed_services import (
    AMAP_GEOCODE,
    AMAP_NOTHING,
    AMAP_PLACES,
    NOMINATIM,
    TIANDITU,
    TOWER,
    Answer,
    Replay,
    amap_address,
    amap_places,
    amap_refusal,
    nominatim_place,
    replaying,
    tianditu_place,
)

from dispatch.errors import InvalidInput, Unavailable
from dispatch.location import Position, distance_m
from dispatch.vocabulary import Confidence, MatchCode
from geo_data.online.amap import AMap
from geo_data.online.json_source import JsonSource
from geo_data.online.nominatim import USER_AGENT, Nominatim
from geo_data.online.place_service import NotNow, PlaceService
from geo_data.online.tianditu import Tianditu

KEY = "0123456789abcdef-a-made-up-key"
LIMIT_S = 60.0  # a guard: the machine may be busy
PATHS = {"高德地图": [AMAP_GEOCODE, AMAP_PLACES], "天地图": [TIANDITU], "Nominatim © OpenStreetMap": [NOMINATIM]}


@pytest.fixture
def replay() -> Iterator[Replay]:
    with replaying() as server:
        yield server


def amap(replay: Replay) -> AMap:
    return AMap(JsonSource(replay.url), KEY)


def tianditu(replay: Replay) -> Tianditu:
    return Tianditu(JsonSource(replay.url), KEY)


def nominatim(replay: Replay) -> Nominatim:
    return Nominatim(JsonSource(replay.url, {"User-Agent": USER_AGENT}), pause_s=0.0)


EVERY_SERVICE = pytest.mark.parametrize("service", [amap, tianditu, nominatim])
Make = Callable[[Replay], PlaceService]


def test_amap_finds_an_address_and_its_point_is_turned_to_wgs84(replay: Replay) -> None:
    replay.answers[AMAP_GEOCODE] = Answer(amap_address(TOWER))
    (found,) = amap(replay).find("广州塔", None, limit_s=LIMIT_S)
    assert distance_m(found.position, TOWER) < 0.5
    assert (found.match_code, found.confidence) == (MatchCode.GOOD, Confidence.MEDIUM)
    assert found.matched_text == "海珠区广州塔(高德地图)"
    assert replay.paths() == [AMAP_GEOCODE]
    assert replay.asked[0].query == {"key": KEY, "output": "json", "address": "广州塔", "city": "440100"}


def test_amap_is_asked_for_points_of_interest_when_it_knows_no_such_address(replay: Replay) -> None:
    replay.answers[AMAP_GEOCODE] = Answer({**AMAP_NOTHING, "geocodes": []})
    replay.answers[AMAP_PLACES] = Answer(amap_places(("广州塔", TOWER)))
    (found,) = amap(replay).find("广州塔对面", None, limit_s=LIMIT_S)
    assert distance_m(found.position, TOWER) < 0.5
    assert replay.asked[1].query["city_limit"] == "true"


def test_amap_says_with_code_30001_that_it_cannot_read_an_address_which_is_no_failure(replay: Replay) -> None:
    replay.answers[AMAP_GEOCODE] = Answer(amap_refusal("30001", "ENGINE_RESPONSE_DATA_ERROR"))
    replay.answers[AMAP_PLACES] = Answer({**AMAP_NOTHING, "pois": []})
    assert amap(replay).find("无此地", None, limit_s=LIMIT_S) == []


@pytest.mark.parametrize("level", ["区县", "市", "省", "国家", "未知", ""])
def test_answers_that_only_name_a_district_are_not_used(replay: Replay, level: str) -> None:
    replay.answers[AMAP_GEOCODE] = Answer(amap_address(TOWER, level))
    replay.answers[AMAP_PLACES] = Answer({**AMAP_NOTHING, "pois": []})
    replay.answers[TIANDITU] = Answer(tianditu_place(TOWER, level))
    assert amap(replay).find("海珠区", None, limit_s=LIMIT_S) == []
    assert tianditu(replay).find("海珠区", None, limit_s=LIMIT_S) == []


def test_a_road_is_told_as_a_road_with_a_wide_radius(replay: Replay) -> None:
    replay.answers[AMAP_GEOCODE] = Answer(amap_address(TOWER, "道路"))
    (found,) = amap(replay).find("阅江西路", None, limit_s=LIMIT_S)
    assert (found.match_code, found.confidence) == (MatchCode.UP_HIERARCHY, Confidence.LOW)
    assert found.uncertainty_m >= 1000


def test_points_of_interest_of_another_name_are_left_out(replay: Replay) -> None:
    replay.answers[AMAP_GEOCODE] = Answer({**AMAP_NOTHING, "geocodes": []})
    replay.answers[AMAP_PLACES] = Answer(amap_places(("肠粉大王", TOWER)))
    assert amap(replay).find("广州塔", None, limit_s=LIMIT_S) == []


def test_of_several_branches_the_one_nearest_to_the_phone_comes_first(replay: Replay) -> None:
    far, near = Position(113.26, 23.13), Position(113.36, 23.12)
    replay.answers[AMAP_GEOCODE] = Answer({**AMAP_NOTHING, "geocodes": []})
    replay.answers[AMAP_PLACES] = Answer(amap_places(("广州银行", far), ("广州银行", near)))
    found = amap(replay).find("广州银行", near, limit_s=LIMIT_S)
    assert distance_m(found[0].position, near) < 1
    assert not any("113.36" in value for asked in replay.asked for value in asked.query.values())


@pytest.mark.parametrize(
    ("infocode", "info"),
    [
        ("10001", "INVALID_USER_KEY"),
        ("10003", "DAILY_QUERY_OVER_LIMIT"),
        ("10021", "CUQPS_HAS_EXCEEDED_THE_LIMIT"),
        ("10044", "USER_DAILY_QUERY_OVER_LIMIT"),
    ],
)
def test_a_used_up_quota_of_amap_is_told_by_its_code(replay: Replay, infocode: str, info: str) -> None:
    replay.answers[AMAP_GEOCODE] = Answer(amap_refusal(infocode, info))
    with pytest.raises(Unavailable, match=infocode):
        amap(replay).find("广州塔", None, limit_s=LIMIT_S)


def test_tianditu_is_asked_inside_the_city_and_its_point_is_taken_as_it_is(replay: Replay) -> None:
    replay.answers[TIANDITU] = Answer(tianditu_place(TOWER))
    (found,) = tianditu(replay).find('广州大道"中"', None, limit_s=LIMIT_S)
    assert distance_m(found.position, TOWER) < 0.5
    assert found.matched_text == "广州塔(天地图)"
    tianditu(replay).find("天河路", None, limit_s=LIMIT_S)
    assert [json.loads(asked.query["ds"])["keyWord"] for asked in replay.asked] == ['广州大道"中"', "广州市天河路"]
    assert replay.asked[0].query["tk"] == KEY


def test_tianditu_says_with_status_101_that_there_is_nothing(replay: Replay) -> None:
    replay.answers[TIANDITU] = Answer({"msg": "no result", "searchVersion": "6.4.9V", "status": "101"})
    assert tianditu(replay).find("无此地", None, limit_s=LIMIT_S) == []


def test_an_answer_tianditu_is_not_sure_of_is_left_out(replay: Replay) -> None:
    replay.answers[TIANDITU] = Answer(tianditu_place(TOWER, score=40))
    assert tianditu(replay).find("广州塔", None, limit_s=LIMIT_S) == []


def test_tianditu_refuses_a_wrong_key(replay: Replay) -> None:
    replay.answers[TIANDITU] = Answer(
        {"code": 301001, "msg": "非法Key", "resolve": "请到API控制台重新申请Key"}, status=403
    )
    with pytest.raises(Unavailable, match="status 403"):
        tianditu(replay).find("广州塔", None, limit_s=LIMIT_S)


def test_nominatim_is_asked_as_its_policy_wants_and_only_inside_guangzhou(replay: Replay) -> None:
    replay.answers[NOMINATIM] = Answer([nominatim_place(TOWER)])
    (found,) = nominatim(replay).find("广州塔", None, limit_s=LIMIT_S)
    assert distance_m(found.position, TOWER) < 0.5
    assert found.matched_text == "广州塔(Nominatim © OpenStreetMap)"
    (asked,) = replay.asked
    assert asked.agent == USER_AGENT
    assert (asked.query["format"], asked.query["bounded"], asked.query["countrycodes"]) == ("jsonv2", "1", "cn")


def test_the_radius_of_a_nominatim_answer_covers_its_box(replay: Replay) -> None:
    replay.answers[NOMINATIM] = Answer([nominatim_place(TOWER, "阅江西路", rank=26, half_deg=0.02)])
    (found,) = nominatim(replay).find("阅江西路", None, limit_s=LIMIT_S)
    assert found.match_code is MatchCode.UP_HIERARCHY
    assert found.uncertainty_m == pytest.approx(
        distance_m(Position(113.3245, 23.1064), Position(113.3445, 23.1264)), rel=0.01
    )


def test_nominatim_is_asked_once_in_its_pause_and_nobody_waits(replay: Replay) -> None:
    replay.answers[NOMINATIM] = Answer([nominatim_place(TOWER)])
    now = [100.0]
    service = Nominatim(JsonSource(replay.url), pause_s=1.0, clock=lambda: now[0])
    service.find("广州塔", None, limit_s=LIMIT_S)
    now[0] = 100.9
    with pytest.raises(NotNow):
        service.find("天河城", None, limit_s=LIMIT_S)
    now[0] = 101.0
    service.find("天河城", None, limit_s=LIMIT_S)
    assert len(replay.asked) == 2


BROKEN = {
    "server error": Answer({"error": "no"}, status=500),
    "busy": Answer(b"", status=429),
    "not json": Answer(b"<html>Bad gateway</html>"),
    "cut off": Answer(b'{"status": "1", "geocodes": [{"loca'),
    "not utf-8": Answer(b"\xff\xfe\x00"),
    "a number": Answer(b"7"),
    "nested too deep": Answer(b"[" * 100_000),
    "too long": Answer(b" " * 1_100_000),
    "sent elsewhere": Answer(b"", status=302, headers={"Location": "http://127.0.0.1:9/"}),
    "shorter than said": Answer(b"{}", headers={"Content-Length": "10"}),
    "not packed as said": Answer(b"plain", headers={"Content-Encoding": "gzip"}),
}


@EVERY_SERVICE
@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_answer_is_told_without_the_key(
    replay: Replay, service: Make, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = service(replay)
    replay.answers = dict.fromkeys(PATHS[made.name], BROKEN[fault])
    with pytest.raises(Unavailable) as told:
        made.find("广州塔", None, limit_s=LIMIT_S)
    assert KEY not in f"{told.getrepr(style='long')}{caplog.text}"
    assert len(replay.asked) == 1


@EVERY_SERVICE
def test_a_good_answer_writes_no_key_to_any_log(
    replay: Replay, service: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    replay.answers = {
        AMAP_GEOCODE: Answer(amap_address(TOWER)),
        TIANDITU: Answer(tianditu_place(TOWER)),
        NOMINATIM: Answer([nominatim_place(TOWER)]),
    }
    assert service(replay).find("广州塔", None, limit_s=LIMIT_S)
    assert KEY not in caplog.text


def test_a_refusal_that_repeats_the_key_is_not_repeated(replay: Replay) -> None:
    replay.answers[AMAP_GEOCODE] = Answer(amap_refusal(KEY, f"{KEY} is not known"))
    with pytest.raises(Unavailable) as told:
        amap(replay).find("广州塔", None, limit_s=LIMIT_S)
    assert KEY not in str(told.value)


@EVERY_SERVICE
def test_a_slow_server_is_given_up(replay: Replay, service: Make) -> None:
    made = service(replay)
    replay.answers = dict.fromkeys(PATHS[made.name], Answer(b"{}", pause_s=30))
    with pytest.raises(Unavailable, match="in time"):
        made.find("广州塔", None, limit_s=0.1)


def test_a_server_that_drips_is_given_up_although_every_byte_comes_in_time(replay: Replay) -> None:
    replay.answers[TIANDITU] = Answer(b" " * 1000, drip_s=0.03)
    with pytest.raises(Unavailable, match="in time"):
        tianditu(replay).find("广州塔", None, limit_s=0.2)


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(Unavailable, match="not reached"):
        Tianditu(JsonSource("http://127.0.0.1:9"), KEY).find("广州塔", None, limit_s=LIMIT_S)


@pytest.mark.parametrize("address", ["", "restapi.example.org", "ftp://example.org", "file:///etc/passwd", "http://"])
def test_what_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput, match="address"):
        JsonSource(address)


@pytest.mark.parametrize(
    "location",
    ["", "113.3", ",", "a,b", "nan,23.1", "inf,23.1", "999,23.1", "113.3,23.1,7", [], None, 5, {"lon": 1}],
)
def test_a_point_that_is_none_is_left_out(replay: Replay, location: Any) -> None:
    answer = amap_address(TOWER)
    answer["geocodes"][0]["location"] = location
    replay.answers[AMAP_GEOCODE] = Answer(answer)
    replay.answers[AMAP_PLACES] = Answer({**AMAP_NOTHING, "pois": "none"})
    assert amap(replay).find("广州塔", None, limit_s=LIMIT_S) == []
