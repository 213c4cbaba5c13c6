"""Spans around requests, the desk's steps and statements: where they are on, what they say, and what they never say."""

import logging
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from api import wiring
from api.observing import tracing

REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾,一人受伤"
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What would be sent; the provider of the process stays as it was."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    yield kept
    provider.shutdown()


def test_a_request_is_one_trace_with_the_steps_of_the_desk_and_its_statements(
    client: TestClient, dispatcher: dict[str, str], spans: InMemorySpanExporter
) -> None:
    incident = client.post("/v1/reports", json={"text": REPORT}, headers=dispatcher).json()["id"]
    assert {"desk geocode", "desk append"} <= {s.name for s in spans.get_finished_spans()}
    spans.clear()
    path, headers = f"/v1/incidents/{incident}/assignments", dispatcher | {"traceparent": PARENT}
    client.post(path, json={}, headers=headers).raise_for_status()
    found = spans.get_finished_spans()
    [request] = [s for s in found if s.kind is SpanKind.SERVER]
    assert request.name == "POST /v1/incidents/{incident_id}/assignments"
    assert request.attributes == {"http.route": request.name.removeprefix("POST "), "http.response.status_code": 201}
    assert {s.name for s in found} >= {"desk travel_times", "desk choose", "desk append"}
    assert any(s.name.startswith("database ") for s in found)
    assert {trace.format_trace_id(s.context.trace_id) for s in found if s.context} == {PARENT.split("-")[1]}
    assert request.parent is not None
    assert trace.format_span_id(request.parent.span_id) == PARENT.split("-")[2]


def test_no_span_holds_what_was_sent(
    client: TestClient, dispatcher: dict[str, str], spans: InMemorySpanExporter
) -> None:
    client.get("/v1/cases/S3cret-Token?x=S3cret")
    client.get("/v1/osmand?id=S3cret&lat=23&lon=113")
    client.post("/v1/reports", json={"text": "粤A12345 S3cret", "phone": "13800138000"}, headers=dispatcher)
    told = "".join(span.to_json() for span in spans.get_finished_spans())
    assert told
    assert not any(secret in told for secret in ("S3cret", "13800138000", "A12345"))


def test_a_failed_request_is_marked_by_kind_and_without_its_words(
    client: TestClient, spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise ZeroDivisionError("S3cret")

    monkeypatch.setattr(wiring, "secret", broken)
    client.get("/v1/units", headers={"Authorization": "Bearer x"})
    [request] = [s for s in spans.get_finished_spans() if s.kind is SpanKind.SERVER]
    assert request.status.status_code is StatusCode.ERROR
    assert (request.attributes or {})["error.type"] == "ZeroDivisionError"
    assert "S3cret" not in request.to_json()


def test_without_being_switched_on_nothing_is_sent() -> None:
    assert tracing.begin("") is False
    assert tracing.begin("nonsense") is False
    with tracing.span("quiet") as quiet:
        assert not quiet.is_recording()


def test_without_the_exporter_the_service_runs_on_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(tracing.EXPORTERS, "otlp", "no_such_package.exporter:Exporter")
    with caplog.at_level(logging.WARNING, tracing.log.name):
        assert tracing.begin("otlp") is False
    assert "gzdispatch[telemetry]" in caplog.text
