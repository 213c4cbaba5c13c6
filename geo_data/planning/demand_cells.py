"""Where help is needed, gathered into cells: fewer places than spots or incidents, so that models stay small."""

from dataclasses import dataclass

import h3.api.basic_int as h3
import numpy as np
import numpy.typing as npt

from dispatch.errors import InvalidInput
from dispatch.location import Position
from geo_data.roads.network import Floats

RESOLUTION = 7  # of H3: 5 km²
SHARE = 0.97  # of the demand lies in the cells that are kept; the rest is spread over three times as many


@dataclass(frozen=True, eq=False, slots=True)
class GatheredDemand:
    """Cells of demand, the heaviest first.

    Parameters
    ----------
    at : (c,) int64
        For each cell the row, of those given, that stands for it: its heaviest.
    position : list of Position
        Where that is.
    weight : (c,) float64
        Share of the demand kept; the sum is 1.
    kept_share : float
        Share of all demand that the cells hold.
    """

    at: npt.NDArray[np.int64]
    position: list[Position]
    weight: Floats
    kept_share: float


def demand_cells(
    lon: Floats, lat: Floats, weight: Floats, *, resolution: int = RESOLUTION, share: float = SHARE
) -> GatheredDemand:
    """Gather points into H3 cells.

    Parameters
    ----------
    lon, lat : (k,) float64
        WGS-84 degrees.
    weight : (k,) float64
        Above 0, in any unit.
    resolution : int
        Of the cells.
    share : float
        How much of the demand to keep at least; the lightest cells are left out.

    Raises
    ------
    InvalidInput
        When there is no point.
    """
    if len(weight) == 0:
        raise InvalidInput("没有案件可作为需求:换一个时段。(No demand to plan for: choose another period.)")
    cell = np.array([h3.latlng_to_cell(y, x, resolution) for x, y in zip(lon, lat, strict=True)])
    order = np.lexsort((-weight, cell))
    first = np.flatnonzero(np.diff(cell[order], prepend=0))
    held = np.add.reduceat(weight[order], first)
    held /= held.sum()
    heaviest = np.argsort(-held, kind="stable")
    enough = int(np.searchsorted(np.cumsum(held[heaviest]), share - 1e-12)) + 1
    kept = heaviest[:enough]
    at = order[first][kept]
    positions = [Position(float(lon[k]), float(lat[k])) for k in at]
    return GatheredDemand(at, positions, held[kept] / held[kept].sum(), float(held[kept].sum()))
