"""The live stream of one case: it says that something changed or somebody moved, never what; the page then asks again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from sse_starlette import ServerSentEvent

from api.forms.schemas import IncidentOut
from api.streams.live import News
from dispatch.case import coming
from dispatch.incident import Incident

QUEUE_LENGTH = 16
HEARTBEAT_S = 1.0  # a page takes 2.5 s of silence for a lost link


@dataclass(eq=False, slots=True)
class CaseListener:
    """Somebody looks at one case: ``incidents`` and ``units`` are those that it shows."""

    incidents: set[str]
    units: set[str] = field(default_factory=set)
    queue: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH))

    @classmethod
    def of(cls, own: Incident, kept: Incident) -> "CaseListener":
        """For the case of ``own``, served by ``kept``."""
        return cls(incidents={own.id, kept.id}, units={a.unit_id for a in coming(kept)})

    def tell(self, news: News) -> None:
        """Say that the case changed, or somebody on the way moved, once however much there is."""
        mine = [i for i in news.incidents if i.id in self.incidents]
        for incident in mine:
            self._follow(incident)
        moved = any(u.id in self.units for u in news.units)
        if (mine or moved) and not self.queue.full():
            self.queue.put_nowait("changed" if mine else "moved")

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


class CaseFeed:
    """The open streams of cases in this process."""

    def __init__(self) -> None:
        self._listeners: set[CaseListener] = set()

    def is_heard(self) -> bool:
        """Whether anybody looks at a case."""
        return bool(self._listeners)

    def tell(self, news: News) -> None:
        """Tell everybody whose case it is."""
        for listener in list(self._listeners):
            listener.tell(news)

    def cut(self) -> None:
        """End every stream."""
        for listener in list(self._listeners):
            listener.cut()

    async def stream(self, listener: CaseListener) -> AsyncIterator[ServerSentEvent]:
        """What one page hears: hello, then that something changed, with a heartbeat when nothing happens."""
        self._listeners.add(listener)
        try:
            yield ServerSentEvent("{}", event="hello")
            while True:
                try:
                    message = await asyncio.wait_for(listener.queue.get(), HEARTBEAT_S)
                except TimeoutError:
                    message = "heartbeat"
                if message is None:
                    return
                yield ServerSentEvent("{}", event=message)
        finally:
            self._listeners.discard(listener)
