"""Which area each incident lies in: an H3 cell or a district, and what those look like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import h3.api.basic_int as h3_int
import h3.api.basic_str as h3
import numpy as np
import polars as pl

from dispatch.errors import InvalidInput

RESOLUTIONS = (6, 7, 8, 9)  # of H3 cells: 36, 5.2, 0.74 and 0.11 km²
ENOUGH, MOST = 20, 0.8  # a resolution is fine enough while this share of incidents lies in cells with this many
GeoJson = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Areas:
    """How the ground is divided.

    Parameters
    ----------
    by : {"h3", "district"}
    resolution : int or None
        Of the cells; None for districts.
    shapes : mapping
        GeoJSON geometry of each district by name; cells need none.
    """

    by: Literal["h3", "district"]
    resolution: int | None = None
    shapes: Mapping[str, GeoJson] | None = None

    def __post_init__(self) -> None:
        if self.by == "h3" and self.resolution not in RESOLUTIONS:
            raise InvalidInput(f"H3 分辨率 {self.resolution}:请用 6 至 9。(H3 resolution: use 6 to 9.)")

    def geometry(self, area: str) -> GeoJson:
        """GeoJSON geometry of an area, WGS-84."""
        if self.shapes is not None:
            return self.shapes[area]
        ring = [[round(lon, 5), round(lat, 5)] for lat, lon in h3.cell_to_boundary(area)]
        return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}

    def label(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Add the column ``area`` to a table: null where the place, or the district, is unknown."""
        if self.by == "district":
            known = list(self.shapes or ())
            return rows.with_columns(pl.when(pl.col("district").is_in(known)).then(pl.col("district")).alias("area"))
        return rows.with_columns(pl.Series("area", cells(rows, self.resolution or RESOLUTIONS[0]), dtype=pl.String))


def cells(rows: pl.DataFrame, resolution: int) -> list[str | None]:
    """H3 cell of each incident; None where it has no place."""
    places = zip(rows["lat"].to_list(), rows["lon"].to_list(), strict=True)
    return [None if lat is None or lon is None else h3.latlng_to_cell(lat, lon, resolution) for lat, lon in places]


def best_resolution(rows: pl.DataFrame) -> int:
    """The finest resolution at which four of five incidents lie in cells with `ENOUGH`, else the coarsest.

    It is found on the finest cells and their parents, which is near enough for a choice.
    """
    places = rows.select("lat", "lon").drop_nulls().iter_rows()
    finest = np.array([h3_int.latlng_to_cell(lat, lon, RESOLUTIONS[-1]) for lat, lon in places], dtype=np.uint64)
    each, counts = np.unique(finest, return_counts=True)
    for resolution in RESOLUTIONS[:0:-1]:
        parents = np.array([h3_int.cell_to_parent(cell, resolution) for cell in each.tolist()], dtype=np.uint64)
        _, row = np.unique(parents, return_inverse=True)
        held = np.bincount(row, weights=counts)
        if len(finest) > 0 and held[held >= ENOUGH].sum() >= MOST * len(finest):
            return resolution
    return RESOLUTIONS[0]


def district_shapes(names: Sequence[str], geometries: Sequence[Any]) -> dict[str, GeoJson]:
    """GeoJSON of districts from shapely polygons, by name, rounded to about a metre."""
    return {name: _rounded(shape.__geo_interface__) for name, shape in zip(names, geometries, strict=True)}


def _rounded(geometry: GeoJson) -> GeoJson:
    def smaller(part: Any) -> Any:
        return [round(part[0], 5), round(part[1], 5)] if isinstance(part[0], float) else [smaller(p) for p in part]

    return {"type": geometry["type"], "coordinates": smaller(geometry["coordinates"])}
