"""Importing a place by name, against a local server that replays hand-written answers."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import osmnx
import pytest

from dispatch.errors import InvalidInput, Unavailable
from dispatch.location import Position
from geo_data.imports.overpass import Servers, import_place
from geo_data.network_places import own_places

WEST, SOUTH, STEP, SIZE = 113.30, 23.10, 0.004, 4
OUTLINE = [[113.29, 23.09], [113.33, 23.09], [113.33, 23.13], [113.29, 23.13], [113.29, 23.09]]
STATUS = "Connected as: 1\nCurrent time: now\nAnnounced endpoint: none\nRate limit: 2\n2 slots available now.\n"


def street_grid() -> dict[str, Any]:
    """A made-up grid: rows are one-way pairs by turns, columns are two-way."""
    nodes = [
        {"type": "node", "id": 10 * row + column, "lon": WEST + STEP * column, "lat": SOUTH + STEP * row}
        for row in range(SIZE)
        for column in range(SIZE)
    ]
    ways = []
    for k in range(SIZE):
        row = {"highway": "secondary", "name": f"第{k}横路", "oneway": "-1" if k % 2 else "yes", "maxspeed": "50"}
        column = {"highway": "residential", "name": f"第{k}直街"}
        ways.append({"type": "way", "id": 100 + k, "nodes": [10 * k + c for c in range(SIZE)], "tags": row})
        ways.append({"type": "way", "id": 200 + k, "nodes": [10 * r + k for r in range(SIZE)], "tags": column})
    return {"version": 0.6, "elements": nodes + ways}


def with_places() -> dict[str, Any]:
    """The grid with a hospital, a mall drawn as an area, and a thing without a name."""
    grid = street_grid()
    ring = {"type": "way", "id": 300, "nodes": [0, 1, 11, 10, 0], "tags": {"shop": "mall", "name": "样板广场"}}
    nodes = [
        {"type": "node", "id": 400, "lon": WEST, "lat": SOUTH, "tags": {"amenity": "hospital", "name": "样板医院"}},
        {"type": "node", "id": 401, "lon": WEST, "lat": SOUTH, "tags": {"amenity": "hospital"}},
    ]
    return grid | {"elements": [*nodes, *grid["elements"], ring]}


def place(kind: str) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "Polygon", "coordinates": [OUTLINE]}
    if kind == "Point":
        shape = {"type": "Point", "coordinates": [WEST, SOUTH]}
    return {
        "place_id": 1,
        "lat": "23.11",
        "lon": "113.31",
        "display_name": "样板镇",
        "importance": 0.5,
        "boundingbox": ["23.09", "23.13", "113.29", "113.33"],
        "geojson": shape,
    }


@dataclass
class Replay:
    """What the server answers, and what it was asked."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    status_code: int = 200
    streets: Callable[[], dict[str, Any]] = street_grid

    def servers(self, cache: Path) -> Servers:
        return Servers(f"{self.url}/api", f"{self.url}/nominatim", cache, timeout_s=300)

    def answer(self, path: str) -> tuple[int, str]:
        where = urlparse(path)
        self.asked.append(where.path)
        if where.path.endswith("/status"):
            return 200, STATUS
        if where.path.endswith("/search"):
            known = {"样板镇": [place("Polygon")], "样板亭": [place("Point")]}
            return 200, json.dumps(known.get(parse_qs(where.query)["q"][0], []))
        return self.status_code, json.dumps(self.streets()) if self.status_code == 200 else "<html>no</html>"


@pytest.fixture
def replay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    state = Replay()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, text = state.answer(self.path)
            body = text.encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Keep the test output clean."""

    monkeypatch.setattr("time.sleep", lambda _: None)  # OSMnx pauses for a second before it asks
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield state
        server.shutdown()


def test_a_place_becomes_a_network_with_names_limits_and_one_way_streets(replay: Replay, tmp_path: Path) -> None:
    steps: list[str] = []
    network = import_place("样板镇", replay.servers(tmp_path), progress=steps.append)
    assert network.n_nodes == SIZE * SIZE
    assert "第1横路" in network.names
    assert set(network.speed_kph[network.road_class == 3]) == {50.0}
    assert network.meta["title"] == "样板镇"
    assert any(step.startswith("answer 2") for step in steps)
    assert {"/nominatim/search", "/api/status", "/api/interpreter"} == set(replay.asked)


def test_the_named_places_of_a_place_come_with_its_streets(replay: Replay, tmp_path: Path) -> None:
    replay.streets = with_places
    network = import_place("样板镇", replay.servers(tmp_path))
    hospital, mall = sorted(own_places(network), key=lambda place: place.kind)
    assert (hospital.name, hospital.position) == ("样板医院", Position(WEST, SOUTH))
    assert mall.name == "样板广场"
    assert WEST < mall.position.lon < WEST + STEP


def test_a_second_run_takes_every_answer_from_the_cache(replay: Replay, tmp_path: Path) -> None:
    first = import_place("样板镇", replay.servers(tmp_path))
    replay.asked.clear()
    second = import_place("样板镇", replay.servers(tmp_path))
    assert replay.asked == []
    assert second.fingerprint == first.fingerprint


def test_a_run_that_was_cut_off_goes_on_with_what_is_missing(replay: Replay, tmp_path: Path) -> None:
    replay.status_code = 500
    with pytest.raises(Unavailable):
        import_place("样板镇", replay.servers(tmp_path))
    replay.status_code = 200
    replay.asked.clear()
    import_place("样板镇", replay.servers(tmp_path))
    assert "/nominatim/search" not in replay.asked
    assert "/api/interpreter" in replay.asked


def test_a_kept_answer_that_was_cut_short_is_asked_for_again(replay: Replay, tmp_path: Path) -> None:
    whole = import_place("样板镇", replay.servers(tmp_path))
    for path in tmp_path.glob("*.json"):
        path.write_bytes(path.read_bytes()[:40])
    assert import_place("样板镇", replay.servers(tmp_path)).fingerprint == whole.fingerprint


def test_an_unknown_place_a_point_and_a_place_without_streets_say_so(replay: Replay, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="check the spelling"):
        import_place("乌有镇", replay.servers(tmp_path))
    with pytest.raises(InvalidInput, match="without an outline"):
        import_place("样板亭", replay.servers(tmp_path))
    with pytest.raises(InvalidInput, match="empty"):
        import_place("  ", replay.servers(tmp_path))
    replay.streets = lambda: {"version": 0.6, "elements": []}
    with pytest.raises(InvalidInput, match="no streets"):
        import_place("样板镇", replay.servers(tmp_path))


def test_a_server_that_is_down_or_stays_busy_is_named_with_the_way_out(replay: Replay, tmp_path: Path) -> None:
    closed = "http://127.0.0.1:9"
    with pytest.raises(Unavailable, match="--overpass-url"):
        import_place("样板镇", Servers(closed, closed, tmp_path, timeout_s=300))
    replay.status_code = 429
    with pytest.raises(Unavailable, match="busy 5 times"):
        import_place("样板镇", replay.servers(tmp_path))


def test_the_settings_of_the_library_are_put_back_even_after_an_error(replay: Replay, tmp_path: Path) -> None:
    settings = osmnx.settings
    before = {key: value for key, value in vars(settings).items() if not key.startswith("_")}
    resolver = socket.getaddrinfo
    import_place("样板镇", replay.servers(tmp_path))
    with pytest.raises(InvalidInput):
        import_place("乌有镇", replay.servers(tmp_path))
    assert {key: value for key, value in vars(settings).items() if not key.startswith("_")} == before
    assert socket.getaddrinfo is resolver
