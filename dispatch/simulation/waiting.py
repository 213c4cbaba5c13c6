"""Jobs that wait for a unit, by role, the promise that is due first before the others."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from datetime import datetime

from dispatch.incident import Incident
from dispatch.vocabulary import Role

Job = tuple[datetime, str]  # when the promise is due, and the incident


class Waiting:
    """Kept up to date incident by incident, so that a storm with thousands waiting costs no more a decision."""

    def __init__(self) -> None:
        self._jobs: dict[Role, list[Job]] = {role: [] for role in Role}
        self._roles: dict[str, tuple[datetime, tuple[Role, ...]]] = {}

    def __bool__(self) -> bool:
        return any(self._jobs.values())

    def put(self, incident: Incident, roles: Sequence[Role]) -> None:
        """Let an incident wait for these roles and no others."""
        due_at, before = self._roles.get(incident.id, (None, ()))
        if tuple(roles) == before:
            return
        if due_at is not None:
            self.drop(incident.id)
        if roles:
            due_at = incident.commitment.due_at if incident.commitment else incident.reported.at
            self._roles[incident.id] = due_at, tuple(roles)
            for role in roles:
                insort(self._jobs[role], (due_at, incident.id))

    def drop(self, incident_id: str) -> None:
        """Forget an incident."""
        due_at, roles = self._roles.pop(incident_id, (None, ()))
        for role in roles:
            if due_at is not None:
                del self._jobs[role][bisect_left(self._jobs[role], (due_at, incident_id))]

    def any(self, role: Role) -> bool:
        """Whether an incident waits for a role."""
        return bool(self._jobs[role])

    def first(self, role: Role, most: int | None = None) -> list[str]:
        """The ``most`` incidents that are due first; all of them for None."""
        return [incident_id for _, incident_id in self._jobs[role][:most]]
