"""The database is away: a worker starts all the same, says so cleanly, and the log does not fill up."""

import logging
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api import wiring
from api.health import outage
from api.main import create_app
from api.settings import settings
from geo_data.cluster.server_programs import free_port


@pytest.fixture
def without_database(wired: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A worker whose database is not there."""
    monkeypatch.setenv("DATABASE_URL", f"postgresql://nobody@127.0.0.1:{free_port()}/nothing")
    for cached in (settings, wiring.database):
        cached.cache_clear()
    with TestClient(create_app(), base_url="http://testserver") as client:
        yield client


def test_whoever_asks_is_told_to_try_again_and_nothing_of_where_the_database_is(without_database: TestClient) -> None:
    body = {"username": "dispatcher", "password": "a guess"}
    for answer in (without_database.get("/v1/incidents"), without_database.post("/v1/session", json=body)):
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "2"
        assert "数据库暂不可用" in answer.json()["detail"]
        assert "try again" in answer.json()["detail"]
        assert "postgresql" not in answer.text
        assert "127.0.0.1" not in answer.text
    assert without_database.get("/v1/time").status_code == 200


def test_an_outage_is_one_line_however_many_ask(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(100):
            outage.tell_away("a test", OSError("gone\nand a long story"))
    assert [record.getMessage() for record in caplog.records if record.name == outage.log.name] == ["a test: gone"]
