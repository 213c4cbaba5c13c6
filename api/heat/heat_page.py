"""The heatmap of response times as a page of its own, by folium."""

from typing import Literal

import polars as pl

from api.building import heatmap_background
from geo_data.districts import district_polygons
from geo_data.roads.network import Network
from maps.folium_local import content_policy, heatmap_page
from maps.heat.areas import best_resolution
from maps.heat.selection import Selection
from maps.heatmaps import heatmap


def page(
    rows: pl.DataFrame,
    network: Network,
    asked: Selection,
    *,
    cells: Literal["h3", "district"],
    resolution: int | None,
    nonce: str,
) -> tuple[str, str]:
    """Draw rows of `geo_data.stores.judged_store`; returns the page and the content policy to send with it."""
    counted = rows.filter(~pl.col("merged"))
    chart = heatmap(
        counted.to_pandas(),
        district_polygons().rename(columns={"name": "district"}),
        by=cells,
        resolution=best_resolution(counted) if resolution is None else resolution,
        background=heatmap_background(network),
        period=f"{asked.since} 至 {asked.until} · {asked.words}",
    )
    return heatmap_page(chart, nonce), content_policy(nonce)
