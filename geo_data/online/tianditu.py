"""Tianditu (天地图), the national platform. It speaks CGCS2000, which agrees with WGS-84 to centimetres."""

import json

from dispatch.errors import Unavailable
from dispatch.location import Location, Position
from geo_data.online.json_source import JsonSource
from geo_data.online.levels import LEVELS
from geo_data.online.place_service import found_place, point, text_at

TIANDITU_URL = "https://api.tianditu.gov.cn"
OK, NOTHING_FOUND = "0", "101"
GOOD_SCORE = 80.0  # of 100, as the service scores itself


class Tianditu:
    """The geocoder of Tianditu.

    Parameters
    ----------
    source : JsonSource
        Usually of `TIANDITU_URL`.
    key : str
        A key (``tk``) for servers.
    """

    name = "天地图"

    def __init__(self, source: JsonSource, key: str) -> None:
        self._source = source
        self._key = key

    def find(self, text: str, hint: Position | None, *, limit_s: float) -> list[Location]:  # noqa: ARG002  (one answer)
        """Find the one place the service thinks of; raises `Unavailable`."""
        words = text if text.startswith("广州") else f"广州市{text}"
        question = json.dumps({"keyWord": words}, ensure_ascii=False)
        body = self._source.get("/geocoder", {"ds": question, "tk": self._key}, limit_s=limit_s)
        status = str(body.get("status")) if isinstance(body, dict) else None
        if not isinstance(body, dict) or status not in (OK, NOTHING_FOUND):
            raise Unavailable("refused")
        location = body.get("location")
        return self._read(location, text) if status == OK and isinstance(location, dict) else []

    def _read(self, location: dict[str, object], text: str) -> list[Location]:
        level = LEVELS.get(text_at(location, "level"))
        position = point(location.get("lon"), location.get("lat"))
        if level is None or position is None or not _is_sure(location.get("score")):
            return []
        name = text_at(location, "keyWord").removeprefix("广州市") or text
        return [found_place(self.name, name, position, level.radius_m, exact=level.exact)]


def _is_sure(score: object) -> bool:
    """Whether the service is sure of its answer; it does not always say."""
    return not isinstance(score, int | float) or score >= GOOD_SCORE
