"""Colours and widths of a city map, by the scale it is drawn at."""

from dataclasses import dataclass
from math import log2

import numpy as np

LAND = "#f6f3ec"
ABROAD = "#eceae4"
WATER = "#a8cfe6"
WATER_TEXT = "#2f6f9f"
GREEN = "#cfe3bb"
GREEN_TEXT = "#4b7a35"
BORDER = "#9a6b9e"
DISTRICT_TEXT = "#6d4a78"
TEXT = "#2b2b2b"
FAINT = "#8b8780"
HALO = "#ffffff"
STREET_FILL = "#ffffff"
MOTORWAY_SHIELD, NATIONAL_SHIELD, PROVINCIAL_SHIELD = SHIELDS = ("#1f7a4d", "#b3362b", "#c79a1c")


@dataclass(frozen=True, slots=True)
class RoadStyle:
    """How one class is drawn: colours, and width in points at steps of `SCALES`; 0 leaves it out."""

    key: str
    fill: str
    casing: str
    widths: tuple[float, ...]

    def width(self, m_per_pt: float) -> float:
        """Width in points at a scale, between the steps by the logarithm of the scale."""
        return float(np.interp(-log2(m_per_pt), [-log2(s) for s in SCALES], self.widths))


SCALES = (120.0, 64.0, 32.0, 16.0, 8.0, 4.0, 2.0)  # metres to a point

STYLES = (
    RoadStyle("motorway", "#ee8f4a", "#b85a1d", (1.4, 2.2, 3.0, 4.0, 5.5, 7.0, 10.0)),
    RoadStyle("trunk", "#f6b25b", "#b97a24", (1.1, 1.7, 2.5, 3.6, 5.0, 7.0, 10.0)),
    RoadStyle("primary", "#fbdc7c", "#b99a3c", (0.8, 1.25, 1.9, 3.0, 4.5, 6.5, 9.5)),
    RoadStyle("secondary", STREET_FILL, "#b3aa99", (0.35, 0.6, 1.0, 1.9, 3.2, 5.0, 8.0)),
    RoadStyle("tertiary", STREET_FILL, "#c3bbab", (0.25, 0.4, 0.7, 1.3, 2.4, 4.0, 7.0)),
    RoadStyle("street", STREET_FILL, "#cfc8ba", (0.18, 0.28, 0.5, 0.9, 1.6, 3.0, 5.5)),
)
RAMP_SHARE = 0.6  # of the width of its road
RIVER_FROM = 1.3  # points; a narrower river is widened to this
CASING = 1.1  # points that a casing adds to the width
CASED_FROM = 1.5  # points; a thinner road is one line in the colour of its casing


@dataclass(frozen=True, slots=True)
class Mark:
    """How a kind of place is marked: marker, colour, sizes in points, and the coarsest scale (m/pt) that shows it."""

    marker: str
    colour: str
    size: float
    text: float
    up_to_m_per_pt: float


MARKS = {
    "airport": Mark("*", "#5b57a6", 9, 12, 1000),
    "railway_station": Mark("s", "#8a3b3b", 5, 11, 130),
    "town": Mark("o", "#6b6b6b", 3.2, 9.5, 130),
    "port": Mark("D", "#2f6f9f", 4.2, 9.5, 12),
    "landmark": Mark("^", "#8a6d3b", 5, 10, 20),
    "university": Mark("p", "#3f7f6f", 5.5, 10, 20),
    "hospital": Mark("P", "#c23b3b", 5.5, 9.5, 18),
    "metro_station": Mark("o", "#2e6fb7", 4.5, 9.5, 18),
    "government": Mark("h", "#7a6a4f", 5, 10, 8),
    "mall": Mark("v", "#a3587f", 5, 10, 8),
    "market": Mark("v", "#a3587f", 5, 10, 5),
    "interchange": Mark("", "#8c5a2b", 0, 9.5, 12),
    "bridge": Mark("", "#4b5a6b", 0, 9.5, 14),
    "tunnel": Mark("", "#4b5a6b", 0, 9.5, 12),
    "bus_terminal": Mark("s", "#8a3b3b", 4.5, 10, 10),
}
