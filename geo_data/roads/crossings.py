"""Named crossings of roads, and which of them an accident happened at."""

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from geo_data.roads.network import Network
from geo_data.roads.plane import to_plane

WITHIN_M = 120.0  # a wide crossing with its approaches
ROADS = 2  # of different names, or it is no crossing
SURE_M = 200.0  # a place less certain than this is put to no crossing


class Crossings:
    """The crossings of a network's named roads.

    Parameters
    ----------
    network : Network
    """

    def __init__(self, network: Network) -> None:
        names = _names(network)
        self._names = list(names.values())
        at = np.array(list(names), dtype=np.int64)
        points = to_plane(network.node_lon[at], network.node_lat[at]) if len(at) else np.zeros((0, 2))
        self._tree = cKDTree(points)

    def of(
        self, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], uncertainty_m: npt.NDArray[np.float64]
    ) -> list[str | None]:
        """Name of the crossing each place lies at, e.g. ``猎德大道 × 黄埔大道西``.

        Parameters
        ----------
        lon, lat, uncertainty_m : (n,) float64
            NaN where unknown.

        Returns
        -------
        list of str or None
            None beyond `WITHIN_M` of any, and for a place that is not known to `SURE_M`.
        """
        found: list[str | None] = [None] * len(lon)
        sure = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat) & (uncertainty_m <= SURE_M))
        if len(sure) == 0 or not self._names:
            return found
        _, nearest = self._tree.query(to_plane(lon[sure], lat[sure]), distance_upper_bound=WITHIN_M)
        for row, at in zip(sure.tolist(), nearest.tolist(), strict=True):
            found[row] = self._names[at] if at < len(self._names) else None
        return found


def _names(network: Network) -> dict[int, str]:
    """Name of each node at which roads of different names meet; the arms of a wide crossing share theirs."""
    meeting: dict[int, set[int]] = {}
    named = np.flatnonzero(network.name >= 0)
    for edge in named.tolist():
        for node in (network.tail[edge], network.head[edge]):
            meeting.setdefault(int(network.node_origin[node]), set()).add(int(network.name[edge]))
    return {
        node: " × ".join(sorted(network.names[name] for name in found)[:3])
        for node, found in meeting.items()
        if len(found) >= ROADS
    }
