"""What a console would show: the picture and the stream put together as js/console/state.js does."""

import threading
from typing import Any

from tools.faults.door import Door
from tools.faults.stream import Stream


class Console:
    """A console somebody sits at; what it keeps may be read at any time under its lock."""

    def __init__(self, address: str, token: str, door: Door) -> None:
        self._door = door
        self.lock = threading.RLock()
        self.incidents: dict[str, dict[str, Any]] = {}
        self.units: dict[str, dict[str, Any]] = {}
        self._heard_incidents: set[str] = set()
        self._heard_units: set[str] = set()
        self._opening = 0
        self.stream = Stream(address, token, self, silence_s=3.0)

    def opened(self) -> None:
        """From here on the stream is fresher than the picture now being fetched."""
        with self.lock:
            self._opening += 1
            self._heard_incidents.clear()
            self._heard_units.clear()

    def fetch(self) -> bool:
        """Fetch the picture; one that comes after a later opening is too old to be taken."""
        opening = self._opening
        answer = self._door.ask("GET", "/v1/picture")
        if not answer.is_taken:
            return False
        with self.lock:
            if opening == self._opening:
                self._take(answer.body)
        return True

    def hear(self, kind: str, data: Any) -> None:
        """One message of the stream."""
        with self.lock:
            if kind == "incident":
                self._heard_incidents.add(data["id"])
                self._keep_highest(data)
            elif kind == "units":
                for unit in data:
                    self._heard_units.add(unit["id"])
                    self.units[unit["id"]] = unit
            elif kind == "moves":
                for move in data:
                    self.units.get(move["id"], {}).update(move)

    def open_incidents(self) -> list[dict[str, Any]]:
        """Incidents that are not closed."""
        with self.lock:
            return [one for one in self.incidents.values() if one["status"] != "closed"]

    def _take(self, picture: dict[str, Any]) -> None:
        still_open = {one["id"] for one in picture["incidents"]}
        for key in [k for k, one in self.incidents.items() if one["status"] != "closed" and k not in still_open]:
            if key not in self._heard_incidents:
                del self.incidents[key]
        for one in picture["incidents"]:
            self._keep_highest(one)
        self.units = {k: u for k, u in self.units.items() if k in self._heard_units}
        for unit in picture["units"]:
            self.units.setdefault(unit["id"], unit)

    def _keep_highest(self, incident: dict[str, Any]) -> None:
        known = self.incidents.get(incident["id"])
        if known is None or known["version"] < incident["version"]:
            self.incidents[incident["id"]] = incident
