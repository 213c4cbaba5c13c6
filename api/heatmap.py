"""The heatmap of response times as a page."""

from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd

from api.building import heatmap_background
from geo_data.districts import district_polygons
from geo_data.network import Network
from maps.folium_local import content_policy, heatmap_page
from maps.heatmaps import heatmap

RESOLUTION = 7  # H3 cells of about 5 km²: with a day's incidents, smaller ones are too thin to be coloured


def page(
    rows: Sequence[dict[str, Any]], network: Network, *, cells: Literal["h3", "district"], period: str, nonce: str
) -> tuple[str, str]:
    """Draw the rows of `api.records.placed`; returns the page and the content policy to send with it."""
    chart = heatmap(
        pd.DataFrame(rows),
        district_polygons().rename(columns={"name": "district"}),
        by=cells,
        resolution=RESOLUTION,
        background=heatmap_background(network),
        period=period,
    )
    return heatmap_page(chart, nonce), content_policy(nonce)
