"""Live changes to every open screen, from every worker process: the only asynchronous part.

PostgreSQL tells each worker the ids of new events (NOTIFY, sent by a trigger at commit). The worker reads those very
rows, so nothing is lost to concurrent writers as it would be by polling for higher ids. What goes out is state, not
difference: an incident as it now stands with its version. So a screen that opens the stream first and then fetches
`/v1/picture` has missed nothing, and hearing a thing twice does no harm.

A unit that has only moved is told of as a move, a third of its size; whoever joins hears of each unit in full first.
What all desks hear is written once, not once a desk.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import psycopg
from anyio import CapacityLimiter, to_thread
from pydantic import TypeAdapter
from sse_starlette import ServerSentEvent
from starlette.concurrency import run_in_threadpool

from api import wiring
from api.access.fields import struck
from api.access.striking import STRUCK_FOR
from api.credentials.security import Account
from api.forms.schemas import IncidentOut
from api.forms.unit_schemas import MoveOut, UnitOut
from api.health.outage import tell_away
from api.observing import metrics
from api.streams.background_watch import BackgroundWatch
from api.streams.presence import CHANNEL as PRESENCE_CHANNEL
from api.streams.presence import Presence
from api.views import views
from api.views.kept import Shown, kept
from geo_data.database import AWAY, plain_url, transaction
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.stores.postgis_log import PostgisLog
from geo_data.tables.schema import EVENTS_CHANNEL, FIXES_CHANNEL
from geo_data.tables.session_schema import SESSIONS_CHANNEL

log = logging.getLogger(__name__)

GATHER_S = 0.25
HEARTBEAT_S = 1.0  # desks take 2.5 s of silence for a lost link
# Phones take 8 s for it: each beat costs them current, and of 2,000 phones a beat in 2 s was 1,000 beats a second. The 3 s within
# which a loss must show are asked of desks, who decide by what they see; a phone keeps and sends what is pressed either way.
PHONE_HEARTBEAT_S = 5.0
BEAT_LOOK_S = 0.1  # a beat may come so much late; what falls due in it is sent together
STILL_THERE_S = 5.0  # how often the database is asked whether it is there
LIMIT_S = 5.0  # how long it may take to let us in, and to say so
QUEUE_LENGTH = 256
_UNITS, _MOVES = TypeAdapter(list[UnitOut]), TypeAdapter(list[MoveOut])
_STANDING = [name for name in UnitOut.model_fields if name not in MoveOut.model_fields]


@dataclass(frozen=True, slots=True)
class News:
    """What changed: incidents and units as they now stand."""

    shown: list[Shown]
    units: list[UnitOut]

    @property
    def incidents(self) -> list[IncidentOut]:
        """The incidents alone."""
        return [one.view for one in self.shown]


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream; a surveyor's is limited to its own affairs."""

    account: Account
    told_at_s: float = field(default_factory=time.monotonic)
    own: set[str] = field(default_factory=set)
    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH))

    @property
    def is_surveyor(self) -> bool:
        """Whether only its own affairs are told."""
        return self.account.seat == "surveyor"

    @property
    def beat_s(self) -> float:
        """The longest silence it may hear."""
        return PHONE_HEARTBEAT_S if self.is_surveyor else HEARTBEAT_S

    def tell(self, messages: bytes) -> None:
        """Queue messages, to be sent at once; a listener that cannot keep up is cut off to start anew."""
        if not messages:
            return
        self.told_at_s = time.monotonic()
        try:
            self.queue.put_nowait(messages)
        except asyncio.QueueFull:
            self.cut()

    def own_part(self, incidents: Iterable[IncidentOut], unit: UnitOut | None) -> bytes:
        """The part of the news a surveyor may see; ``unit`` is its own, where the news is of it."""
        own = [i.model_dump_json() for i in filter(None, map(self._visible, incidents))]
        return b"".join(_messages(own, [unit] if unit else []))

    def cut(self) -> None:
        """End the stream: the screen reconnects and fetches the picture again."""
        metrics.stream_cuts.inc()
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)

    def _visible(self, incident: IncidentOut) -> IncidentOut | None:
        """The incident as a surveyor may see it: its own while bound to it, and once more as that ends."""
        bound = any(a.unit_id == self.account.unit_id and a.status.is_open for a in incident.assignments)
        if not bound and incident.id not in self.own:
            return None
        (self.own.add if bound else self.own.discard)(incident.id)
        return views.for_unit(incident, self.account.unit_id)


class Elsewhere(Protocol):
    """Others who are told the same news: streams that are no desk's and no surveyor's."""

    def is_heard(self) -> bool:
        """Whether anybody listens there."""
        ...

    def tell(self, news: News) -> None:
        """Take the news."""
        ...

    def cut(self) -> None:
        """End every stream: something may have been missed."""
        ...


class LiveFeed:
    """Hears the database and tells every open stream of this process, and ``elsewhere``."""

    def __init__(self, elsewhere: Elsewhere) -> None:
        self._listeners: set[Listener] = set()
        self._elsewhere = elsewhere
        self._asking = CapacityLimiter(2)  # all phones come back at once: threads and connections are for requests, too
        self._presence = Presence()
        self.background = BackgroundWatch()
        self._told: dict[str, tuple[object, ...]] = {}  # how each unit stood when all desks last heard of it in full
        self._tasks: list[asyncio.Task[None]] = []
        self.is_listening = False
        """Whether the database is heard just now."""

    def start(self) -> None:
        """Begin to listen; call it inside the event loop."""
        works = (self._listen_for_ever(), self._beat_for_ever(), self.background.keep_looking(self._tell_background))
        self._tasks = [asyncio.create_task(work) for work in works]

    async def stop(self) -> None:
        """Stop listening and end every stream."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []  # one that was cut off while it connected keeps its half-open line as long as it is remembered
        self._cut_all()

    async def stream(self, account: Account, until: datetime | None = None) -> AsyncIterator[bytes]:
        """What one screen hears until its session is over: hello, then changes, with a heartbeat when nothing happens."""
        listener = Listener(account)
        self._listeners.add(listener)
        if not listener.is_surveyor:
            self._told.clear()  # its picture may be older than what the others know
            listener.tell(self._whole_presence() + self._whole_background())
        try:
            if listener.is_surveyor:  # what it is bound to already: it must hear when that is taken away
                listener.own |= await to_thread.run_sync(_bound, account.unit_id, limiter=self._asking)
            yield _beat("hello")
            while True:
                message = await listener.queue.get()
                if message is None or (until is not None and datetime.now(UTC) >= until):
                    return
                yield message
        except AWAY as error:
            tell_away("stream", error)  # ended: the screen opens it anew
        finally:
            self._listeners.discard(listener)

    async def _listen_for_ever(self) -> None:
        while True:
            try:
                await self._listen()
            except (psycopg.OperationalError, TimeoutError, *AWAY) as error:
                tell_away("live feed", error)
            except Exception:
                log.exception("live feed interrupted; trying again")
            finally:
                self.is_listening = False
            self._cut_all()
            await asyncio.sleep(1)

    async def _beat_for_ever(self) -> None:
        """Break each stream's silence when it is due; one task for all of them, no timer a stream."""
        while True:
            await asyncio.sleep(BEAT_LOOK_S)
            now_s, beat = time.monotonic(), _beat("heartbeat")
            for listener in [one for one in self._listeners if now_s - one.told_at_s >= one.beat_s]:
                listener.tell(beat)

    async def _listen(self) -> None:
        url = plain_url(await run_in_threadpool(wiring.database_url))
        async with await psycopg.AsyncConnection.connect(url, autocommit=True, connect_timeout=round(LIMIT_S)) as heard:
            for channel in (EVENTS_CHANNEL, FIXES_CHANNEL, PRESENCE_CHANNEL, SESSIONS_CHANNEL):
                await heard.execute(f"LISTEN {channel}")
            self.is_listening = True
            self._cut_all()  # whoever joined before we listened may have missed something
            asked_s = time.monotonic()
            while True:
                if time.monotonic() - asked_s > STILL_THERE_S:  # one that listens only never learns of a broken line
                    await asyncio.wait_for(heard.execute("SELECT 1"), LIMIT_S)
                    asked_s = time.monotonic()
                heard_now = [note async for note in heard.notifies(timeout=GATHER_S)]
                self._hear_presence([note.payload for note in heard_now if note.channel == PRESENCE_CHANNEL])
                self._cut_accounts({note.payload for note in heard_now if note.channel == SESSIONS_CHANNEL})
                notes = [note for note in heard_now if note.channel in (EVENTS_CHANNEL, FIXES_CHANNEL)]
                if notes and (self._listeners or self._elsewhere.is_heard()):
                    news = await run_in_threadpool(_read, *_sort(notes))
                    self.tell(news)

    def sample(self) -> None:
        """Count the open streams, and what waits in the slowest."""
        open_now = list(self._listeners)
        surveyors = sum(one.is_surveyor for one in open_now)
        metrics.streams.labels("surveyor").set(surveyors)
        metrics.streams.labels("desk").set(len(open_now) - surveyors)
        metrics.stream_queue.set(max((one.queue.qsize() for one in open_now), default=0))

    def tell(self, news: News) -> None:
        """Tell every listener what it may know."""
        for_desks = self._for_desks(news)
        concerned, units, incidents = _concerned(news), {u.id: u for u in news.units}, news.incidents
        told_to_desks, for_auditors = b"".join(for_desks), b""
        for listener in list(self._listeners):
            if listener.account.seat in STRUCK_FOR:
                for_auditors = for_auditors or b"".join([*_struck(news.shown), *for_desks[len(news.shown) :]])
                listener.tell(for_auditors)
            elif not listener.is_surveyor:
                listener.tell(told_to_desks)
            elif listener.account.unit_id in concerned or not listener.own.isdisjoint(concerned):
                listener.tell(listener.own_part(incidents, units.get(listener.account.unit_id or "")))
        self._elsewhere.tell(news)

    def _for_desks(self, news: News) -> list[bytes]:
        changed: list[UnitOut] = []
        moved: list[UnitOut] = []
        for unit in news.units:
            standing = tuple(getattr(unit, name) for name in _STANDING)
            (moved if self._told.get(unit.id) == standing else changed).append(unit)
            self._told[unit.id] = standing
        return _messages([one.json.decode() for one in news.shown], changed, moved)

    def _hear_presence(self, told: list[str]) -> None:
        now = datetime.now(UTC)
        news = [self._presence.hear(payload, now) for payload in told]
        if self._presence.forget(now) or any(news):
            for listener in [one for one in self._listeners if not one.is_surveyor]:
                listener.tell(self._whole_presence())

    def _tell_background(self) -> None:
        told = self._whole_background()
        for listener in [one for one in self._listeners if not one.is_surveyor]:
            listener.tell(told)

    def _whole_background(self) -> bytes:
        return _message("background", self.background.told.model_dump_json())

    def _whole_presence(self) -> bytes:
        return _message("presence", self._presence.to_json())

    def _cut_accounts(self, names: set[str]) -> None:
        """End the streams of accounts that a session was ended of; those that may still listen come back at once."""
        for listener in [one for one in self._listeners if one.account.username in names]:
            listener.cut()

    def _cut_all(self) -> None:
        for listener in list(self._listeners):
            listener.cut()
        self._elsewhere.cut()


def _concerned(news: News) -> set[str | None]:
    """Ids of the units and incidents the news is about: all other surveyors need not look through it."""
    bound = (a.unit_id for i in news.incidents for a in i.assignments)
    return {*bound, *(u.id for u in news.units), *(i.id for i in news.incidents)}


def _bound(unit_id: str | None) -> set[str]:
    """The incident a unit is bound to now, if any."""
    with transaction(wiring.database()) as connection:
        found = PostgisLog(connection).open_assignments().get(unit_id or "")
    return {found.incident_id} if found else set()


def _sort(notes: Iterable[psycopg.Notify]) -> tuple[set[int], set[str]]:
    event_ids: set[int] = set()
    unit_ids: set[str] = set()
    for note in notes:
        if note.channel == EVENTS_CHANNEL:
            event_ids.add(int(note.payload))
        else:
            unit_ids.update(note.payload.split(","))
    return event_ids, unit_ids


def _read(event_ids: set[int], unit_ids: set[str]) -> News:
    now = datetime.now(UTC)
    with transaction(wiring.database()) as connection:
        shown = kept().of_events(PostgisLog(connection), event_ids, now)
        touched = unit_ids | {a.unit_id for one in shown for a in one.view.assignments}
        states = PostgisFleet(connection).states(now, touched) if touched else []
        wiring.look_up(connection, [s.fix.position for s in states if s.fix], now)
    return News(shown, [views.unit(s, now) for s in states])


def _messages(incidents: Iterable[str], units: list[UnitOut], moves: Sequence[MoveOut] = ()) -> list[bytes]:
    messages = [_message("incident", words) for words in incidents]
    if units:
        messages.append(_message("units", _UNITS.dump_json(units).decode()))
    if moves:
        places = [MoveOut.model_construct(**{name: getattr(m, name) for name in MoveOut.model_fields}) for m in moves]
        messages.append(_message("moves", _MOVES.dump_json(places).decode()))
    return messages


def _struck(shown: Iterable[Shown]) -> list[bytes]:
    """The same messages without phone numbers and plates."""
    whole = (struck(json.loads(one.json)) for one in shown)
    return [_message("incident", json.dumps(one, ensure_ascii=False)) for one in whole]


def _beat(event: str) -> bytes:
    return _message(event, f'{{"at": "{datetime.now(UTC).isoformat()}"}}')


def _message(event: str, data: str) -> bytes:
    return ServerSentEvent(data, event=event).encode()
