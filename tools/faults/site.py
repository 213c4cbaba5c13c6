"""What a fault is done to, and how it is told that the service is back."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Protocol

import psycopg

from api.service.background import ONLY_ONE
from tools.faults.crowd import Crowd
from tools.faults.door import Door
from tools.faults.proxy import Line
from tools.faults.service import Database, Service

BACK_LIMIT_S = 90.0
WORKERS = 2


@dataclass
class Site:
    """A running service with everybody at work on it.

    ``line`` lies between people and service, ``wire`` between service and database, where there is one; ``disk`` is the
    small file system the database lives on, where there is one; ``revive`` starts the database where nobody else does.
    """

    service: Service
    database: Database
    line: Line
    crowd: Crowd
    probe: Door
    random: Random
    wire: Line | None = None
    disk: Path | None = None
    revive: Callable[[], object] | None = None


class Fault(Protocol):
    """One kind of fault."""

    name: str
    is_kill: bool

    def inject(self, site: Site) -> bool:
        """Do it; False where there was nothing to do it to."""


@dataclass(frozen=True, slots=True)
class Injected:
    """A fault as it went: seconds until a write was acknowledged again, and until all processes were there; None: never."""

    name: str
    at_s: float
    answered_s: float | None
    whole_s: float | None


def back_after(site: Site, began_s: float) -> tuple[float | None, float | None]:
    """Seconds from ``began_s`` until a write is acknowledged, and until all processes are there."""
    answered_s: float | None = None
    limit_s = began_s + BACK_LIMIT_S
    while time.monotonic() < limit_s and site.service.is_running:
        if site.revive and not site.database.postmaster():
            site.revive()
        if answered_s is None and _writes(site):
            answered_s = time.monotonic() - began_s
        if answered_s is not None and _is_whole(site):
            return answered_s, time.monotonic() - began_s
        time.sleep(0.02)
    return answered_s, None


def _writes(site: Site) -> bool:
    fix = {"unit_id": "T00", "lon": 113.3, "lat": 23.1, "at": datetime.now(UTC).isoformat()}
    return site.probe.ask("POST", "/v1/positions", {"fixes": [fix]}).is_taken


def _is_whole(site: Site) -> bool:
    service = site.service
    return len(service.web()) == WORKERS and len(service.background()) == 1 and _has_lock(site.database)


def _has_lock(database: Database) -> bool:
    """Whether a background works: it holds the lock."""
    try:
        held = database.ask(f"SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = {ONLY_ONE} AND granted")  # noqa: S608
    except psycopg.Error:
        return False
    return bool(held)
