"""Road times between a fixed set of sites, worked out once: what makes a simulated year quick.

Sites are the places where simulated accidents happen, standby posts and repair shops. Every position counts as the site
nearest to it, and the way there as driven in a straight line at `TO_SITE_MPS`: units on a drive are then somewhat nearer
or farther than they are. The table holds free-flow seconds; the change of hours is driven through as the live desk does
(`geo_data.roads.time_dependent`).
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from dispatch.location import Position
from dispatch.ports import TravelTimes
from geo_data.roads.network import Floats
from geo_data.roads.plane import CENTRE, M_PER_LAT, M_PER_LON
from geo_data.roads.routing import ACCESS_MPS, Router
from geo_data.roads.speeds import metric_name, speed_log_sd, speed_ratio
from geo_data.roads.time_dependent import driving_s

SOME = 512  # destinations worked out at once
MOST_KNOWN = 50_000  # positions whose site is remembered
TO_SITE_MPS = 6.0  # along the straight line from a position to its site
MIDDLE, SCALE = (
    np.array([CENTRE.lon, CENTRE.lat]),
    np.array([M_PER_LON, M_PER_LAT]),
)  # as `geo_data.roads.plane`, at once
FREE_AT = datetime.fromisoformat("2026-11-24T04:00:00+08:00")  # any moment: its ratio is divided out


@dataclass(frozen=True, eq=False)
class SiteTimes:
    """A `dispatch.ports.TravelTimesTo` by table.

    Parameters
    ----------
    lon, lat : (n,) float64
        WGS-84 degrees of the sites.
    road_s : (n, n) float32
        Free-flow seconds on the road from row to column; inf where no road leads. May be mapped from a file.
    access_s : (n,) float64
        Seconds between each site and its road, whatever the hour.
    """

    lon: Floats
    lat: Floats
    road_s: npt.NDArray[np.float32]
    access_s: Floats

    def __call__(self, origins: Sequence[Position], destination: Position, now: datetime) -> TravelTimes:
        """Travel seconds of every origin when leaving at ``now``."""
        away_m, site = self._sites([*origins, destination])
        return self._times(away_m[:-1], site[:-1], away_m[-1], site[-1], now, self.road_s[site[:-1], site[-1]])

    def onward(self, origin: Position, destinations: Sequence[Position], now: datetime) -> TravelTimes:
        """Travel seconds to every destination when leaving at ``now``: a `dispatch.ports.TravelTimesFrom`."""
        away_m, site = self._sites([*destinations, origin])
        return self._times(away_m[:-1], site[:-1], away_m[-1], site[-1], now, self.road_s[site[-1], site[:-1]])

    def _times(
        self,
        away_m: Floats,
        sites: npt.NDArray[np.intp],
        other_away_m: float,
        other: int,
        now: datetime,
        road_s: npt.NDArray[np.float32],
    ) -> TravelTimes:
        aside_s = (away_m + other_away_m) / TO_SITE_MPS + self.access_s[sites] + self.access_s[other]
        seconds = driving_s(road_s.astype(np.float64), now) + aside_s
        return TravelTimes(seconds, f"{metric_name(now)}+sites", speed_log_sd(now))

    def _sites(self, positions: Sequence[Position]) -> tuple[Floats, npt.NDArray[np.intp]]:
        """Metres to the site nearest to each position, and which it is; looked up once for whoever stands still."""
        known = self._known
        if len(known) > MOST_KNOWN:
            known.clear()
        lonlat = [(p.lon, p.lat) for p in positions]
        if new := [at for at in lonlat if at not in known]:
            away_m, site = self._tree.query((np.array(new) - MIDDLE) * SCALE)
            known.update(zip(new, zip(away_m.tolist(), site.tolist(), strict=True), strict=True))
        found = [known[at] for at in lonlat]
        return np.array([away for away, _ in found]), np.array([site for _, site in found], dtype=np.intp)

    @cached_property
    def _known(self) -> dict[tuple[float, float], tuple[float, int]]:
        return {}

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree((np.column_stack([self.lon, self.lat]) - MIDDLE) * SCALE)


def site_times(router: Router, sites: Sequence[Position], folder: Path) -> SiteTimes:
    """Work the table out, or map it from ``folder`` when it is there already.

    Parameters
    ----------
    router : Router
        With its usual speeds.
    sites : sequence of Position
        At least one; those given twice are kept once.
    folder : Path
        Where tables are kept: 4 bytes for each pair of sites.
    """
    places = list(dict.fromkeys(sites))
    lon, lat = np.array([p.lon for p in places]), np.array([p.lat for p in places])
    mark = hashlib.sha256(router.network.fingerprint.encode() + lon.tobytes() + lat.tobytes()).hexdigest()[:16]
    path = folder / f"site-times-{mark}.npy"
    start = router.snap(places)
    access_s = start.offset_m / ACCESS_MPS
    if not path.exists():
        _write(path, _table(router, places, access_s))
    return SiteTimes(lon, lat, np.load(path, mmap_mode="r").view(np.ndarray), access_s)


def _table(router: Router, places: Sequence[Position], access_s: Floats) -> npt.NDArray[np.float32]:
    start = router.snap(places)
    found = np.empty((len(places), len(places)), dtype=np.float32)
    for begin in range(0, len(places), SOME):
        part = slice(begin, begin + SOME)
        columns = np.arange(len(places))[part]
        seconds = router.matrix(start, start.take(columns), FREE_AT) - access_s[:, None] - access_s[columns]
        found[:, part] = np.maximum(seconds, 0.0) * speed_ratio(FREE_AT)
    return found


def _write(path: Path, table: npt.NDArray[np.float32]) -> None:
    """Write a table so that it is there whole or not at all; two writers write the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid():x}.part")
    with part.open("wb") as file:
        np.save(file, table)
    part.replace(path)
