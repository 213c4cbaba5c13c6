"""What can be seen of the service: is it alive, can it work, its numbers, the ids of its requests."""

import asyncio
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient
from listening import wait_for_the_feed
from prometheus_client.parser import text_string_to_metric_families
from service import served, signed_in
from sqlalchemy import Engine, text

from api import errors, wiring
from api.main import create_app
from api.observing import metrics, middleware
from api.routes import health
from api.settings import settings
from dispatch import background
from geo_data.database import transaction
from geo_data.numbers import Numerator
from geo_data.stores import heartbeats

TOKEN = "a token for monitoring"
SCRAPE = {"Authorization": f"Bearer {TOKEN}"}
REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾,一人受伤"
Headers = dict[str, str]
Numbers = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(autouse=True)
def _settings(wired: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GZ_METRICS_TOKEN", TOKEN)
    settings.cache_clear()
    health._facts.cache_clear()
    health._kept.clear()
    yield
    health._facts.cache_clear()
    health._kept.clear()


def alive(database: Engine) -> None:
    with transaction(database) as connection:
        heartbeats.beat(connection, heartbeats.BACKGROUND)


def ready(client: httpx.Client) -> tuple[int, dict[str, Any]]:
    health._kept.clear()
    answer = client.get("/ready")
    return answer.status_code, answer.json()["parts"]


def scraped(client: TestClient) -> Numbers:
    answer = client.get("/metrics", headers=SCRAPE)
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(numbers: Numbers, name: str, **labels: str) -> float:
    return numbers.get((name, frozenset(labels.items())), 0.0)


def test_a_service_is_ready_once_every_part_is(
    client: TestClient, fleet: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "SILENT_AFTER_S", 3600.0)  # a busy machine is not silent
    status, parts = ready(client)
    assert (status, parts["background"]["ok"], parts["database"]["ok"]) == (503, False, True)
    alive(fleet)
    wait_for_the_feed(client)
    status, parts = ready(client)
    assert status == 200
    assert set(parts) == {"database", "background", "network", "live", "disk"}


def test_a_background_that_fell_silent_is_told(client: TestClient, fleet: Engine) -> None:
    alive(fleet)
    with transaction(fleet) as connection:
        connection.execute(text("UPDATE heartbeats SET at = at - interval '31 seconds'"))
    status, parts = ready(client)
    assert (status, parts["background"]["ok"]) == (503, False)
    assert "后台" in parts["background"]["detail"]


def test_a_database_behind_its_migrations_is_not_ready(client: TestClient, fleet: Engine) -> None:
    with transaction(fleet) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    status, parts = ready(client)
    assert (status, parts["database"]["ok"]) == (503, False)
    assert "make setup" in parts["database"]["detail"]


def test_a_database_away_is_told_without_its_address_and_the_worker_stays_alive(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "database_url", lambda: "postgresql://nobody:nothing@127.0.0.1:1/none")
    status, parts = ready(client)
    assert status == 503
    assert not parts["database"]["ok"]
    assert "127.0.0.1" not in str(parts)
    assert client.get("/health").status_code == 200
    assert value(scraped(client), "gz_facts_up") == 0


def test_a_full_disk_is_not_ready(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GZ_LEAST_FREE_GB", "1e12")
    settings.cache_clear()
    status, parts = ready(client)
    assert (status, parts["disk"]["ok"]) == (503, False)


def test_requests_are_counted_by_template_and_never_by_what_was_asked(client: TestClient, dispatcher: Headers) -> None:
    before = scraped(client)
    asked = [("/v1/incidents/GZ13800138000", "/v1/incidents/{incident_id}"), ("/no/13800138000", "none")]
    for path, _ in asked:
        client.get(path, headers=dispatcher)
    client.request("BREW13800138000", "/health")
    after = scraped(client)
    for _, route in asked:
        labels = {"route": route, "method": "GET", "status": "404"}
        assert value(after, "gz_http_requests_total", **labels) - value(before, "gz_http_requests_total", **labels) == 1
    assert value(after, "gz_http_requests_total", route="/health", method="OTHER", status="405") >= 1
    assert "13800138000" not in client.get("/metrics", headers=SCRAPE).text


def test_the_desks_steps_and_the_state_of_the_facts_are_counted(
    client: TestClient, dispatcher: Headers, fleet: Engine
) -> None:
    before = scraped(client)
    key = client.post("/v1/reports", json={"text": REPORT}, headers=dispatcher).json()["id"]
    client.post(f"/v1/incidents/{key}/assignments", json={}, headers=dispatcher)
    with transaction(fleet) as connection:
        connection.execute(text("UPDATE incidents SET due_at = due_at - interval '1 day'"))
    client.post("/v1/reports", json={"text": REPORT}, headers=dispatcher)
    health._facts.cache_clear()
    health._facts()._numerator = Numerator(settled_s=0)
    health._facts().waiting_reports = lambda: 3
    after = scraped(client)
    health._facts.cache_clear()
    for step in ("geocode", "travel_times", "choose", "append"):
        name = "gz_desk_step_seconds_count"
        assert value(after, name, step=step) > value(before, name, step=step)
    told = {name: value(after, f"gz_incidents_{name}") for name in ("open", "unassigned", "overdue")}
    assert told == {"open": 2, "unassigned": 1, "overdue": 1}
    assert value(after, "gz_facts_total", kind="IncidentReported") == 2
    assert value(after, "gz_facts_total", kind="UnitOffered") == 1
    with transaction(fleet) as connection:
        due = connection.execute(text("SELECT count(*) FROM messages WHERE next_try_at IS NOT NULL")).scalar_one()
    assert value(after, "gz_outbox_waiting") == due > 0
    assert value(after, "gz_degraded_reports_waiting") == 3
    assert 0 < value(after, "gz_fix_age_seconds", role="surveyor", quantile="0.9") < 3600
    assert value(after, "gz_database_query_seconds_count", verb="SELECT") > 0
    assert value(after, "gz_process_memory_bytes", process="web") > 1e7


def test_open_streams_are_counted(fleet: Engine) -> None:
    with served() as address, signed_in(address, "dispatcher") as client:
        wait_for_the_feed(client)
        with client.stream("GET", "/v1/live") as stream:
            heard = stream.iter_bytes()
            next(heard)
            assert 'gz_live_streams{kind="desk"} 1.0' in client.get("/metrics", headers=SCRAPE).text


@pytest.mark.parametrize(("media_type", "seconds"), [("text/event-stream", 2.0), ("application/json", 3602.0)])
def test_how_long_a_stream_stays_open_is_no_latency(
    monkeypatch: pytest.MonkeyPatch, media_type: str, seconds: float
) -> None:
    now_s = [0.0]
    monkeypatch.setattr(middleware, "time", SimpleNamespace(perf_counter=lambda: now_s[0]))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        now_s[0] += 2.0
        headers = [(b"content-type", media_type.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        now_s[0] += 3600.0
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    route = f"/{media_type}"
    scope = {"type": "http", "method": "GET", "path": route, "headers": [], "route": SimpleNamespace(path=route)}
    asyncio.run(middleware.Observed(app, errors.internal)(scope, no_more, taken))
    labels = {"route": route, "method": "GET"}
    assert metrics.REGISTRY.get_sample_value("gz_http_request_seconds_sum", labels) == seconds


async def no_more() -> Any:
    raise AssertionError("nothing more is asked of the client")


async def taken(_message: Any) -> None:
    return None


@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        (TOKEN, {}, 403),
        (TOKEN, {"Authorization": "Bearer another"}, 403),
        (TOKEN, SCRAPE, 200),
        ("", {}, 200),
        ("", {"X-Forwarded-For": "203.0.113.9"}, 403),
    ],
)
def test_numbers_are_for_the_monitoring_only(
    fleet: Engine, monkeypatch: pytest.MonkeyPatch, token: str, headers: Headers, status: int
) -> None:
    monkeypatch.setenv("GZ_METRICS_TOKEN", token)
    settings.cache_clear()
    with TestClient(create_app(), client=("127.0.0.1", 1)) as here:
        assert here.get("/metrics", headers=headers).status_code == status


def test_without_a_token_nobody_from_another_machine_reads_numbers(
    fleet: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GZ_METRICS_TOKEN")
    settings.cache_clear()
    for other in ("203.0.113.9", "10.0.0.8", "testclient"):
        with TestClient(create_app(), client=(other, 1)) as there:
            assert there.get("/metrics").status_code == 403


def test_a_well_formed_request_id_is_kept_and_told_with_what_is_wrong(client: TestClient) -> None:
    given = "3f2b6a0e-64c7-4c3c-9a8e-1f1a0f0b7a11"
    answer = client.get("/v1/units", headers={"X-Request-Id": given})
    assert (answer.status_code, answer.headers["X-Request-Id"], answer.json()["request_id"]) == (401, given, given)


@pytest.mark.parametrize(
    "given", ["", "13800138000", "x" * 65, "a b c d e f g h i j k", "../../../../etc/passwd", "-" * 20]
)
def test_any_other_request_id_is_made_anew(client: TestClient, given: str) -> None:
    told = client.get("/health", headers={"X-Request-Id": given}).headers["X-Request-Id"]
    assert told != given
    assert len(told) == 32


def test_a_mistake_of_ours_is_one_line_with_its_trace_in_the_log_and_none_for_the_user(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> str:
        raise ZeroDivisionError("a secret of ours")

    monkeypatch.setattr(wiring, "secret", broken)
    answer = client.get("/v1/units", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["kind"]) == (500, "Internal")
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"]
    assert "secret" not in answer.text
    traces = [record for record in caplog.records if record.exc_info]
    assert [record.levelno for record in traces] == [logging.ERROR]
