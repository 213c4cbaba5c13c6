"""The shape of any accidents, real or simulated: how much their counts scatter in time, how uneven they lie in space."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from geo_data.roads.plane import M_PER_LAT

CELL_M = 500.0
TOP = 0.05  # of the cells that have any


@dataclass(frozen=True, slots=True)
class Scatter:
    """Scatter of counts beyond chance, against the mean count of the same weekday (and hour).

    Parameters
    ----------
    day, hour : float
        Variance of the rate over its squared mean, with the Poisson part taken off.
    index : float
        Variance over mean of hourly counts; 1 for a Poisson process.
    """

    day: float
    hour: float
    index: float


@dataclass(frozen=True, slots=True)
class Unevenness:
    """Counts in square cells of 500 m.

    Parameters
    ----------
    cells : int
        Cells with one or more.
    top_share : float
        Share of all that the busiest 5 % of those cells hold.
    index : float
        Variance over mean of their counts.
    """

    cells: int
    top_share: float
    index: float


def scatter(times: Sequence[datetime]) -> Scatter:
    """Scatter of aware or local times over whole days, from the first to the last.

    Parameters
    ----------
    times : sequence of datetime
        At least some weeks of them, so that each weekday has several days.
    """
    first = min(at.date() for at in times)
    n_days = (max(at.date() for at in times) - first).days + 1
    counts = np.zeros((n_days, 24))
    for at in times:
        counts[(at.date() - first).days, at.hour] += 1
    weekday = np.array([(first + timedelta(days=n)).weekday() for n in range(n_days)])
    day, _ = _beyond_chance(counts.sum(axis=1)[:, None], weekday)
    hour, index = _beyond_chance(counts, weekday)
    return Scatter(day, hour, index)


def _beyond_chance(counts: npt.NDArray[np.float64], weekday: npt.NDArray[np.int_]) -> tuple[float, float]:
    """Extra relative variance by moments, and the dispersion index, of columns of counts within each weekday."""
    extra = squares = pearson = 0.0
    freedom = 0
    for day in np.unique(weekday):
        part = counts[weekday == day]
        mean, variance = part.mean(axis=0), part.var(axis=0, ddof=1)
        seen = mean > 0
        extra += float((variance - mean)[seen].sum())
        squares += float((mean**2)[seen].sum())
        pearson += float((variance[seen] / mean[seen]).sum() * (len(part) - 1))
        freedom += int(seen.sum()) * (len(part) - 1)
    return extra / squares, pearson / freedom


def unevenness(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Unevenness:
    """Unevenness of points, (n,) WGS-84 degrees each, at least one, anywhere in the world."""
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    east = lon * M_PER_LAT * np.cos(np.radians(lat.mean())) // CELL_M
    _, counts = np.unique(np.stack([east, lat * M_PER_LAT // CELL_M]), axis=1, return_counts=True)
    busiest = np.sort(counts)[::-1][: max(1, round(TOP * len(counts)))]
    index = counts.var(ddof=1) / counts.mean() if len(counts) > 1 else 0.0
    return Unevenness(len(counts), float(busiest.sum() / counts.sum()), float(index))
