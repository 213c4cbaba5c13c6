"""A server on the loopback that replays answers of place services, written by hand in their documented forms."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlparse

from dispatch.location import Position
from geo_data.coordinates import Datum, from_wgs84

TOWER = Position(113.3245, 23.1064)  # 广州塔, roughly
OUTSIDE = Position(114.06, 22.54)  # Shenzhen
AMAP_GEOCODE, AMAP_PLACES, TIANDITU, NOMINATIM = "/v3/geocode/geo", "/v5/place/text", "/geocoder", "/search"
AMAP_NOTHING = {"status": "1", "info": "OK", "infocode": "10000", "count": "0"}


@dataclass
class Answer:
    """What one path answers.

    ``pause_s`` comes before the answer, ``drip_s`` between its bytes.
    """

    body: Any = b""
    status: int = 200
    pause_s: float = 0.0
    drip_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body, ensure_ascii=False).encode()


@dataclass
class Asked:
    path: str
    query: dict[str, str]
    agent: str


@dataclass
class Replay:
    """Answers by path, what was asked, and the paths that were answered to the end."""

    url: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]


@contextmanager
def replaying() -> Iterator[Replay]:
    """A server that answers by ``Replay.answers``, 404 where there is none."""
    replay = Replay()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            where = urlparse(self.path)
            query = {name: values[0] for name, values in parse_qs(where.query).items()}
            replay.asked.append(Asked(where.path, query, self.headers.get("User-Agent", "")))
            answer = replay.answers.get(where.path, Answer(status=404))
            replay.stopped.wait(answer.pause_s)
            with suppress(OSError):  # the client has left
                self._send(answer)

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.content)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if not answer.drip_s:
                self.wfile.write(answer.content)
                replay.given.append(urlparse(self.path).path)
                return
            for byte in answer.content:
                if replay.stopped.wait(answer.drip_s):
                    return
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
            replay.given.append(urlparse(self.path).path)

        def log_message(self, *_: object) -> None:
            """Keep the test output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        replay.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield replay
        finally:
            replay.stopped.set()
            server.shutdown()


def gcj02(position: Position) -> str:
    there = from_wgs84(position, Datum.GCJ02)
    return f"{there.lon:.6f},{there.lat:.6f}"


def amap_address(position: Position, level: str = "兴趣点", name: str = "广东省广州市海珠区广州塔") -> dict[str, Any]:
    """An answer of ``/v3/geocode/geo``."""
    geocode = {
        "formatted_address": name,
        "country": "中国",
        "province": "广东省",
        "citycode": "020",
        "city": "广州市",
        "district": "海珠区",
        "township": [],
        "neighborhood": {"name": [], "type": []},
        "building": {"name": [], "type": []},
        "adcode": "440105",
        "street": [],
        "number": [],
        "location": gcj02(position),
        "level": level,
    }
    return {"status": "1", "info": "OK", "infocode": "10000", "count": "1", "geocodes": [geocode]}


def amap_places(*places: tuple[str, Position]) -> dict[str, Any]:
    """An answer of ``/v5/place/text``."""
    pois = [
        {
            "parent": "",
            "address": "阅江西路222号",
            "distance": "",
            "pcode": "440000",
            "adcode": "440105",
            "pname": "广东省",
            "cityname": "广州市",
            "type": "风景名胜;风景名胜;国家级景点",
            "typecode": "110202",
            "adname": "海珠区",
            "citycode": "020",
            "name": name,
            "location": gcj02(position),
            "id": f"B00140MBU{number}",
        }
        for number, (name, position) in enumerate(places)
    ]
    return {"status": "1", "info": "OK", "infocode": "10000", "count": str(len(pois)), "pois": pois}


def amap_refusal(infocode: str, info: str) -> dict[str, Any]:
    return {"status": "0", "info": info, "infocode": infocode}


def tianditu_place(position: Position, level: str = "兴趣点", score: int = 100) -> dict[str, Any]:
    """An answer of Tianditu's ``/geocoder``; it sends its numbers as texts."""
    return {
        "msg": "ok",
        "location": {
            "score": score,
            "level": level,
            "lon": f"{position.lon:.6f}",
            "lat": f"{position.lat:.6f}",
            "keyWord": "广州市广州塔",
        },
        "searchVersion": "6.4.9V",
        "status": "0",
    }


def nominatim_place(
    position: Position, name: str = "广州塔", rank: int = 30, half_deg: float = 0.0005
) -> dict[str, Any]:
    """One place of Nominatim's ``/search`` as ``jsonv2``."""
    lon, lat = position.lon, position.lat
    return {
        "place_id": 1,
        "licence": "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright",
        "osm_type": "way",
        "osm_id": 2,
        "lat": f"{lat:.7f}",
        "lon": f"{lon:.7f}",
        "category": "man_made",
        "type": "tower",
        "place_rank": rank,
        "importance": 0.5,
        "addresstype": "man_made",
        "name": name,
        "display_name": f"{name}, 海珠区, 广州市, 广东省, 中国",
        "boundingbox": [
            f"{lat - half_deg:.7f}",
            f"{lat + half_deg:.7f}",
            f"{lon - half_deg:.7f}",
            f"{lon + half_deg:.7f}",
        ],
    }
