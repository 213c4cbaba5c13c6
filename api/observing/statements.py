"""Statements and connections of an engine, counted, timed and traced; the words of a statement are kept nowhere."""

import time
from functools import cache
from typing import Any

from opentelemetry import trace
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from api.observing import metrics
from api.observing.tracing import failed

VERBS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"})


_timer = cache(metrics.query_s.labels)  # looking a series up costs more than counting


def verb_of(statement: str) -> str:
    """The first word of a statement; ``other`` for a rare one."""
    verb = statement.lstrip()[:6].split(None, 1)[0].upper() if statement.strip() else ""
    return verb if verb in VERBS else "other"


def observed(database: Engine) -> Engine:
    """The same engine, watched."""
    metrics.query_errors.labels("OperationalError")  # told as 0 until there is one
    event.listen(database, "before_cursor_execute", _before)
    event.listen(database, "after_cursor_execute", _after)
    event.listen(database, "handle_error", _failed)
    return database


def _before(_c: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
    if context is None:
        return
    if trace.get_current_span().is_recording():
        context.gz_span = trace.get_tracer("gzdispatch").start_span(
            f"database {verb_of(statement)}", attributes={"db.system.name": "postgresql"}
        )
    context.gz_began = time.perf_counter()


def _after(_c: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
    if context is None:
        return
    _timer(verb_of(statement)).observe(time.perf_counter() - context.gz_began)
    span = getattr(context, "gz_span", None)
    if span is not None:
        span.end()


def _failed(context: ExceptionContext) -> None:
    error = context.original_exception
    metrics.query_errors.labels(type(error).__name__).inc()
    span = getattr(context.execution_context, "gz_span", None)
    if span is not None:
        failed(span, error)
        span.end()
