"""Who runs the service here: the supervisor's number, for commands that speak to it, and what it answered last."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from api.settings import settings
from dispatch.errors import Unavailable


def _note() -> Path:
    return settings().state / f"run-{settings().port}.pid"


def _answer() -> Path:
    return settings().state / f"run-{settings().port}.json"


@contextmanager
def noted() -> Iterator[None]:
    """Write our number down for the time of the block; the lock on it ends with us however we end."""
    _note().parent.mkdir(parents=True, exist_ok=True)
    with _note().open("a+") as note:
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unavailable(f"{_note()} is held: the service runs already, end that one first.") from None
        note.truncate(0)
        note.write(str(os.getpid()))
        note.flush()
        yield
        _note().unlink(missing_ok=True)


def supervisor() -> int:
    """The supervisor's number; raises `Unavailable` when the service does not run here."""
    nobody = Unavailable(f"No service of this state folder runs at port {settings().port}: start it, or set GZ_PORT.")
    try:
        with _note().open("r+") as note:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        raise nobody from None
    except BlockingIOError:
        return int(_note().read_text() or 0)
    raise nobody


def answer(words: Mapping[str, Any]) -> None:
    """Leave the supervisor's answer, whole."""
    part = _answer().with_suffix(".part")
    part.write_text(json.dumps(words, ensure_ascii=False))
    part.replace(_answer())


def answered() -> dict[str, Any]:
    """The last answer; empty when there was none."""
    try:
        return dict(json.loads(_answer().read_text()))
    except FileNotFoundError:
        return {}
