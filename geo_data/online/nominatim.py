"""Nominatim, the place search of OpenStreetMap: the public server or one of your own."""

from collections.abc import Callable
from threading import Lock
from time import monotonic

from dispatch.errors import Unavailable
from dispatch.location import Location, Position, distance_m
from geo_data.online.json_source import JsonSource
from geo_data.online.place_service import NotNow, found_place, nearest_first, objects, point, text_at

USER_AGENT = "gzdispatch/0.1 (dispatch desk for motor accidents in Guangzhou)"
VIEWBOX = "112.95,23.94,114.06,22.51"  # the borders of Guangzhou: west, north, east, south
MOST_PLACES = 5
LEAST_RADIUS_M = 150.0
# Ranks of Nominatim's documentation: 26 and 27 are roads, 28 to 30 houses and points of interest, smaller ones areas.
ONE_POINT_RANK = 28
LARGEST_POINT_M = 400.0  # an airport is a point of interest and yet no point


class Nominatim:
    """The search of a Nominatim server.

    Parameters
    ----------
    source : JsonSource
        With a ``User-Agent`` that names us, as the usage policy of the public server asks.
    pause_s : float
        Least seconds between two questions of this process; the policy allows one a second for all of an application.
        A question that comes sooner is not asked: the desk does not wait for its turn.
    clock : callable
        Seconds that only grow.
    """

    name = "Nominatim © OpenStreetMap"

    def __init__(self, source: JsonSource, pause_s: float = 1.0, clock: Callable[[], float] = monotonic) -> None:
        self._source = source
        self._pause_s = pause_s
        self._clock = clock
        self._next_at = float("-inf")
        self._lock = Lock()

    def find(self, text: str, hint: Position | None, *, limit_s: float) -> list[Location]:
        """Find the places a text may mean, inside Guangzhou only; raises `Unavailable`."""
        self._take_turn()
        params = {
            "q": text,
            "format": "jsonv2",
            "limit": str(MOST_PLACES),
            "viewbox": VIEWBOX,
            "bounded": "1",
            "countrycodes": "cn",
            "accept-language": "zh-CN",
        }
        body = self._source.get("/search", params, limit_s=limit_s)
        if not isinstance(body, list):
            raise Unavailable("the answer has an unknown form")
        return nearest_first(filter(None, map(self._read, objects(body))), hint)

    def _take_turn(self) -> None:
        with self._lock:
            now = self._clock()
            if now < self._next_at:
                raise NotNow("asked a moment ago")
            self._next_at = now + self._pause_s

    def _read(self, item: dict[str, object]) -> Location | None:
        position, rank = point(item.get("lon"), item.get("lat")), item.get("place_rank")
        if position is None or not isinstance(rank, int):
            return None
        name = text_at(item, "name") or text_at(item, "display_name")
        reach_m = _half_diagonal_m(item.get("boundingbox"))
        exact = rank >= ONE_POINT_RANK and reach_m <= LARGEST_POINT_M
        return found_place(self.name, name, position, max(LEAST_RADIUS_M, reach_m), exact=exact)


def _half_diagonal_m(box: object) -> float:
    """Half the diagonal in metres of a box sent as south, north, west, east; 0 where there is none."""
    if not (isinstance(box, list) and len(box) == 4):
        return 0.0
    south, north, west, east = box
    low, high = point(west, south), point(east, north)
    return distance_m(low, high) / 2 if low and high else 0.0
