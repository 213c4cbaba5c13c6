"""Everybody at work at once, and their coming to rest."""

import time
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from tools.faults.console import Console
from tools.faults.door import Door
from tools.faults.judge import Verdict
from tools.faults.ledger import Ledger
from tools.faults.people import Dispatcher, Reporter
from tools.faults.phone import Phone
from tools.faults.seed import desks, unit_ids

SKEW_MOST_S = 600.0
QUIET_LIMIT_S = 120.0
SETTLE_S = 1.0


class Crowd:
    """Reporters, desks with their consoles, and phones.

    Parameters
    ----------
    address : str
        Where they reach the service: through a line that may be cut.
    sessions : dict of str to str
    random : Random
    """

    def __init__(self, address: str, sessions: dict[str, str], random: Random) -> None:
        self.ledger = Ledger()
        self.random = random
        self._sessions = sessions

        self._doors: list[Door] = []

        def door(name: str) -> Door:
            self._doors.append(Door(address, sessions[name], self.ledger, Random(random.random())))  # noqa: S311
            return self._doors[-1]

        self.door = door
        self.consoles = [Console(address, sessions[name], door(name)) for name in desks()]
        self.workers = [Dispatcher(door(name), console) for name, console in zip(desks(), self.consoles, strict=True)]
        self.reporters = [Reporter(name, door(name), self.consoles[0]) for name in desks()[:2]]
        skews = [timedelta(seconds=random.uniform(-SKEW_MOST_S, SKEW_MOST_S)) for _ in unit_ids()]
        self.phones = [
            Phone(key, address, sessions[key], door(key), skew) for key, skew in zip(unit_ids(), skews, strict=True)
        ]

    def session(self, name: str) -> str:
        """The token of somebody."""
        return self._sessions[name]

    def start(self) -> None:
        """Let everybody begin."""
        for console in self.consoles:
            console.stream.start()
        for one in (*self.reporters, *self.workers, *self.phones):
            one.start()

    def come_to_rest(self, verdict: Verdict) -> None:
        """Nobody begins anything new; what was begun is finished, and outboxes are emptied."""
        at_desks = (*self.workers, *self.reporters)
        for one in at_desks:
            one.is_working = False
        for one in at_desks:
            one.stop()
        for phone in self.phones:
            phone.is_working = False
        _until(lambda: not any(phone.outbox or phone.fixes for phone in self.phones))
        for phone in self.phones:
            if phone.outbox or phone.fixes:
                verdict.found(f"phone {phone.unit_id}: {len(phone.outbox)} steps, {len(phone.fixes)} fixes not sent")

    def agree(self, verdict: Verdict) -> None:
        """Every console shows the picture, and every phone its job, as the service has them now."""
        ask = self.door(desks()[0])
        for n, console in enumerate(self.consoles):
            if not _until(lambda console=console: _same(console, ask)):  # type: ignore[misc]
                verdict.found(f"console {n} shows something else than the picture: {difference(console, ask)}")
            verdict.looked_at["consoles"] += 1
        for phone in self.phones:
            if not _until(lambda phone=phone: _shown(phone) == _told(phone, ask)):  # type: ignore[misc]
                verdict.found(f"phone {phone.unit_id} shows {_shown(phone)}, not {_told(phone, ask)}")
            verdict.looked_at["phones"] += 1

    def stop(self) -> None:
        """Send everybody home; all at once, for each hears of it at its next heartbeat only."""
        for one in (*self.phones, *(console.stream for console in self.consoles)):
            one.leave()
        for phone in self.phones:
            phone.stop()
        for console in self.consoles:
            console.stream.stop()
        for door in self._doors:
            door.close()


def _until(done: Callable[[], bool]) -> bool:
    limit = time.monotonic() + QUIET_LIMIT_S
    while not done():
        if time.monotonic() > limit:
            return False
        time.sleep(SETTLE_S)
    return True


def difference(console: Console, door: Door) -> list[str]:
    """Ids of what differs between a console and the picture; empty when nothing does."""
    answer = door.ask("GET", "/v1/picture")
    if not answer.is_taken:
        return ["no picture"]
    with console.lock:
        shown = {one["id"]: one for one in console.open_incidents()}
        units = {key: dict(unit) for key, unit in console.units.items()}
    return [*_differ(shown, answer.body["incidents"]), *_differ(units, answer.body["units"])]


def _same(console: Console, door: Door) -> bool:
    return not difference(console, door)


def _differ(shown: dict[str, dict[str, Any]], told: list[dict[str, Any]]) -> list[str]:
    wanted = {one["id"]: _lasting(one) for one in told}
    kept = {key: _lasting(one) for key, one in shown.items()}
    return [key for key in {*wanted, *kept} if wanted.get(key) != kept.get(key)]


def _lasting(one: dict[str, Any]) -> dict[str, Any]:
    """Without what time alone changes: whether the promise is still open."""
    return {k: v for k, v in one.items() if k != "commitment"}


def _shown(phone: Phone) -> tuple[str, str] | None:
    job = phone.job()
    return (job["id"], job["status"]) if job else None


def _told(phone: Phone, door: Door) -> tuple[str, str] | None:
    answer = door.ask("GET", f"/v1/units/{phone.unit_id}/assignments")
    bound = [a for one in answer.body or [] for a in one["assignments"] if a["unit_id"] == phone.unit_id]
    still = [a for a in bound if a["status"] in ("offered", "accepted", "en_route", "on_scene")]
    return (still[0]["id"], still[0]["status"]) if still else None
