"""OpenTelemetry: spans around requests, steps of the desk and statements; nothing at all unless it is switched on.

It is on where ``OTEL_EXPORTER_OTLP_ENDPOINT`` or ``OTEL_TRACES_EXPORTER`` is set and the SDK is installed
(``pip install gzdispatch[telemetry]``), or where another program has set a tracer provider.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import import_module

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

log = logging.getLogger(__name__)

EXPORTERS = {
    "otlp": "opentelemetry.exporter.otlp.proto.http.trace_exporter:OTLPSpanExporter",
    "console": "opentelemetry.sdk.trace.export:ConsoleSpanExporter",
}
_caller = TraceContextTextMapPropagator()


def begin(exporter: str) -> bool:
    """Send spans to ``exporter``, one of `EXPORTERS`; in each process, after the fork. Returns whether they are sent.

    Where they go, and the service's name, the SDK reads from the environment itself.
    """
    if exporter not in EXPORTERS:
        return False
    module, _, name = EXPORTERS[exporter].partition(":")
    try:
        sdk, export = import_module("opentelemetry.sdk.trace"), import_module("opentelemetry.sdk.trace.export")
        make = getattr(import_module(module), name)
    except ImportError as error:
        log.warning("no traces: %s is not installed; pip install 'gzdispatch[telemetry]'", error.name)
        return False
    provider = sdk.TracerProvider()
    provider.add_span_processor(export.BatchSpanProcessor(make()))
    trace.set_tracer_provider(provider)
    return True


def caller_of(headers: Mapping[str, str]) -> Context | None:
    """The trace a request belongs to, by its ``traceparent`` header; None where it has none."""
    return _caller.extract(headers) if "traceparent" in headers else None


def span(
    name: str, *, kind: SpanKind = SpanKind.INTERNAL, within: Context | None = None
) -> AbstractContextManager[Span]:
    """One span; what fails inside marks it with the kind of the error, never with its words, which may name somebody."""
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):  # off: one that does nothing is not free
        return _NOTHING
    return _recorded(name, kind, within)


_NOTHING = nullcontext(trace.INVALID_SPAN)


@contextmanager
def _recorded(name: str, kind: SpanKind, within: Context | None) -> Iterator[Span]:
    tracer = trace.get_tracer("gzdispatch")
    with tracer.start_as_current_span(
        name, within, kind, record_exception=False, set_status_on_exception=False
    ) as begun:
        try:
            yield begun
        except BaseException as error:
            failed(begun, error)
            raise


def failed(at: Span, error: BaseException) -> None:
    """Mark a span."""
    at.set_attribute("error.type", type(error).__name__)
    at.set_status(Status(StatusCode.ERROR))
