"""The generator: a process of its own that sends at set moments, whether or not the service keeps up.

A time is counted from the moment a request should have gone out, so a service that stalls pays for everything that
had to wait (no coordinated omission). Moments are drawn at random (Poisson), apart for each kind.
"""

import asyncio
import json
import time
from array import array
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from math import cos, sin
from random import Random
from uuid import UUID

import uvloop

from tools.load.lines import Pool, Stream
from tools.load.plan import Outcome, Plan

TICK_S = 0.002
STREAMS_A_S = 150
LINES = 128
GRACE_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """What the generator may say, and as whom."""

    host: str
    port: int
    desk_token: str
    phone_tokens: list[str]
    devices: list[str]  # token of each unit's tracker
    homes: list[tuple[float, float]]
    texts: list[str]
    unit_ids: list[str]


@dataclass
class Generator:
    """One run."""

    plan: Plan
    who: Who
    outcome: Outcome = field(default_factory=Outcome)
    random: Random = field(default_factory=lambda: Random(7))  # noqa: S311
    streams: list[Stream] = field(default_factory=list)
    open_incidents: deque[str] = field(default_factory=deque)
    measuring: bool = False
    stopping: bool = False

    async def run(self) -> Outcome:
        """Open the streams, warm up, measure."""
        self.positions, self.work = (Pool(self.who.host, self.who.port, LINES) for _ in range(2))
        await self._open_streams()
        began = time.perf_counter()
        n = count()
        sources = [
            self._source(began, self.plan.fixes * self.plan.by_phone, lambda t: self._phone(next(n), t)),
            self._source(began, self.plan.fixes * (1 - self.plan.by_phone), lambda t: self._tracker(next(n), t)),
            self._source(began, self.plan.reports, self._report),
            self._source(began, self.plan.pictures, self._picture),
            self._measure(),
        ]
        await asyncio.gather(*sources)
        await asyncio.sleep(GRACE_S)
        self.stopping = True
        self.outcome.stream_bytes = sum(s.n_bytes for s in self.streams)
        return self.outcome

    async def _measure(self) -> None:
        await asyncio.sleep(self.plan.warm_s)
        self.measuring = True
        await asyncio.sleep(self.plan.seconds)
        self.measuring = False
        kinds = ("console",) * self.plan.consoles + ("phone",) * self.plan.phones
        for kind, stream in zip(kinds, self.streams, strict=False):
            self.outcome.streams_open[kind] += stream.is_open

    async def _source(self, began: float, rate: float, fire: Callable[[float], None]) -> None:
        """Fire at random moments at a mean rate a second; late ones go out at once, with the moment they were meant for."""
        if rate <= 0:
            return
        end, due = began + self.plan.warm_s + self.plan.seconds, began
        while due < end:
            now = time.perf_counter()
            while due <= now:
                fire(due)
                due += self.random.expovariate(rate)
            await asyncio.sleep(TICK_S)

    # -- streams ---------------------------------------------------------------------------------------------------

    async def _open_streams(self) -> None:
        desks = [("console", self.who.desk_token)] * self.plan.consoles
        phones = [("phone", token) for token in self.who.phone_tokens[: self.plan.phones]]
        began = time.perf_counter()
        for n, (kind, token) in enumerate([*desks, *phones]):
            await self._stream(n, kind, token, probe=self._probe() if n == 0 and kind == "console" else None)
            ahead_s = n / STREAMS_A_S - (time.perf_counter() - began)
            if ahead_s > 0:
                await asyncio.sleep(ahead_s)

    async def _stream(self, n: int, kind: str, token: str, probe: Callable[[bytes], None] | None) -> None:
        request = _head("GET", "/v1/live", token) + b"\r\n"
        loop = asyncio.get_running_loop()

        def ended() -> None:
            if not self.stopping:
                self.outcome.streams_cut[kind] += self.measuring
                loop.call_later(0.5, lambda: loop.create_task(self._stream(n, kind, token, probe)))

        try:
            _, stream = await loop.create_connection(
                lambda: Stream(request, probe, ended), self.who.host, self.who.port
            )
        except OSError:
            return
        if n < len(self.streams):
            stream.n_bytes = 0
            self.streams[n] = stream
        else:
            self.streams.append(stream)

    def _probe(self) -> Callable[[bytes], None]:
        """One console reads what it is told, and how old each place is when it hears of it."""
        held = bytearray()

        def heard(data: bytes) -> None:
            held.extend(data)
            *whole, rest = bytes(held).split(b"\r\n\r\n")
            held[:] = rest
            now = time.time()
            for message in whole:
                at = message.find(b"data: ")
                if self.measuring and b"event: moves" in message[:40] and at >= 0:
                    self._see(json.loads(message[at + 6 :]), now)

        return heard

    def _see(self, moves: list[dict[str, str]], now: float) -> None:
        self.outcome.seen_s.extend(now - datetime.fromisoformat(move["fix_at"]).timestamp() for move in moves)

    # -- what is sent ----------------------------------------------------------------------------------------------

    def _place(self, n: int, at_s: float) -> tuple[float, float]:
        lon, lat = self.who.homes[n]
        return lon + 0.006 * cos(at_s / 60 + n), lat + 0.006 * sin(at_s / 60 + n)

    def _phone(self, count_: int, due: float) -> None:
        n = count_ % self.plan.units
        at_us = time.time_ns() // 1000
        lon, lat = self._place(n, at_us / 1e6)
        fix = {"unit_id": self.who.unit_ids[n], "lon": round(lon, 6), "lat": round(lat, 6), "crs": "wgs84", "accuracy_m": 8.0,
               "heading_deg": 90.0, "speed_mps": 9.0, "at": _iso(at_us)}  # fmt: skip
        body = json.dumps({"fixes": [fix]}).encode()
        self._send(self.positions, "list", _post("/v1/positions", self.who.phone_tokens[n], body), due, n, at_us)

    def _tracker(self, count_: int, due: float) -> None:
        n = count_ % self.plan.units
        at_us = time.time_ns() // 1000
        lon, lat = self._place(n, at_us / 1e6)
        path = (
            f"/v1/osmand?id={self.who.devices[n]}&lat={lat:.6f}&lon={lon:.6f}&timestamp={_iso(at_us).replace('+', '%2B')}"
            "&accuracy=8&speed=17.5&bearing=90&batt=80"
        )
        self._send(self.positions, "fix", _head("GET", path) + b"\r\n", due, n, at_us)

    def _send(self, pool: Pool, kind: str, request: bytes, due: float, unit: int, at_us: int) -> None:
        self.outcome.sent_fixes += 1

        def done(status: int, body: bytes) -> None:
            good = status == 200 and b'"taken":1' in body
            if good:
                self.outcome.kept.setdefault(unit, array("q")).append(at_us)
            self._note(kind, due, status, body, is_good=good)

        pool.ask(request, done)

    def _report(self, due: float) -> None:
        lon, lat = self.random.choice(self.who.homes)
        text = self.random.choice(self.who.texts)
        said: dict[str, object] = {
            "text": text,
            "channel": "telephone",
            "plate": f"粤A{self.random.randrange(100_000):05d}",
        }
        if self.random.random() < 0.3:
            said["point"] = {"lon": lon, "lat": lat, "accuracy_m": 30.0}
        self.outcome.sent_reports += 1

        def done(status: int, body: bytes) -> None:
            if status == 201:
                key = json.loads(body)["id"]
                self.outcome.reported.append(key)
                self.open_incidents.append(key)
            self._note("report", due, status, body, is_good=status == 201)
            if len(self.open_incidents) > self.plan.open_most:
                self._close(self.open_incidents.popleft())

        self.work.ask(_post("/v1/reports", self.who.desk_token, json.dumps(said).encode(), self._key()), done)

    def _close(self, incident: str) -> None:
        due = time.perf_counter()
        body = json.dumps({"code": "withdrawn", "reason": "压力测试"}).encode()

        def done(status: int, answer: bytes) -> None:
            if status == 200:
                self.outcome.closed.append(incident)
            self._note("close", due, status, answer, is_good=status == 200)

        self.work.ask(_post(f"/v1/incidents/{incident}/close", self.who.desk_token, body, self._key()), done)

    def _picture(self, due: float) -> None:
        def done(status: int, body: bytes) -> None:
            self._note("picture", due, status, body, is_good=status == 200)

        self.work.ask(_head("GET", "/v1/picture", self.who.desk_token) + b"\r\n", done)

    def _key(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def _note(self, kind: str, due: float, status: int, body: bytes, *, is_good: bool) -> None:
        if self.measuring:
            self.outcome.asked[kind] += 1
            if is_good:
                self.outcome.took_s[kind].append(time.perf_counter() - due)
            else:
                self.outcome.miss(kind, status, body)


def _iso(at_us: int) -> str:
    whole, rest = divmod(at_us, 1_000_000)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{rest:06d}+00:00"


def _head(method: str, path: str, token: str = "", more: str = "") -> bytes:
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"{method} {path} HTTP/1.1\r\nHost: load\r\n{bearer}{more}".encode()


def _post(path: str, token: str, body: bytes, key: str = "") -> bytes:
    once = f"Idempotency-Key: {key}\r\n" if key else ""
    more = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{once}"
    return _head("POST", path, token, more) + b"\r\n" + body


def generate(plan: Plan, who: Who) -> tuple[Outcome, float]:
    """Run in this process; returns what came of it and the processor time it took."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        outcome = runner.run(Generator(plan, who).run())
    return outcome, time.process_time()
