"""AMap (高德地图): address geocoding first, then its points of interest. It speaks GCJ-02."""

from time import monotonic

from rapidfuzz import fuzz

from dispatch.errors import Unavailable
from dispatch.location import Location, Position
from geo_data.coordinates import Datum, to_wgs84
from geo_data.online.json_source import JsonSource
from geo_data.online.levels import LEVELS, POINT_OF_INTEREST
from geo_data.online.place_service import found_place, items_at, nearest_first, point, text_at

AMAP_URL = "https://restapi.amap.com"
GUANGZHOU = "440100"  # adcode
NOTHING_FOUND = "30001"  # ENGINE_RESPONSE_DATA_ERROR: what an address that cannot be read is answered with
MOST_PLACES = 5
SAME_NAME = 80.0  # of 100; the place search also returns what merely sounds alike


class AMap:
    """The web service of AMap.

    Parameters
    ----------
    source : JsonSource
        Usually of `AMAP_URL`.
    key : str
        A key of the kind "Web service".
    """

    name = "高德地图"

    def __init__(self, source: JsonSource, key: str) -> None:
        self._source = source
        self._key = key

    def find(self, text: str, hint: Position | None, *, limit_s: float) -> list[Location]:
        """Find the places a text may mean; raises `Unavailable`."""
        until = monotonic() + limit_s
        found = self._addresses(text, limit_s)
        return found or nearest_first(self._places(text, until - monotonic()), hint)

    def _addresses(self, text: str, limit_s: float) -> list[Location]:
        body = self._ask("/v3/geocode/geo", {"address": text, "city": GUANGZHOU}, limit_s)
        found = []
        for item in items_at(body, "geocodes"):
            level, position = LEVELS.get(text_at(item, "level")), _position(item)
            if level and position:
                name = text_at(item, "formatted_address").removeprefix("广东省").removeprefix("广州市") or text
                found.append(found_place(self.name, name, position, level.radius_m, exact=level.exact))
        return found

    def _places(self, text: str, limit_s: float) -> list[Location]:
        params = {"keywords": text, "region": GUANGZHOU, "city_limit": "true", "page_size": str(MOST_PLACES)}
        body = self._ask("/v5/place/text", params, limit_s)
        return [
            found_place(self.name, text_at(item, "name"), position, POINT_OF_INTEREST.radius_m, exact=True)
            for item in items_at(body, "pois")
            if (position := _position(item)) and fuzz.partial_ratio(text_at(item, "name"), text) >= SAME_NAME
        ]

    def _ask(self, path: str, params: dict[str, str], limit_s: float) -> dict[str, object]:
        body = self._source.get(path, {"key": self._key, "output": "json", **params}, limit_s=limit_s)
        if not isinstance(body, dict):
            raise Unavailable("the answer has an unknown form")
        if str(body.get("status")) == "1":
            return body
        code = text_at(body, "infocode")
        if code == NOTHING_FOUND:
            return {}
        # Nothing but digits is passed on: a message of the service may repeat what it was asked, and with which key.
        raise Unavailable(f"refused with infocode {code if code.isdecimal() and len(code) <= 5 else '?'}")


def _position(item: dict[str, object]) -> Position | None:
    lon, _, lat = text_at(item, "location").partition(",")
    sent = point(lon, lat)
    return to_wgs84(sent, Datum.GCJ02) if sent else None
