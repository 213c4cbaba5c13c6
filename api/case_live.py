"""The live stream of one case: it says that something changed, never what; the page then asks for the case again."""

import asyncio
from dataclasses import dataclass, field

from sse_starlette import ServerSentEvent

from api.live import News
from api.schemas import IncidentOut
from dispatch.case import coming
from dispatch.incident import Incident

QUEUE_LENGTH = 16
CHANGED = ServerSentEvent("{}", event="changed")


@dataclass(eq=False, slots=True)
class CaseListener:
    """Somebody looks at one case: ``incidents`` and ``units`` are those that it shows."""

    incidents: set[str]
    units: set[str] = field(default_factory=set)
    queue: asyncio.Queue[ServerSentEvent | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH))

    @classmethod
    def of(cls, own: Incident, kept: Incident) -> "CaseListener":
        """For the case of ``own``, served by ``kept``."""
        return cls(incidents={own.id, kept.id}, units={a.unit_id for a in coming(kept)})

    def tell(self, news: News) -> None:
        """Say that the case changed, once however much there is."""
        mine = [i for i in news.incidents if i.id in self.incidents]
        for incident in mine:
            self._follow(incident)
        moved = any(u.id in self.units for u in news.units)
        if (mine or moved) and self.queue.empty():
            self.queue.put_nowait(CHANGED)

    def cut(self) -> None:
        """End the stream: the page opens it anew and asks for the case."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)

    def _follow(self, incident: IncidentOut) -> None:
        if incident.merged_into:
            self.incidents.add(incident.merged_into)
        for a in incident.assignments:
            (self.units.add if a.status.is_open else self.units.discard)(a.unit_id)
