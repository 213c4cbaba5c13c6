"""Folium without the outside: maps whose every script and style comes from this service.

Folium points to public delivery networks by default. `LocalMap` loads Leaflet from ``/vendor/leaflet`` and leaves out
jQuery, Bootstrap, Font Awesome and the marker plug-ins, so `folium.Popup`, `folium.Marker` with an ``Icon`` and
``GeoJson(embed=False)`` do not work on it; tooltips, layers and layer control do.
"""

import re
from typing import Any

import folium

from dispatch.errors import InvalidInput

LEAFLET_FILES = (
    "leaflet.js",
    "leaflet.css",
    "images/layers.png",
    "images/layers-2x.png",
    "images/marker-icon.png",
    "images/marker-icon-2x.png",
    "images/marker-shadow.png",
)
"""What must be served from the ``dist`` folder of the npm package leaflet 1.9."""

_SCRIPT_TAG = re.compile(r"<script(?=[\s>])(?![^>]*\bnonce=)", re.IGNORECASE)
_OUTSIDE = re.compile(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)\s*=\s*[\"']?(?:https?:)?//[^\"'\s>]+", re.I)
_NONCE = re.compile(r"[A-Za-z0-9+/_=-]{16,}")


class LocalMap(folium.Map):
    """A `folium.Map` that asks nobody outside; starts without tiles.

    Parameters
    ----------
    vendor : str
        Address under which the npm packages are served.
    **options
        As `folium.Map` takes them.
    """

    def __init__(self, *, vendor: str = "/vendor", **options: Any) -> None:
        options.setdefault("tiles", None)
        super().__init__(**options)
        self.default_js = [("leaflet", f"{vendor}/leaflet/leaflet.js")]
        self.default_css = [("leaflet_css", f"{vendor}/leaflet/leaflet.css")]


def heatmap_page(chart: folium.Map, nonce: str) -> str:
    """Render a map as a document of its own that runs under a strict content policy.

    Parameters
    ----------
    chart : folium.Map
    nonce : str
        At least 16 characters of base64; fresh for each response and repeated in its `content_policy`.

    Returns
    -------
    str
        HTML whose scripts all carry the nonce.

    Raises
    ------
    InvalidInput
        For a nonce that is none, or a map that loads something from outside.
    """
    if not _NONCE.fullmatch(nonce):
        raise InvalidInput("A nonce is at least 16 characters of base64, fresh for each response.")
    html: str = chart.get_root().render()
    outside = _OUTSIDE.search(html)
    if outside:
        raise InvalidInput(f"The map would load from outside: {outside.group()}. Use LocalMap and its layers only.")
    html = html.replace("<html>", '<html lang="zh-CN">', 1)
    return _SCRIPT_TAG.sub(f'<script nonce="{nonce}"', html)


def content_policy(nonce: str) -> str:
    """Content-Security-Policy under which a `heatmap_page` runs; only our own pages may frame it."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
