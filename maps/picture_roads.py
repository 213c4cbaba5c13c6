"""Roads of a picture, drawn by class: lesser ones first, each with a casing, tunnels pale."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.path import Path

from maps.picture_scene import Roads, View
from maps.picture_style import CASED_FROM, CASING, RAMP_SHARE, STREET_FILL, STYLES, RoadStyle

FINEST_PT = 0.3  # bends smaller than this cannot be seen
DIGITS = 2  # of a point; more would only lengthen the file
LINES_TO_A_PATH = 500


def road_lines(roads: Roads, view: View) -> Any:
    """Lines of all roads in points of the picture; None where a road does not touch it."""
    points = view.points(np.column_stack([roads.lon, roads.lat]))
    lines: Any = shapely.linestrings(
        points.round(DIGITS), indices=np.repeat(np.arange(len(roads.first) - 1), np.diff(roads.first))
    )
    x0, y0, x1, y1 = shapely.bounds(lines).T
    seen = (x1 > 0) & (x0 < view.across) & (y1 > 0) & (y0 < view.down)
    lines[~seen] = None
    lines[seen] = shapely.simplify(lines[seen], FINEST_PT, preserve_topology=False)
    return lines


def draw_roads(axes: Axes, roads: Roads, lines: Any, view: View) -> None:
    """Lesser roads first; of each class the casing lies under all fills of its group, so that crossings stay open."""
    seen = np.array([line is not None for line in lines])
    rank = np.minimum(roads.rank, len(STYLES) - 1)
    for group, members in enumerate(((5, 4), (3, 2), (1, 0))):
        for layer in ("casing", "fill"):
            for place in members:
                for ramp, tunnel in ((True, False), (False, True), (False, False)):
                    chosen = lines[seen & (rank == place) & (roads.ramp == ramp) & (ramp | (roads.tunnel == tunnel))]
                    kind = Kind(STYLES[place], view.m_per_pt, ramp=ramp, tunnel=tunnel)
                    _draw_lines(axes, chosen, kind, layer, zorder=6 + group)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of road at one scale."""

    style: RoadStyle
    m_per_pt: float
    ramp: bool
    tunnel: bool

    @property
    def width(self) -> float:
        """Width in points, without casing."""
        return self.style.width(self.m_per_pt) * (RAMP_SHARE if self.ramp else 1)

    @property
    def cased(self) -> bool:
        """Whether it is broad enough for edges of its own."""
        return self.width >= CASED_FROM

    def look(self, layer: str) -> dict[str, Any]:
        """Line properties of a layer; a thin pale road takes the colour of its casing, or it would not be seen."""
        colour = self.style.casing if layer == "casing" else self.style.fill
        if not self.cased:
            colour = self.style.casing if colour == STREET_FILL else _between(colour, self.style.casing, 0.3)
        if not self.tunnel or not self.cased:
            width = self.width + (CASING if layer == "casing" else 0)
            return {"edgecolors": [colour], "linewidths": width, "capstyle": "round", "joinstyle": "round"}
        if layer == "casing":
            return {"edgecolors": [colour], "linewidths": self.width + CASING, "linestyles": [(0, (1.0, 0.7))]}
        return {"edgecolors": [_between(colour, STREET_FILL, 0.45)], "linewidths": self.width, "capstyle": "butt"}


def _draw_lines(axes: Axes, lines: Any, kind: Kind, layer: str, *, zorder: float) -> None:
    if not len(lines) or (layer == "casing" and not kind.cased):
        return
    some = [lines[at : at + LINES_TO_A_PATH] for at in range(0, len(lines), LINES_TO_A_PATH)]
    axes.add_collection(
        PathCollection([_one_path(part) for part in some], facecolors="none", zorder=zorder, **kind.look(layer))
    )


def _one_path(lines: Any) -> Path:
    """Many lines as one path: some hundred times fewer objects."""
    points, index = shapely.get_coordinates(lines, return_index=True)
    codes = np.full(len(points), Path.LINETO, dtype=Path.code_type)
    codes[np.flatnonzero(np.diff(index, prepend=-1))] = Path.MOVETO
    return Path(points, codes)


def _between(a: str, b: str, share: float) -> str:
    """Mix two colours, with ``share`` of the second."""
    return to_hex(tuple(np.array(to_rgb(a)) * (1 - share) + np.array(to_rgb(b)) * share))
