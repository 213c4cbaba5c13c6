"""Import of a place by name: OSMnx asks Nominatim for its outline and Overpass for its streets and named places."""

import contextlib
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import osmnx
import requests
from osmnx import settings

from dispatch.errors import InvalidInput, Unavailable
from geo_data.builtin.places import Place
from geo_data.imports.overpass_places import WANTED, places_of
from geo_data.imports.street_graph import StreetGraph, compile_graph
from geo_data.network_places import pack
from geo_data.roads.network import Network

# These answers mean "busy, later": OSMnx waits 55 s and asks again, without end.
BUSY = {429, 504}
MOST_BUSY_ANSWERS = 5


@dataclass(frozen=True)
class Servers:
    """Where to ask, and where finished answers are kept.

    Parameters
    ----------
    overpass_url : str
        Base address of the interpreter, without ``/interpreter``.
    nominatim_url : str
    cache : Path
        A second run takes every finished answer from here, so an import that was cut off goes on where it stopped.
    timeout_s : float
        For one request.
    """

    overpass_url: str = "https://overpass-api.de/api"
    nominatim_url: str = "https://nominatim.openstreetmap.org/"
    cache: Path = Path("cache/openstreetmap")
    timeout_s: float = 180


def _quiet(_: str) -> None:
    """Report nothing."""


def import_place(
    place: str, servers: Servers = Servers(), *, title: str = "", progress: Callable[[str], None] = _quiet
) -> Network:
    """Download and compile the streets of a place, e.g. ``广州市天河区``, with its named places.

    Raises
    ------
    InvalidInput
        When no place of that name has an outline, or it holds no streets.
    Unavailable
        When a server cannot be reached, refuses, or stays busy.
    """
    if not place.strip():
        raise InvalidInput("The name of the place is empty: give one as the map knows it, e.g. 广州市天河区.")
    progress(f"asking for {place}")
    graph, places = download(place, servers, progress=progress)
    source = f"OpenStreetMap by OSMnx ({place})"
    network = compile_graph(graph, title=title or place, source=source, progress=progress)
    return replace(network, places=pack(places))


def download(
    place: str, servers: Servers, *, progress: Callable[[str], None] = _quiet
) -> tuple[StreetGraph, list[Place]]:
    """Street graph of a place, simplified, and its named places, from the servers or their kept answers."""
    _drop_broken_answers(servers.cache)
    try:
        with _osmnx_settings(servers, progress):
            found = osmnx.graph_from_place(place, network_type="drive")
            progress("asking for the named places")
            places = _places(place)
    except TypeError:
        raise InvalidInput(f"{place} is a point without an outline: name a town or district, or use --osm.") from None
    except osmnx._errors.InsufficientResponseError as error:
        raise InvalidInput(_nothing_found(place, error)) from None
    except (requests.RequestException, osmnx._errors.ResponseStatusCodeError, OSError) as error:
        raise Unavailable(_unreachable(servers, error)) from None
    except ValueError as error:
        raise InvalidInput(f"{place}: the streets could not be put together ({error}): use --osm.") from None
    nodes = dict(found.nodes(data=True))
    return StreetGraph(nodes, list(found.edges(data=True)), title=place), places


def _places(place: str) -> list[Place]:
    try:
        return places_of(osmnx.features_from_place(place, WANTED))
    except osmnx._errors.InsufficientResponseError:  # it has streets, but nothing with a name
        return []


def _nothing_found(place: str, error: Exception) -> str:
    if "geocod" in str(error):
        return f"No place called {place} is known to the map: check the spelling, or use --osm with a file."
    return f"{place} holds no streets for cars: name a larger place, or use --osm with a file."


def _unreachable(servers: Servers, error: Exception) -> str:
    detail = error.args[0] if isinstance(error, _StillBusy) else type(error).__name__
    return (
        f"The map servers did not answer ({detail}): check the network, or name others with --overpass-url "
        f"(now {servers.overpass_url}) and --nominatim-url (now {servers.nominatim_url}); --osm needs no network."
    )


class _StillBusy(requests.RequestException):
    """A server kept saying "later"."""


@contextlib.contextmanager
def _osmnx_settings(servers: Servers, progress: Callable[[str], None]) -> Iterator[None]:
    """Set OSMnx's module globals, and undo them and its change to name resolution afterwards."""
    wanted: dict[str, Any] = {
        "overpass_url": servers.overpass_url,
        "nominatim_url": servers.nominatim_url,
        "cache_folder": servers.cache,
        "use_cache": True,
        "requests_timeout": servers.timeout_s,
        "requests_kwargs": {"hooks": {"response": _listener(progress)}},
        "doh_url_template": None,
        "http_accept_language": "zh,en",
        "useful_tags_way": [*settings.useful_tags_way, "name:zh"],
    }
    before = {key: getattr(settings, key) for key in wanted}
    resolve = socket.getaddrinfo
    try:
        for key, value in wanted.items():
            setattr(settings, key, value)
        yield
    finally:
        socket.getaddrinfo = resolve
        for key, value in before.items():
            setattr(settings, key, value)


def _listener(progress: Callable[[str], None]) -> Callable[..., None]:
    """Hook that reports each answer, and gives up on a server that stays busy."""
    answers, busy = 0, 0

    def heard(response: requests.Response, *_: object, **__: object) -> None:
        nonlocal answers, busy
        if response.status_code in BUSY:
            busy += 1
            if busy >= MOST_BUSY_ANSWERS:
                raise _StillBusy(f"busy {busy} times")
            progress("the server is busy; asking again in a minute")
        elif not response.url.endswith("/status"):
            answers += 1
            progress(f"answer {answers}: {len(response.content) / 1e6:.1f} MB")

    return heard


def _drop_broken_answers(cache: Path) -> None:
    """Remove kept answers that a crash cut short; OSMnx would stumble over them at every run."""
    for path in cache.glob("*.json"):
        try:
            json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            path.unlink()
