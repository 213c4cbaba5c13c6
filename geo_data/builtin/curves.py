"""Plane geometry of roads: smooth courses, parallel carriageways, parts of a line, ramps. Metres throughout."""

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString
from shapely.ops import substring

from geo_data.roads.plane import Points

SPACING_M = 150.0  # between the points of a smoothed bend
SHARP_DEG = 50.0  # a turn sharper than this is a street corner, kept as it is
FLAT_DEG = 4.0  # a turn flatter than this needs no smoothing


def smooth(points: Points) -> list[Points]:
    """Bend a polyline gently through its points.

    Centripetal Catmull-Rom (Yuksel, Schaefer and Keyser, 2011), which neither loops nor overshoots; street corners
    stay corners.

    Parameters
    ----------
    points : (n, 2) array

    Returns
    -------
    list of arrays
        For each of the n-1 spans the points from its start (included) to its end (excluded).
    """
    turns = np.concatenate([[0.0], _turns_deg(points), [0.0]])
    bends = (turns > FLAT_DEG) & (turns < SHARP_DEG)
    return [_span(points, i, bends) for i in range(len(points) - 1)]


def _turns_deg(points: Points) -> Points:
    step = np.diff(points, axis=0)
    heading = np.degrees(np.arctan2(step[:, 1], step[:, 0]))
    return np.asarray(np.abs((np.diff(heading) + 180) % 360 - 180))


def _span(points: Points, i: int, bends: npt.NDArray[np.bool_]) -> Points:
    start, end = points[i], points[i + 1]
    count = int(np.linalg.norm(end - start) // SPACING_M)
    if count < 1 or not (bends[i] or bends[i + 1]):
        return np.asarray(start[None, :])
    before = points[i - 1] if bends[i] else 2 * start - end
    after = points[i + 2] if bends[i + 1] else 2 * end - start
    return _catmull_rom(np.stack([before, start, end, after]), np.linspace(0, 1, count + 1, endpoint=False))


def _catmull_rom(p: Points, share: Points) -> Points:
    knot = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(p, axis=0), axis=1) ** 0.5)])
    t = (knot[1] + share * (knot[2] - knot[1]))[:, None]
    a = [_between(p[k], p[k + 1], knot[k], knot[k + 1], t) for k in range(3)]
    b = [_between(a[k], a[k + 1], knot[k], knot[k + 2], t) for k in range(2)]
    return _between(b[0], b[1], knot[1], knot[2], t)


def _between(low: Points, high: Points, at_low: float, at_high: float, t: Points) -> Points:
    return ((at_high - t) * low + (t - at_low) * high) / (at_high - at_low)


def part(line: LineString, start_m: float, end_m: float) -> Points:
    """Points of ``line`` between two distances along it, both ends included; backwards when the end comes first."""
    return np.asarray(substring(line, start_m, end_m).coords)


def shifted_right(points: Points, by_m: float) -> Points:
    """Move a polyline to the right of its direction, each point along the mean normal of its two spans."""
    step = np.diff(points, axis=0)
    unit = step / np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9)
    along = np.concatenate([unit[:1], unit[:-1] + unit[1:], unit[-1:]])
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    return points + by_m * np.column_stack([along[:, 1], -along[:, 0]])


def ramp(start: Points, leaving: Points, end: Points, arriving: Points) -> Points:
    """Cubic Bézier from ``start`` (direction ``leaving``) to ``end`` (direction ``arriving``); zero means any."""
    reach = 0.4 * float(np.linalg.norm(end - start))
    corners = np.stack([start, start + reach * leaving, end - reach * arriving, end])
    t = np.linspace(0, 1, 7)[:, None]
    weights = np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])
    return np.asarray(weights @ corners)


def heading(line: LineString, at_m: float) -> Points:
    """Unit direction of ``line`` near a distance along it."""
    low, high = max(0.0, at_m - 20), min(line.length, at_m + 20)
    step = shapely.get_coordinates([line.interpolate(low), line.interpolate(high)])
    return np.asarray((step[1] - step[0]) / max(float(np.linalg.norm(step[1] - step[0])), 1e-9))
