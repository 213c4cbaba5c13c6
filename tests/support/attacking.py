"""Attacks on every operation of the API, made from its own schema; what an answer may never be."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode

ENDLESS = re.compile(r"/live$|^/ready$")  # streams, which test_live is about; and what says 503 by design
LEAKS = re.compile(r"Traceback|\.py\"?, line \d|psycopg|sqlalchemy|site-packages|SELECT .* FROM", re.IGNORECASE)
Send = Callable[..., Any]


def operations(app: FastAPI) -> list[APIOperation]:
    """Every documented operation that ends by itself."""
    schema = schemathesis.openapi.from_dict(app.openapi())
    return [one.ok() for one in schema.get_all_operations() if not ENDLESS.search(one.ok().path)]


def faults(operation: APIOperation, send: Send, known: Mapping[str, str], examples: int) -> Iterator[str]:
    """Send requests that the schema allows and ones that it does not; yield what is wrong with an answer.

    Parameters
    ----------
    known : mapping
        Path parameters that exist, so that requests get beyond the first door.
    examples : int
        Requests of each kind.
    """
    named = {p.name for p in operation.path_parameters}
    ours = {name: value for name, value in known.items() if name in named}
    for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
        for paths in [{"path_parameters": ours}, {}] if ours else [{}]:
            found: list[str] = []
            _ask(operation.as_strategy(generation_mode=mode, **paths), send, examples, found)
            yield from found


def _ask(strategy: Any, send: Send, examples: int, found: list[str]) -> None:
    checks = list(HealthCheck)

    @settings(max_examples=examples, database=None, deadline=None, suppress_health_check=checks, derandomize=True)
    @given(strategy)
    def ask(case: Case) -> None:
        answer = send(case)
        if answer is not None and (answer.status_code >= 500 or LEAKS.search(answer.text)):
            found.append(
                f"{case.method} {case.formatted_path}: {answer.status_code} {answer.text[:300]} {case.body!r:.300}"
            )

    with suppress(Unsatisfiable):  # nothing about it can be wrong
        ask()
