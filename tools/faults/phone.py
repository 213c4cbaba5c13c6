"""A surveyor's phone: steps and positions kept in an outbox until the service has answered, shown as they will be.

It drives to the scene in a few seconds, and its clock may be wrong: it measures the skew as js/phone/skew.js does.
"""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tools.faults.door import Answer, Door
from tools.faults.stream import Stream

NEXT = {"offered": "accept", "accepted": "depart", "en_route": "arrive", "on_scene": "clear"}
BECOMES = {"accept": "accepted", "depart": "en_route", "arrive": "on_scene", "clear": "cleared", "decline": "declined"}
RACES = 3
P_DECLINE, P_ACT, P_SHUFFLE = 0.08, 0.5, 0.2
TICK_S, FIX_EVERY_S = 0.4, 1.5


@dataclass
class Entry:
    """An action that waits in the outbox."""

    key: str
    assignment_id: str
    step: str
    body: dict[str, Any]
    tries: int = 0


class Phone:
    """One phone, which works in a thread of its own until told to stop."""

    def __init__(self, unit_id: str, address: str, token: str, door: Door, skew: timedelta) -> None:
        self.unit_id, self._door, self._random = unit_id, door, Random(door.random.random())  # noqa: S311
        self._skew, self._measured_s = skew, 0.0
        self.lock = threading.RLock()
        self.incidents: dict[str, dict[str, Any]] = {}
        self._heard: set[str] = set()
        self.outbox: list[Entry] = []
        self.fixes: list[dict[str, Any]] = []
        self.refused = 0
        self.is_working = True
        self._sent: list[list[dict[str, Any]]] = []
        self._over = False
        self._last_fix_s = 0.0
        self._at = [113.30 + self._random.random() * 0.06, 23.10 + self._random.random() * 0.04]
        self.stream = Stream(address, token, self, silence_s=8.0)
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Begin."""
        self.stream.start()
        self._thread.start()

    def leave(self) -> None:
        """End soon; `stop` waits for that."""
        self._over = True
        self.stream.leave()

    def stop(self) -> None:
        """Leave, and wait until it has ended."""
        self.leave()
        self._thread.join(30)
        self.stream.stop()

    # -- what it shows ---------------------------------------------------------------------------------------------

    def opened(self) -> None:
        """The stream is open."""
        with self.lock:
            self._heard.clear()

    def fetch(self) -> bool:
        """Fetch our own jobs, and the service's clock."""
        answer = self._door.ask("GET", f"/v1/units/{self.unit_id}/assignments")
        clock = self._door.ask("GET", "/v1/time")
        if not answer.is_taken or not clock.is_taken:
            return False
        with self.lock:
            self._measured_s = (datetime.fromisoformat(clock.body["at"]) - self._now()).total_seconds()
            told = {one["id"] for one in answer.body}
            self.incidents = {k: one for k, one in self.incidents.items() if k in told or k in self._heard}
            for one in answer.body:
                self._keep(one)
        return True

    def hear(self, kind: str, data: Any) -> None:
        """One message of the stream."""
        if kind == "incident":
            with self.lock:
                self._heard.add(data["id"])
                self._keep(data)

    def job(self) -> dict[str, Any] | None:
        """Our open assignment as the service told of it last."""
        with self.lock:
            bound = [a for one in self.incidents.values() for a in one["assignments"] if self._is_open(a)]
            return bound[0] if bound else None

    def _is_open(self, assignment: dict[str, Any]) -> bool:
        return bool(assignment["unit_id"] == self.unit_id and assignment["status"] in NEXT)

    def _keep(self, incident: dict[str, Any]) -> None:
        known = self.incidents.get(incident["id"])
        if known is None or known["version"] < incident["version"]:
            self.incidents[incident["id"]] = incident

    # -- what it does ----------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._over:
            if self.is_working:
                self._take_fix()
                self._press()
            self._send_fixes()
            self._send_steps()
            time.sleep(TICK_S)

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._skew  # this phone's own clock

    def _corrected(self) -> datetime:
        return self._now() + timedelta(seconds=self._measured_s)

    def _press(self) -> None:
        job = self.job()
        if job is None or self._random.random() > P_ACT:
            return
        waiting = [e for e in self.outbox if e.assignment_id == job["id"]]
        status = BECOMES[waiting[-1].step] if waiting else job["status"]
        step = NEXT.get(status)
        if step is None:
            return
        if step == "accept" and self._random.random() < P_DECLINE:
            step = "decline"
        if step == "arrive" and job["next_stop"]:
            self._at = [job["next_stop"]["lon"], job["next_stop"]["lat"]]
        captured = {"captured_at": self._corrected().isoformat(), "skew_s": self._measured_s, "offline": bool(waiting)}
        body: dict[str, Any] = {"captured": captured}
        if step in ("decline", "clear"):
            body["reason"] = "车辆故障"
        self.outbox.append(Entry(self._door.new_key(), job["id"], step, body))

    def _send_steps(self) -> None:
        while self.outbox and not self._over:
            entry = self.outbox[0]
            path = f"/v1/assignments/{entry.assignment_id}/{entry.step}"
            answer = self._door.ask("POST", path, entry.body, entry.key)
            if not answer.is_definite:
                return
            entry.tries += 1
            if answer.status == 409 and answer.body["kind"] == "StaleIncident" and entry.tries <= RACES:
                continue
            self._settle(entry, answer, path)

    def _settle(self, entry: Entry, answer: Answer, path: str) -> None:
        with self.lock:
            if answer.is_taken:
                self._door.ledger.step(entry.assignment_id, entry.step)
                self._keep(answer.body)
                self.outbox.pop(0)
            else:  # a person would drop it with what depends on it
                self.refused += 1
                self.outbox = [e for e in self.outbox if e.assignment_id != entry.assignment_id]
        if answer.is_taken and self._random.random() < 0.1:
            self._door.repeat("POST", path, entry.body, entry.key, answer)

    # -- positions -------------------------------------------------------------------------------------------------

    def _take_fix(self) -> None:
        if time.monotonic() - self._last_fix_s < FIX_EVERY_S:
            return
        self._last_fix_s = time.monotonic()
        self._at = [x + self._random.uniform(-2e-4, 2e-4) for x in self._at]
        at = self._corrected().isoformat()
        self.fixes.append({"unit_id": self.unit_id, "lon": self._at[0], "lat": self._at[1], "at": at})

    def _send_fixes(self) -> None:
        if not self.fixes:
            return
        batch = self.fixes[:200]
        if len(batch) > 1 and self._random.random() < P_SHUFFLE:
            self._door.ledger.commit("batch out of order")
            self._random.shuffle(batch)
        again = self._random.choice(self._sent) if self._sent and self._random.random() < 0.05 else []
        if again:
            self._door.ledger.commit("old batch once more")
        answer = self._door.ask("POST", "/v1/positions", {"fixes": batch + again})
        if not answer.is_definite:
            return
        self.fixes = [f for f in self.fixes if f not in batch]
        if answer.is_taken:
            refused = {datetime.fromisoformat(r["at"]) for r in answer.body["refused"]}
            self._sent = [*self._sent[-20:], batch]
            for fix in batch:
                if (at := datetime.fromisoformat(fix["at"])) not in refused:
                    self._door.ledger.fix(self.unit_id, at)
