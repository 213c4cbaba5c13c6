"""One form for every line of the log, whoever writes it: our own rooms, uvicorn, alembic, SQLAlchemy.

A line is JSON, or for a person at a terminal a coloured one. structlog renders it behind the standard library's logging,
so that nobody has to write otherwise than to a `logging.Logger`.
"""

import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO

import structlog
from opentelemetry import trace

from api.observing import asked
from api.observing.private_words import struck

OWN = ("api", "dispatch", "geo_data", "maps", "uvicorn.error")
OURS = frozenset({"level", "logger", "at", "method", "route", "trace_id"})  # of our own making: nothing private gets in
OTHERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi", "alembic", "sqlalchemy")
Form = Literal["auto", "json", "text"]
Line = MutableMapping[str, Any]


def begin(form: Form = "auto", stream: TextIO | None = None) -> None:
    """Let every logger speak through one handler; call it before processes are forked.

    Parameters
    ----------
    form : {"auto", "json", "text"}
        ``auto`` is text at a terminal, JSON elsewhere.
    stream : file or None
        Where lines go; None takes stderr.
    """
    to = stream or sys.stderr
    handler = logging.StreamHandler(to)
    handler.setFormatter(formatter(as_json=form == "json" or (form == "auto" and not to.isatty()), colours=to.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OTHERS:
        other = logging.getLogger(name)
        other.handlers.clear()
        other.propagate = True
        other.setLevel(logging.WARNING)
    for name in OWN:
        logging.getLogger(name).setLevel(logging.INFO)


def formatter(*, as_json: bool, colours: bool = False) -> logging.Formatter:
    """Makes the lines; nothing that `struck` takes away gets through, wherever in a line it stands."""
    person = structlog.dev.ConsoleRenderer(
        colors=colours, pad_event_to=0, timestamp_key="at", exception_formatter=structlog.dev.plain_traceback
    )
    shape: list[Any] = [structlog.processors.format_exc_info, _as_json] if as_json else [person, _struck]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _with_request,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *shape],
    )


def _with_request(_logger: Any, _method: str, line: Line) -> Line:
    """Say during which request, of whom and in which trace."""
    line.pop("color_message", None)  # uvicorn's, the same once more
    request = asked.current()
    if request is not None:
        line.setdefault("request_id", request.request_id)
        if request.account:
            line.setdefault("account", request.account)
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        line["trace_id"] = trace.format_trace_id(span.trace_id)
    return line


def _as_json(_logger: Any, _method: str, line: Line) -> str:
    text = {key: struck(value) if isinstance(value, str) and key not in OURS else value for key, value in line.items()}
    return json.dumps(text, ensure_ascii=False, default=lambda other: struck(repr(other)))


def _struck(_logger: Any, _method: str, line: str) -> str:
    return struck(line)
