from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from dispatch.errors import UnknownId
from dispatch.location import Position
from geo_data.builtin.places import Place
from geo_data.database import transaction
from geo_data.live_places import LivePlaces
from geo_data.stores.place_store import PlaceSource, PostgisPlaces

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def place(name: str, *, source: str = "own.csv", address: str = "", district: str = "") -> Place:
    aliases = (address,) if address else ()
    return Place(name, aliases, "company", Position(113.300001, 23.1), district, source)


def test_places_come_back_as_they_were_given(connection: Connection) -> None:
    store = PostgisPlaces(connection)
    given = [place("甲厂", address="天河路1号\t后门", district="天河区"), place("\\N"), place("甲厂")]
    assert store.replace("own.csv", given, NOW) == 0
    assert store.all() == given
    assert store.sources() == [PlaceSource("own.csv", 3, NOW)]


def test_a_second_import_replaces_its_namesake_and_nothing_else(connection: Connection) -> None:
    store = PostgisPlaces(connection)
    store.replace("own.csv", [place("甲厂"), place("乙厂")], NOW)
    store.replace("other.csv", [place("丙厂", source="other.csv")], NOW)
    assert store.replace("own.csv", [place("丁厂")], NOW) == 2
    assert [one.name for one in store.all()] == ["丙厂", "丁厂"]


def test_a_source_is_removed_whole_and_an_unknown_one_is_refused_by_name(connection: Connection) -> None:
    store = PostgisPlaces(connection)
    store.replace("own.csv", [place("甲厂"), place("乙厂")], NOW)
    with pytest.raises(UnknownId, match=r"own\.csv"):
        store.remove("none.csv")
    assert store.remove("own.csv") == 2
    assert store.all() == []


def test_every_change_gives_the_places_another_version(connection: Connection) -> None:
    store = PostgisPlaces(connection)
    seen = [store.version()]
    store.replace("own.csv", [place("甲厂")], NOW)
    seen.append(store.version())
    store.replace("own.csv", [place("甲厂")], NOW + timedelta(seconds=1))
    seen.append(store.version())
    store.replace("b.csv", [place("甲厂", source="b.csv")], NOW)
    seen.append(store.version())
    store.remove("own.csv")
    seen.append(store.version())
    assert len(set(seen)) == len(seen)
    assert seen[0] == ""


def test_an_import_that_breaks_off_leaves_what_was_there(database_engine: Engine) -> None:
    with transaction(database_engine) as connection:
        PostgisPlaces(connection).replace("own.csv", [place("甲厂")], NOW)
    with pytest.raises(AttributeError), transaction(database_engine) as connection:
        PostgisPlaces(connection).replace("own.csv", [place("乙厂"), "no place"], NOW)
    with transaction(database_engine) as connection:
        assert [one.name for one in PostgisPlaces(connection).all()] == ["甲厂"]


class Shelf:
    """Places and their version, in memory; reading them may be made to wait or to fail."""

    def __init__(self) -> None:
        self.held: tuple[str, list[Place]] = ("", [])
        self.fails = False

    def read(self) -> tuple[str, list[Place]]:
        if self.fails:
            raise RuntimeError("no database")
        return self.held


def test_the_last_geocoder_answers_until_the_next_is_made() -> None:
    shelf = Shelf()
    places = LivePlaces("usual", lambda found: [one.name for one in found], shelf.read)  # geocoders are only handed on
    assert places.at("") == "usual"
    shelf.held = ("v1", [place("甲厂")])
    assert places.at("v1") == "usual"
    places.load()  # waits for whoever is making it
    assert places.at("v1") == ["甲厂"]
    assert places.at("") == "usual"


def test_a_failure_to_read_is_tried_again_by_the_next_request(caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf()
    places = LivePlaces("usual", len, shelf.read)
    shelf.held, shelf.fails = ("v1", [place("甲厂")]), True
    assert places.at("v1") == "usual"
    with pytest.raises(RuntimeError):
        places.load()
    assert places.at("v1") == "usual"
    shelf.fails = False
    places.load()
    assert places.at("v1") == 1
    assert "could not be taken in" in caplog.text
