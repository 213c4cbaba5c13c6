"""Those who report, and those who dispatch."""

import threading
import time
from collections.abc import Callable
from typing import Any

from tools.faults.console import Console
from tools.faults.door import Door

CROSSROADS = (
    "天河区黄埔大道西与猎德大道交叉口",
    "天河区体育东路与天河路交叉口",
    "越秀区东风中路与解放北路交叉口",
    "海珠区新港中路与广州大道南交叉口",
    "荔湾区中山七路与荔湾路交叉口",
)
END_LIMIT_S = 60.0
MOST_OPEN = 40  # so that pictures stay small


class Worker:
    """Does one thing again and again in a thread until told to stop."""

    def __init__(self, work: Callable[[], None], pause_s: float) -> None:
        self._work, self._pause_s = work, pause_s
        self.is_working = True
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way."""
        self.is_working = False
        self._thread.join(END_LIMIT_S)

    def _run(self) -> None:
        while self.is_working:
            self._work()
            time.sleep(self._pause_s)


class Reporter(Worker):
    """Reports accidents; each has a mark in its words by which it is found again."""

    def __init__(self, name: str, door: Door, console: Console, pause_s: float = 1.0) -> None:
        super().__init__(self._report, pause_s)
        self._name, self._door, self._console, self._n = name, door, console, 0

    def _report(self) -> None:
        if len(self._console.open_incidents()) > MOST_OPEN:
            return
        self._n += 1
        mark = f"#{self._name}-{self._n}#"
        said = f"{self._door.random.choice(CROSSROADS)},两车追尾 {mark}"
        answer, _ = self._door.insist("POST", "/v1/reports", {"text": said, "plate": "粤A12345"})
        if answer.is_taken:
            self._door.ledger.report(mark, answer.body.get("id", ""))  # none yet: it waits in the queue


class Dispatcher(Worker):
    """Offers, reassigns, releases and closes by what the console shows."""

    def __init__(self, door: Door, console: Console, pause_s: float = 0.4) -> None:
        super().__init__(self._decide, pause_s)
        self._door, self._console = door, console

    def _decide(self) -> None:
        found = self._console.open_incidents()
        if not found:
            return
        incident = self._door.random.choice(found)
        bound = [a for a in incident["assignments"] if a["status"] in ("offered", "accepted", "en_route", "on_scene")]
        path, body = self._choose(incident, bound)
        answer, _ = self._door.insist("POST", path, body, while_=lambda: self.is_working)
        if answer.is_taken:
            self._door.ledger.decided()

    def _choose(self, incident: dict[str, Any], bound: list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
        here, draw = f"/v1/incidents/{incident['id']}", self._door.random.random()
        if bound and draw < 0.2:
            return f"/v1/assignments/{bound[0]['id']}/reassign", {"reason": "改派更近的人"}
        if bound and draw < 0.25:
            return f"/v1/assignments/{bound[0]['id']}/release", {"reason": "报案人改口"}
        if draw > 0.96:
            return f"{here}/close", {"reason": "误报", "code": "false_report"}
        if draw > 0.9:
            return f"{here}/location", {"lon": 113.30 + draw / 100, "lat": 23.12}
        return f"{here}/assignments", {"role": "tow_unit" if draw > 0.8 else "surveyor"}
