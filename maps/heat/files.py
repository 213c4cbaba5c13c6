"""A layer or a table as a file: GeoPackage, GeoParquet, CSV; each line tells what it rests on."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import geopandas as gpd
import pandas as pd
import pyogrio
from shapely.geometry import shape

Form = Literal["gpkg", "parquet", "csv"]
MEDIA = {
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv; charset=utf-8",
    "png": "image/png",
}
PARTS = ("value", "low", "high", "n", "n_earlier")


def flat(properties: Mapping[str, Any], measures: Sequence[str]) -> dict[str, Any]:
    """Lay properties out in columns: ``kept``, ``kept_low``, ``kept_high``, ``kept_n``; seconds and shares as they are."""
    plain: dict[str, Any] = {}
    for name, value in properties.items():
        if name not in measures:
            plain[name] = value
            continue
        parts = value or [None] * len(PARTS)
        plain |= {name if part == "value" else f"{name}_{part}": x for part, x in zip(PARTS, parts, strict=False)}
    return plain


def frame(layer: Mapping[str, Any]) -> Any:
    """A layer as a GeoDataFrame in WGS-84, with what it rests on in columns of the same name for every line."""
    measures = [measure["key"] for measure in layer["measures"]]
    lines = [flat(one["properties"], measures) for one in layer["features"]]
    table = pd.DataFrame(lines).assign(**about(layer))
    shapes = [shape(one["geometry"]) for one in layer["features"]]
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs="EPSG:4326"), crs="EPSG:4326")


def about(document: Mapping[str, Any]) -> dict[str, Any]:
    """Provenance as columns; that of the earlier period of a comparison begins with ``earlier_``."""
    own = {f"source_{key}": value for key, value in document["provenance"].items()}
    return own | {f"earlier_{key}": value for key, value in document.get("earlier", {}).items()}


def layer_file(layer: Mapping[str, Any], form: Form) -> bytes:
    """Write a layer.

    Parameters
    ----------
    layer : mapping
        See `maps.heat.layer.layer`.
    form : {"gpkg", "parquet", "csv"}
        A GeoPackage has a second table ``provenance``. CSV is UTF-8 with a mark, so that Excel reads the Chinese, and has the
        middle of each area instead of its shape.
    """
    whole = frame(layer)
    if form == "csv":
        middle = whole.geometry.representative_point()
        return _csv(pd.DataFrame(whole.drop(columns="geometry")).assign(lon=middle.x.round(6), lat=middle.y.round(6)))
    if form == "parquet":
        out = BytesIO()
        whole.to_parquet(out, index=False)
        return out.getvalue()
    return _geopackage(whole, pd.DataFrame([about(layer)]))


def table_file(document: Mapping[str, Any]) -> bytes:
    """Write a table of `maps.heat.frequent` as CSV."""
    lines = [flat(line, ("monthly", "kept", "p50")) for line in document["lines"]]
    return _csv(pd.DataFrame(lines).assign(**about(document)))


def _csv(table: pd.DataFrame) -> bytes:
    safe = table.map(lambda v: f"'{v}" if isinstance(v, str) and v[:1] in "=+-@" and v else v)  # no formula for Excel
    return safe.to_csv(index=False).encode("utf-8-sig")


def _geopackage(whole: Any, provenance: pd.DataFrame) -> bytes:
    """GDAL writes GeoPackages to files only."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "heat.gpkg"
        kind = "Polygon" if whole.empty else None
        pyogrio.write_dataframe(whole, path, layer="areas", driver="GPKG", geometry_type=kind)
        pyogrio.write_dataframe(provenance, path, layer="provenance", driver="GPKG", append=True)
        return path.read_bytes()
