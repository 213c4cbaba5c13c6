"""A company's own raster map, fetched here and brought to WGS-84.

Maps made in China are drawn in GCJ-02: on them everything of ours would lie some 500 m off, and a click would mean
another place. Not our marks are moved but the picture: each tile is cut anew from the tiles it falls on, so that positions
and clicks stay WGS-84 and the conversion stays in `geo_data.coordinates`. As the service fetches the tiles, no browser asks
anybody outside and no key leaves the house.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import product
from math import asinh, atan, degrees, floor, pi, radians, sinh, tan
from threading import BoundedSemaphore, Lock
from time import monotonic

import httpx2
from cachetools import TTLCache
from PIL import Image, UnidentifiedImageError

from dispatch.errors import InvalidInput, Unavailable
from dispatch.location import Position
from geo_data.coordinates import Datum, from_wgs84
from geo_data.online.bounded_get import bounded_get
from geo_data.online.nominatim import USER_AGENT

TILE_PX = 256
SHALLOWEST, DEEPEST = 3, 20
MOST_KEPT = 1024  # tiles, of some 20 kB
KEPT_S = 24 * 3600.0
LARGEST_TILE = 1_000_000  # bytes
LARGEST_SIDE = 1024  # pixels
LIMIT_S = 4.0
AT_ONCE = 8
REST_S = 10.0  # after a failure nobody is asked for so long
NOTHING_THERE = (204, 404, 410)  # beyond the edge of their map, say

Fetch = Callable[[int, int, int], bytes]


class Basemap:
    """Tiles of a company's map by zoom, column and row of the usual grid, in WGS-84; threads may share it.

    Parameters
    ----------
    fetch : callable
        Picture of one tile of the company's map, empty where it has none; raises `Unavailable`.
    datum : Datum
        WGS84 or GCJ02: what the company's map is drawn in.
    max_zoom : int
        The deepest it has.
    clock : callable
        Seconds that only grow.

    Raises
    ------
    InvalidInput
        For another datum: maps in BD-09 have a grid of their own.
    """

    def __init__(self, fetch: Fetch, datum: Datum, max_zoom: int, *, clock: Callable[[], float] = monotonic) -> None:
        if datum not in (Datum.WGS84, Datum.GCJ02):
            raise InvalidInput("GZ_BASEMAP_DATUM: wgs84 or gcj02; tiles in BD-09 have a grid of their own.")
        self._fetch, self._datum, self.max_zoom, self._clock = fetch, datum, max_zoom, clock
        self._sources: TTLCache[tuple[int, int, int], Image.Image] = TTLCache(MOST_KEPT, KEPT_S, timer=clock)
        self._lock, self._places = Lock(), BoundedSemaphore(AT_ONCE)
        self._problem, self._rests_until = "", -1.0

    @property
    def problem(self) -> str:
        """Why the last tile asked for is missing; empty where none is."""
        return self._problem

    def tile(self, z: int, x: int, y: int) -> tuple[bytes, bool]:
        """One tile as PNG, transparent where the company's map has nothing, and whether it is whole.

        Raises
        ------
        InvalidInput
            When there is no such tile.
        """
        if not (SHALLOWEST <= z <= self.max_zoom and 0 <= x < 2**z and 0 <= y < 2**z):
            raise InvalidInput(f"No tile {z}/{x}/{y}: zoom {SHALLOWEST} to {self.max_zoom}.")
        corners = [self._source_of(z, x + i, y + j) for i, j in ((0, 0), (0, 1), (1, 1), (1, 0))]
        left, top = (floor(min(c[axis] for c in corners)) for axis in (0, 1))
        right, bottom = (floor(max(c[axis] for c in corners) - 1e-9) + 1 for axis in (0, 1))
        patch = Image.new("RGBA", ((right - left) * TILE_PX, (bottom - top) * TILE_PX))
        whole = True
        for column, row in product(range(left, right), range(top, bottom)):
            part = self._source(z, column, row)
            whole = whole and part is not None
            if part is not None:
                patch.paste(part, ((column - left) * TILE_PX, (row - top) * TILE_PX))
        quad = [value for cx, cy in corners for value in ((cx - left) * TILE_PX, (cy - top) * TILE_PX)]
        drawn = patch.transform((TILE_PX, TILE_PX), Image.Transform.QUAD, quad, Image.Resampling.BILINEAR)
        return _png(drawn), whole

    def _source_of(self, z: int, x: float, y: float) -> tuple[float, float]:
        """Where a corner of our grid lies in the company's, in tiles."""
        if self._datum is Datum.WGS84:
            return x, y
        there = from_wgs84(_position(z, x, y), self._datum)
        return (there.lon + 180) / 360 * 2**z, (1 - asinh(tan(radians(there.lat))) / pi) / 2 * 2**z

    def _source(self, z: int, x: int, y: int) -> Image.Image | None:
        key = z, x, y
        with self._lock:
            known = self._sources.get(key)
        if known is not None or self._clock() < self._rests_until:
            return known
        try:
            with self._places:
                picture = _picture(self._fetch(z, x, y))
        except Unavailable as error:
            self._problem, self._rests_until = str(error), self._clock() + REST_S
            return None
        self._problem = ""
        with self._lock:
            self._sources[key] = picture
        return picture


def _position(z: int, x: float, y: float) -> Position:
    return Position(x / 2**z * 360 - 180, degrees(atan(sinh(pi * (1 - 2 * y / 2**z)))))


def _picture(body: bytes) -> Image.Image:
    if not body:
        return Image.new("RGBA", (TILE_PX, TILE_PX))
    try:
        picture = Image.open(BytesIO(body))
        if max(picture.size) > LARGEST_SIDE:
            raise Unavailable("the tile is too large")
        return picture.convert("RGBA").resize((TILE_PX, TILE_PX))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Unavailable("the tile is not a picture") from None


def _png(picture: Image.Image) -> bytes:
    body = BytesIO()
    picture.save(body, "PNG", compress_level=1)
    return body.getvalue()


def tiles_of(template: str) -> Fetch:
    """Fetch tiles by an address with ``{z}``, ``{x}`` and ``{y}`` in it.

    Raises
    ------
    InvalidInput
        When that is no such address.
    """
    if not template.startswith(("http://", "https://")) or list(_missing(template)):
        raise InvalidInput("GZ_BASEMAP_URL: give an address such as https://example.org/{z}/{x}/{y}.png.")
    transport = httpx2.HTTPTransport()

    def fetch(z: int, x: int, y: int) -> bytes:
        url = template.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y))
        headers = {"User-Agent": USER_AGENT, "Accept": "image/*"}
        until = monotonic() + LIMIT_S
        return bounded_get(transport, url, until=until, most_bytes=LARGEST_TILE, headers=headers, nothing=NOTHING_THERE)

    return fetch


def _missing(template: str) -> Iterator[str]:
    return (part for part in ("{z}", "{x}", "{y}") if part not in template)
