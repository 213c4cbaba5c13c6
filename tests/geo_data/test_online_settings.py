"""Which services the settings switch on."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from replayed_services import AMAP_GEOCODE, NOMINATIM, TIANDITU, TOWER, Answer, Replay, nominatim_place, replaying

from api import wiring
from api.settings import settings
from dispatch.errors import InvalidInput
from dispatch.location import Location, NotLocated
from geo_data.online.nominatim import USER_AGENT
from geo_data.places.geocoder import Geocoder

KEY = "a-made-up-key-for-tests"
NAMES = ("AMAP_KEY", "AMAP_URL", "TIANDITU_KEY", "TIANDITU_URL", "NOMINATIM_URL", "ONLINE_LIMIT_S")
Env = pytest.MonkeyPatch


@pytest.fixture
def env(monkeypatch: Env) -> Iterator[Env]:
    """An environment that names no service, and is patient; settings are read anew."""
    for name in NAMES:
        monkeypatch.delenv(f"GZ_{name}", raising=False)
    monkeypatch.setenv("GZ_ONLINE_LIMIT_S", "30")  # the machine may be busy
    settings.cache_clear()
    wiring.enquiry.cache_clear()
    yield monkeypatch
    settings.cache_clear()
    wiring.enquiry.cache_clear()


@pytest.fixture
def replay() -> Iterator[Replay]:
    with replaying() as server:
        yield server


def test_without_a_key_and_an_address_nobody_is_asked(env: Env) -> None:
    assert wiring.enquiry() is None


@pytest.mark.parametrize("name", ["AMAP_KEY", "TIANDITU_KEY", "NOMINATIM_URL"])
def test_an_empty_setting_is_no_setting(env: Env, name: str) -> None:
    env.setenv(f"GZ_{name}", "")
    assert wiring.enquiry() is None


def test_services_with_a_key_are_asked_in_order_at_the_addresses_set(env: Env, replay: Replay) -> None:
    for name in ("AMAP", "TIANDITU"):
        env.setenv(f"GZ_{name}_KEY", f"{name}-{KEY}")
    for name in ("AMAP", "TIANDITU", "NOMINATIM"):
        env.setenv(f"GZ_{name}_URL", replay.url)
    replay.answers[NOMINATIM] = Answer([nominatim_place(TOWER)])
    asked = wiring.enquiry()
    assert asked is not None
    assert [place.matched_text for place in asked.ask("广州塔")] == ["广州塔(Nominatim © OpenStreetMap)"]
    assert replay.paths() == [AMAP_GEOCODE, TIANDITU, NOMINATIM]
    assert [one.query.get("key", one.query.get("tk")) for one in replay.asked] == [
        f"AMAP-{KEY}",
        f"TIANDITU-{KEY}",
        None,
    ]
    assert replay.asked[2].agent == USER_AGENT


class Unsure:
    """Stands for an offline geocoder that knows nothing."""

    def geocode(self, text: str, *, hint: object = None, hint_accuracy_m: object = None) -> NotLocated:
        assert (hint, hint_accuracy_m) == (None, None)
        return NotLocated(f"不认得:{text}")


def test_the_geocoder_of_the_service_asks_only_when_a_service_is_set(env: Env, replay: Replay) -> None:
    nothing = cast(Any, None)  # roads and policy are not asked
    text = "海珠区样板小店门口"

    def ground() -> wiring.Ground:
        return wiring.Ground(nothing, nothing, cast(Geocoder, Unsure()), nothing, wiring.enquiry())

    assert isinstance(ground().geocode(text), NotLocated)
    env.setenv("GZ_NOMINATIM_URL", replay.url)
    settings.cache_clear()
    wiring.enquiry.cache_clear()
    replay.answers[NOMINATIM] = Answer([nominatim_place(TOWER, "样板小店")])
    found = ground().geocode(text)
    assert isinstance(found, Location)
    assert (found.matched_text, found.district) == ("样板小店(Nominatim © OpenStreetMap)", "海珠区")


@pytest.mark.parametrize("address", ["restapi.example.org", "ftp://example.org", "https://", "file:///etc/passwd"])
def test_a_wrong_address_is_told_when_the_service_starts(env: Env, address: str) -> None:
    env.setenv("GZ_NOMINATIM_URL", address)
    with pytest.raises(InvalidInput, match="GZ_NOMINATIM_URL"):
        settings()


def test_keys_are_not_shown_with_the_settings(env: Env) -> None:
    env.setenv("GZ_AMAP_KEY", KEY)
    env.setenv("GZ_TIANDITU_KEY", KEY)
    env.setenv("GZ_ONLINE_LIMIT_S", "-1")
    with pytest.raises(InvalidInput) as told:
        settings()
    env.setenv("GZ_ONLINE_LIMIT_S", "1")
    assert KEY not in f"{told.value}{settings()!r}{settings().model_dump_json()}"
