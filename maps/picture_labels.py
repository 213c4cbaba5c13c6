"""Finding room for names: greedy, the most important first, none over another; letters follow the line they name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import atan2, ceil, degrees, hypot
from typing import Any

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from maps.picture_fonts import is_chinese
from maps.picture_scene import Floats

CELL_PT = 64
STEEPEST = 48.0  # degrees; on a steeper line Chinese runs from top to bottom
SHARPEST = 28.0  # degrees between neighbouring letters
ADVANCE = 1.12  # letters stand this many sizes apart along a line

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Lettering:
    """Text in one look: its size and colours, and the outlines of all letters placed so far, in points."""

    size: float
    colour: str
    halo: str
    halo_pt: float = 2.2
    outlines: list[Path] = field(default_factory=list)


class Sheet:
    """A sheet of paper that remembers where something stands already."""

    def __init__(self, width: float, height: float, font: FontProperties) -> None:
        self.width, self.height = width, height
        self._font = font
        self._cells: dict[tuple[int, int], list[Box]] = {}
        self._letters: dict[tuple[str, float], Path] = {}

    def is_free(self, boxes: Sequence[Box]) -> bool:
        """Whether all boxes lie on the sheet and on nothing else."""
        return all(self._inside(box) and not any(_overlap(box, other) for other in self._near(box)) for box in boxes)

    def take(self, boxes: Sequence[Box]) -> None:
        """Keep the boxes for what is drawn there."""
        for box in boxes:
            for cell in _cells(box):
                self._cells.setdefault(cell, []).append(box)

    def measure(self, text: str, size: float) -> tuple[float, float]:
        """Width of a text and height of its letters, in points."""
        left, right = _sides(self.outline(text, size))
        return right - left, size * (0.95 if is_chinese(text) else 0.75)

    def outline(self, text: str, size: float) -> Path:
        """Outline of a text about its own middle, y down."""
        if (text, size) not in self._letters:
            plain = text.replace("$", r"\$")  # or it would be read as a formula
            path = (
                TextPath((0, 0), plain, size=size, prop=self._font)
                if text.strip()
                else Path(np.zeros((1, 2)), [Path.MOVETO])
            )
            middle = size * (0.38 if is_chinese(text) else 0.36)
            to_middle = Affine2D().translate(-sum(_sides(path)) / 2, -middle).scale(1, -1)
            self._letters[text, size] = to_middle.transform_path(path)
        return self._letters[text, size]

    def write(self, look: Lettering, text: str, x: float, y: float, *, pad: float = 1.5, angle: float = 0.0) -> bool:
        """Write a text about a point, if there is room."""
        width, height = self.measure(text, look.size)
        boxes = _slanted(x, y, width + 2 * pad, height + 2 * pad, angle)
        if not self.is_free(boxes):
            return False
        self.take(boxes)
        look.outlines.append(Affine2D().rotate_deg(angle).translate(x, y).transform_path(self.outline(text, look.size)))
        return True

    def write_along(self, look: Lettering, text: str, line: Floats, *, advance: float = ADVANCE) -> bool:
        """Write a text along a line of (n, 2) points, near its middle first, if there is room anywhere."""
        track = Track(line)
        step = look.size * advance
        needed = self.measure(text, look.size)[0] if not is_chinese(text) else step * len(text)
        spare = track.length - needed
        if spare < 0 or not text.strip():
            return False
        tries = min(9, 1 + ceil(spare / needed))
        offsets = sorted(np.linspace(0, spare, tries), key=lambda at: abs(at - spare / 2))
        return any(self._write_at(look, text, track, at, step, needed) for at in offsets)

    def _write_at(self, look: Lettering, text: str, track: "Track", at: float, step: float, needed: float) -> bool:
        if not is_chinese(text):
            (x, y), angle, bend = track.chord(at, at + needed)
            return bend < 0.02 and self.write(look, text, x, y, angle=_upright(angle))
        stands = [track.stand(at + (i + 0.5) * step, step) for i in range(len(text))]
        angles = np.array([angle for _, angle in stands])
        if len(text) > 1 and np.abs(_turn(np.diff(angles))).max() > SHARPEST:
            return False
        (x0, y0), (x1, y1) = stands[0][0], stands[-1][0]
        steep = abs(degrees(atan2(y1 - y0, x1 - x0))) % 180
        vertical = STEEPEST < steep < 180 - STEEPEST
        if (y1 < y0) if vertical else (x1 < x0):
            stands = stands[::-1]
        boxes = [_square(x, y, look.size * 1.04) for (x, y), _ in stands]
        if not self.is_free(boxes):
            return False
        self.take(boxes)
        for letter, ((x, y), angle) in zip(text, stands, strict=True):
            turned = _upright(angle - 90 if vertical else angle)
            place = Affine2D().rotate_deg(turned).translate(x, y)
            look.outlines.append(place.transform_path(self.outline(letter, look.size)))
        return True

    def _inside(self, box: Box) -> bool:
        return box[0] >= 2 and box[1] >= 2 and box[2] <= self.width - 2 and box[3] <= self.height - 2

    def _near(self, box: Box) -> list[Box]:
        return [other for cell in _cells(box) for other in self._cells.get(cell, ())]


class Track:
    """A line one can walk along."""

    def __init__(self, line: Floats) -> None:
        self.line = line
        self.at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        self.length = float(self.at[-1])

    def point(self, at: float) -> tuple[float, float]:
        """Point after so many points."""
        return float(np.interp(at, self.at, self.line[:, 0])), float(np.interp(at, self.at, self.line[:, 1]))

    def stand(self, at: float, reach: float) -> tuple[tuple[float, float], float]:
        """Point after so many points, and the direction around it in degrees."""
        (x0, y0), (x1, y1) = self.point(at - reach), self.point(at + reach)
        return self.point(at), degrees(atan2(y1 - y0, x1 - x0))

    def chord(self, begin: float, end: float) -> tuple[tuple[float, float], float, float]:
        """Middle and direction of a stretch, and by what share it is longer than straight."""
        (x0, y0), (x1, y1) = self.point(begin), self.point(end)
        straight = max(hypot(x1 - x0, y1 - y0), 1e-6)
        return ((x0 + x1) / 2, (y0 + y1) / 2), degrees(atan2(y1 - y0, x1 - x0)), (end - begin) / straight - 1


def beside(x: float, y: float, width: float, height: float, gap: float) -> list[tuple[float, float]]:
    """Where a text of that size may stand beside a point: right, left, above, below, then the corners."""
    across, up = gap + width / 2, gap + height / 2
    near = [(across, 0.0), (-across, 0.0), (0.0, -up), (0.0, up)]
    near += [(across * 0.9, -up * 0.8), (across * 0.9, up * 0.8), (-across * 0.9, -up * 0.8), (-across * 0.9, up * 0.8)]
    return [(x + dx, y + dy) for dx, dy in near]


def _sides(outline: Path) -> tuple[float, float]:
    """Left and right end, by the control points: near enough, and much quicker than the exact extent."""
    across = np.asarray(outline.vertices)[np.asarray(outline.codes) != Path.CLOSEPOLY, 0]
    return (float(across.min()), float(across.max())) if len(across) else (0.0, 0.0)


def _upright(angle: Any) -> float:
    return float((angle + 90) % 180 - 90)


def _turn(angle: Any) -> Any:
    return (angle + 180) % 360 - 180


def _square(x: float, y: float, side: float) -> Box:
    return (x - side / 2, y - side / 2, x + side / 2, y + side / 2)


def _slanted(x: float, y: float, width: float, height: float, angle: float) -> list[Box]:
    """Boxes that cover a slanted rectangle."""
    if abs(angle) < 4:
        return [(x - width / 2, y - height / 2, x + width / 2, y + height / 2)]
    turn = np.radians(angle)
    steps = np.linspace(-width / 2 + height / 2, width / 2 - height / 2, max(2, ceil(width / height)))
    return [_square(x + s * float(np.cos(turn)), y + s * float(np.sin(turn)), height) for s in steps]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _cells(box: Box) -> list[tuple[int, int]]:
    x0, y0, x1, y1 = (int(edge // CELL_PT) for edge in box)
    return [(x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]
