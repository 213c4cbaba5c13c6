"""Clocks that leap, phones that tell the wrong time, tracks that stand still or jump: the desk itself, on a clock of ours.

In one process, because the wall clock of a machine cannot be turned: the service's application with another clock under it.
Each history is one accident near a midnight, the turn of the year, or the end of a shift, in Guangzhou.
"""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from fastapi.testclient import TestClient

from api import wiring
from api.access import dependencies
from api.credentials import accounts
from api.credentials.security import Account
from api.main import create_app
from api.sealing import keeping
from api.service import setup
from api.settings import settings
from dispatch.location import Position
from dispatch.unit import GUANGZHOU_TIME, Shift, Unit
from dispatch.vocabulary import Role
from dispatch.watch import watch
from geo_data.cluster.cluster import PrivateCluster
from geo_data.database import migrate, transaction
from geo_data.stores.fleet_store import PostgisFleet
from tools.faults.judge import Verdict, judge
from tools.faults.ledger import Ledger
from tools.faults.people import CROSSROADS

SKEW_MOST_S, BACK_MOST_S, ON_MOST_S = 600.0, 600.0, 90.0
MOMENTS = (
    ("year end", datetime(2027, 1, 1, tzinfo=GUANGZHOU_TIME)),
    ("midnight", datetime(2027, 3, 1, tzinfo=GUANGZHOU_TIME)),
    ("shift end", datetime(2027, 3, 2, 20, tzinfo=GUANGZHOU_TIME)),
)
FAR = Position(113.60, 23.40)
DAY_SHIFT = Shift(time(8), time(20))


def run_alone(folder: Path, histories: int, random: Random) -> "Turned":
    """The same on a cluster of its own in ``folder``."""
    with PrivateCluster(folder / "cluster", durable=False) as url:
        os.environ |= {"DATABASE_URL": url, "GZ_STATE": str(folder / "state"), "GZ_SIMULATION": "false"}
        for cached in (settings, wiring.database):
            cached.cache_clear()
        setup.make_secrets()
        migrate(url)
        return run(url, histories, random)


def _units() -> list[Unit]:
    place = {"GOOD": 113.32, "SHIFT": 113.33, "FROZEN": 113.325, "JUMPS": 113.34}
    return [
        Unit(
            id=key,
            name=key,
            role=Role.SURVEYOR,
            standby=Position(lon, 23.12),
            shift=DAY_SHIFT if key == "SHIFT" else Unit.__dataclass_fields__["shift"].default,
        )
        for key, lon in place.items()
    ]


@dataclass
class Turned:
    """A desk with its clock in our hands."""

    client: TestClient
    random: Random
    password: str
    headers: dict[str, str] = field(default_factory=dict)
    now: datetime = MOMENTS[0][1]
    ledger: Ledger = field(default_factory=Ledger)
    verdict: Verdict = field(default_factory=Verdict)
    done: Counter[str] = field(default_factory=Counter)

    def go_on(self) -> None:
        """Some seconds pass; at times the clock is put back, or far ahead."""
        draw = self.random.random()
        if draw < 0.12:
            self.done["service's clock put back"] += 1
            self.now -= timedelta(seconds=self.random.uniform(1, BACK_MOST_S))
        elif draw < 0.2:
            self.done["service's clock put ahead"] += 1
            self.now += timedelta(seconds=self.random.uniform(600, 7200))
        else:
            self.now += timedelta(seconds=self.random.uniform(1, ON_MOST_S))

    def sign_in(self) -> None:
        """Begin a session at the time it is now."""
        token = self.client.post("/v1/session", json={"username": "desk", "password": self.password}).json()["token"]
        self.client.cookies.clear()
        self.headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Ask; what fails on the service's side is a finding."""
        answer = self.client.request(method, path, json=body, headers=self.headers)
        if answer.status_code == 401:  # the session ended: the clock has leaped past its time
            self.sign_in()
            answer = self.client.request(method, path, json=body, headers=self.headers)
        self.ledger.answered(answer.status_code, answer.text, answer.headers.get("Retry-After"))
        return answer.status_code, answer.json()

    def see(self, unit_id: str, where: Position, at: datetime) -> None:
        """A fix as a tracker sends it."""
        fix = {"unit_id": unit_id, "lon": where.lon, "lat": where.lat, "at": at.isoformat()}
        status, told = self.ask("POST", "/v1/positions", {"fixes": [fix]})
        if status == 200 and not told["refused"]:
            self.ledger.fix(unit_id, at)


def run(url: str, histories: int, random: Random) -> Turned:
    """Play some histories on a migrated, empty database that this process's settings name; judge them in the end."""
    app, password = create_app(), random.randbytes(12).hex()
    with TestClient(app, base_url="http://desk") as client:
        turned = Turned(client, random, password)
        app.dependency_overrides[dependencies.now] = lambda: turned.now
        with transaction(wiring.database()) as connection:
            PostgisFleet(connection).save_units(_units())
            accounts.save(connection, Account("desk", "dispatcher"), password)
        for number in range(histories):
            _play(turned, number)
    found = judge(url, turned.ledger)
    turned.verdict.looked_at += found.looked_at
    turned.verdict.wrong += found.wrong
    return turned


def _play(turned: Turned, number: int) -> None:
    name, moment = MOMENTS[number % len(MOMENTS)]
    turned.done[name] += 1
    turned.now = moment + timedelta(days=number // len(MOMENTS)) - timedelta(seconds=turned.random.uniform(0, 90))
    if turned.random.random() < 0.5:
        turned.now -= timedelta(minutes=turned.random.uniform(0, 30))
    for unit in _units():
        stale = timedelta(minutes=10) if unit.id == "FROZEN" else timedelta()
        turned.see(unit.id, unit.standby, turned.now - stale)
    said = f"{turned.random.choice(CROSSROADS)},两车追尾 #{number}#"
    status, incident = turned.ask("POST", "/v1/reports", {"text": said})
    if status != 201:
        turned.verdict.found(f"report {number}: {status} {incident}")
        return
    turned.ledger.report(f"#{number}#", incident["id"])
    _look_who_may_go(turned, incident)
    _serve(turned, incident)
    _look_after(turned)


def _look_who_may_go(turned: Turned, incident: dict[str, Any]) -> None:
    """A frozen track keeps its unit out; so does the end of its shift."""
    _, advice = turned.ask("GET", f"/v1/incidents/{incident['id']}/recommendation")
    may = {one["unit_id"] for one in advice["options"]}
    turned.done["frozen position"] += 1
    if "FROZEN" in may:
        turned.verdict.found(f"{incident['id']}: a unit whose position stands still may go")
    if "SHIFT" in may and not DAY_SHIFT.covers(turned.now):
        turned.verdict.found(f"{incident['id']}: a unit may go after its shift")


def _serve(turned: Turned, incident: dict[str, Any]) -> None:
    """One unit is sent and served by a phone whose clock is wrong; the one that jumps must not be taken for there."""
    unit_id = turned.random.choice(["GOOD", "JUMPS", "SHIFT"])
    body = {"unit_id": unit_id, "reason": "顺路"}
    status, after = turned.ask("POST", f"/v1/incidents/{incident['id']}/assignments", body)
    if status != 201:
        return
    job, scene = after["assignments"][0]["id"], Position(incident["location"]["lon"], incident["location"]["lat"])
    skew = timedelta(seconds=turned.random.uniform(-SKEW_MOST_S, SKEW_MOST_S))
    for step in ("accept", "depart", "arrive", "clear"):
        turned.go_on()
        _drive(turned, unit_id, scene, step)
        turned.done["phone's clock wrong by up to 10 min"] += 1
        captured = {"captured_at": (turned.now + skew).isoformat(), "skew_s": None, "offline": False}
        status, after = turned.ask("POST", f"/v1/assignments/{job}/{step}", {"captured": captured})
        if status != 200:
            turned.verdict.found(f"{step} of {job}: {status} {after}")
            return
        turned.ledger.step(job, step)
    _look_whether_there(turned, incident["id"], job, unit_id)


def _drive(turned: Turned, unit_id: str, scene: Position, step: str) -> None:
    if step not in ("arrive", "clear"):
        return
    jumps = unit_id == "JUMPS"
    for n in range(6):
        where = FAR if jumps and n % 2 else scene
        turned.see(unit_id, where, turned.now + timedelta(seconds=15 * n - 90))
    turned.done["jumping positions" if jumps else "drive"] += 1


def _look_whether_there(turned: Turned, incident_id: str, job: str, unit_id: str) -> None:
    turned.now += timedelta(minutes=5)
    _, incident = turned.ask("GET", f"/v1/incidents/{incident_id}")
    found = next(a for a in incident["assignments"] if a["id"] == job)
    if unit_id == "JUMPS" and found["confirmed_at"]:
        turned.verdict.found(f"{job}: confirmed on the scene by a track that jumps")
    turned.verdict.looked_at["confirmed by the track"] += bool(found["confirmed_at"])


def _look_after(turned: Turned) -> None:
    """What the background does, and what managers look at, at this hour of the clock."""
    database = wiring.database()
    _quietly(turned, "watch", lambda: _watch(turned.now))
    _quietly(turned, "sealing", lambda: keeping.keep(database, turned.now))
    turned.ask("GET", "/v1/picture")
    turned.ask("GET", "/v1/audit")


def _watch(now: datetime) -> None:
    with transaction(wiring.database()) as connection:
        watch(wiring.live_ground(connection, now).live_desk(connection), now)


def _quietly(turned: Turned, what: str, work: Callable[[], object]) -> None:
    try:
        work()
    except Exception as error:  # anything at all is a finding
        turned.verdict.found(f"{what}: {type(error).__name__} {error}")
