"""What is away in any process of this machine: each writes its own list beside the others' in the state folder."""

import json
import logging
import os
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from api.health.database_watch import watch
from api.settings import settings
from dispatch.degradations import Degradation, Degradations, Part

log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def degradations() -> Degradations:
    """Where every part of this process says that it is away or back."""
    _file().unlink(missing_ok=True)  # of before a reload, or of another process that had our number
    return Degradations(_write)


def away_anywhere() -> list[Degradation]:
    """What is away in this process or in another of this machine, longest first; each part once, since it was first missed."""
    found: dict[tuple[Part, str], Degradation] = {}
    for one in sorted([*_database(), *degradations().all(), *_of_others()], key=lambda one: one.since):
        found.setdefault((one.part, one.detail), one)
    return list(found.values())


def _database() -> Iterator[Degradation]:
    if watch.away_since is not None:
        yield Degradation(Part.DATABASE, watch.away_since)


def _folder() -> Path:
    return settings().state / "away"


def _file() -> Path:
    return _folder() / f"{os.getpid()}.json"


def _write(away: list[Degradation]) -> None:
    told = [[one.part, one.since.isoformat(), one.detail] for one in away]
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        part = _folder() / f"{os.getpid()}.part"
        part.write_text(json.dumps(told))
        part.replace(_file())
    except OSError as error:  # a full disk must not stop what goes on without a part
        log.warning("what is away cannot be told to the other processes: %s", error)


def _of_others() -> Iterator[Degradation]:
    for file in _folder().glob("*.json"):
        if file.stem == str(os.getpid()):
            continue
        if not Path("/proc", file.stem).exists():
            file.unlink(missing_ok=True)
            continue
        try:
            told = json.loads(file.read_text())
            yield from (Degradation(Part(p), datetime.fromisoformat(since), detail) for p, since, detail in told)
        except (OSError, ValueError):
            continue  # it is being written, or its process has just ended
