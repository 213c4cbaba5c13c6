"""How closely streets lie: a raster of the spacing between them, told by named places and by the drawn roads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.ndimage import gaussian_filter, minimum_filter
from shapely import LineString

from geo_data.builtin.places import Place
from geo_data.roads.plane import Points, to_plane

CELL_M = 100.0
EDGE_M = 4_000.0  # the raster reaches this far beyond the last road or place

# Kind of place: how much it says that people live around it, and how far (standard deviation, metres). Others, such as
# bridges and parks, say nothing.
REACH = {
    "town": (1.0, 1000.0),
    "metro_station": (0.7, 700.0),
    "village": (0.6, 600.0),
    "university": (0.5, 500.0),
    "hospital": (0.5, 600.0),
    "mall": (0.5, 600.0),
    "market": (0.5, 600.0),
    "school": (0.5, 600.0),
    "estate": (0.5, 600.0),
    "government": (0.5, 600.0),
}
ROAD_WEIGHT, ROAD_REACH_M = 0.28, 600.0  # per km of drawn road in a square kilometre
RIBBON_M, RIBBON_WEIGHT = 600.0, 0.3  # along an open road at least villages stand

# The most built-up square kilometres and the spacing of streets there, in metres. The city proper is about 1,400 km2
# (yearbook of urban construction, 2022); villages and lanes along the roads take twice as much again.
AREA_KM2 = (0.0, 150.0, 500.0, 1300.0, 2500.0, 4500.0)
SPACING_M = (190.0, 210.0, 240.0, 285.0, 340.0, 470.0)

WINDOWS_M = (0.0, 400.0, 1200.0, 3600.0)


@dataclass(frozen=True, eq=False)
class Spacing:
    """Metres between streets, cell by cell; infinite where there are none.

    Parameters
    ----------
    corner : (2,) float64
        South-western corner of the raster in metres (see `geo_data.roads.plane`).
    layers : tuple of (rows, columns) float32
        The closest spacing within half of each of `WINDOWS_M`.
    """

    corner: Points
    layers: tuple[npt.NDArray[np.float32], ...]

    def at(self, points: Points, size_m: npt.NDArray[np.float64] | None = None) -> npt.NDArray[np.float64]:
        """Spacing at (n, 2) points; with ``size_m`` the closest in an area that large around each."""
        rows, columns = self.layers[0].shape
        cell = ((points - self.corner) // CELL_M).astype(int)
        column, row = np.clip(cell[:, 0], 0, columns - 1), np.clip(cell[:, 1], 0, rows - 1)
        if size_m is None:
            return np.asarray(self.layers[0][row, column], dtype=float)
        which = np.searchsorted(np.array(WINDOWS_M[1:]), size_m / 2)
        return np.asarray(np.stack(self.layers)[which, row, column], dtype=float)


def street_spacing(places: Sequence[Place], roads: Sequence[LineString], empty: shapely.Geometry) -> Spacing:
    """Work out the spacing of streets.

    Parameters
    ----------
    places : sequence of Place
        What is built up lies around them.
    roads : sequence of LineString
        The open roads, in metres.
    empty : shapely.Geometry
        Hills and parks, without streets.
    """
    places = [place for place in places if place.kind in REACH]
    at = to_plane([p.position.lon for p in places], [p.position.lat for p in places])
    along = shapely.get_coordinates(shapely.segmentize(list(roads), CELL_M / 2))
    low, high = (f(np.vstack([at, along]), axis=0) for f in (np.min, np.max))
    corner = np.floor((low - EDGE_M) / CELL_M) * CELL_M
    shape = tuple(((high + EDGE_M - corner) // CELL_M).astype(int)[::-1])
    built = _around_places(places, at, corner, shape) + _along_roads(along, corner, shape)
    _clear(built, corner, empty)
    spacing = _by_rank(built)
    windows = (int(window // CELL_M) for window in WINDOWS_M[1:])
    return Spacing(corner, (spacing, *(minimum_filter(spacing, size=size + 1) for size in windows)))


def _around_places(
    places: Sequence[Place], at: Points, corner: Points, shape: tuple[int, ...]
) -> npt.NDArray[np.float64]:
    built = np.zeros(shape)
    reaches = np.array([REACH[place.kind] for place in places])
    for sigma in np.unique(reaches[:, 1]):
        of = reaches[:, 1] == sigma
        counts = _counted(at[of], corner, shape, reaches[of, 0])
        built += gaussian_filter(counts, sigma / CELL_M, truncate=3) * 2 * np.pi * (sigma / CELL_M) ** 2
    return built


def _along_roads(along: Points, corner: Points, shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    counts = _counted(along, corner, shape, np.full(len(along), CELL_M / 2 / 1e3))  # km of road in each cell
    km_per_km2 = gaussian_filter(counts, ROAD_REACH_M / CELL_M, truncate=3) * (1e3 / CELL_M) ** 2
    ribbon = minimum_filter(np.where(counts > 0, 0.0, 1.0), size=2 * int(RIBBON_M // CELL_M) + 1) == 0
    return np.asarray(ROAD_WEIGHT * km_per_km2 + np.where(ribbon, RIBBON_WEIGHT, 0.0))


def _counted(
    points: Points, corner: Points, shape: tuple[int, ...], weights: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    column, row = ((points - corner) // CELL_M).astype(int).T
    counts = np.bincount(row * shape[1] + column, weights, minlength=shape[0] * shape[1])
    return np.asarray(counts.reshape(shape), dtype=float)


def _clear(built: npt.NDArray[np.float64], corner: Points, empty: shapely.Geometry) -> None:
    rows, columns = np.nonzero(built > 0)
    shapely.prepare(empty)
    inside = shapely.contains_xy(empty, corner[0] + (columns + 0.5) * CELL_M, corner[1] + (rows + 0.5) * CELL_M)
    built[rows[inside], columns[inside]] = 0.0


def _by_rank(built: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Spacing by how many square kilometres are more built up, so that more named places do not mean more streets."""
    order = np.argsort(-built, axis=None, kind="stable")
    order = order[: int(AREA_KM2[-1] / (CELL_M / 1e3) ** 2)]
    order = order[built.ravel()[order] > 0]
    spacing = np.full(built.size, np.inf, dtype=np.float32)
    spacing[order] = np.interp(np.arange(len(order)) * (CELL_M / 1e3) ** 2, AREA_KM2, SPACING_M)
    return spacing.reshape(built.shape)
