"""Thirty-two who write at once about the same incident and the same two units."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import Any

from tools.faults.door import Answer, Door
from tools.faults.site import Site

WRITERS = 32
WAIT_S = 60.0


@dataclass(frozen=True)
class Writers:
    """All want one of two units for one incident; at most one may have each, and the incident one surveyor."""

    name: str = "32 writers at once"
    is_kill: bool = False

    def inject(self, site: Site) -> bool:
        """Write."""
        found = site.crowd.consoles[0].open_incidents()
        if not found:
            return False
        incident = site.random.choice(found)
        units = site.random.sample([phone.unit_id for phone in site.crowd.phones if phone.unit_id[0] == "S"], 2)
        doors = [site.crowd.door("desk0") for _ in range(WRITERS)]
        with ThreadPoolExecutor(WRITERS) as pool:
            answers = list(pool.map(lambda door: _wish(door, incident, units), doors))
        taken = [a for a in answers if a.is_taken]
        if len({_bound(a, units) for a in taken}) < len(taken):
            site.crowd.ledger.misused.append(f"32 writers: {len(taken)} were told yes about {incident['id']}")
        return True


def _wish(door: Door, incident: dict[str, Any], units: Sequence[str]) -> Answer:
    unit_id = Random(door.random.random()).choice(units)  # noqa: S311
    body = {"role": "surveyor", "unit_id": unit_id, "reason": "顺路"}
    return door.insist("POST", f"/v1/incidents/{incident['id']}/assignments", body)[0]


def _bound(answer: Answer, units: Sequence[str]) -> tuple[str, ...]:
    assignments = answer.body["assignments"]
    return tuple(a["id"] for a in assignments if a["unit_id"] in units and a["status"] == "offered")
