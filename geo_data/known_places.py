"""Places of units remembered: a fleet mostly stands where it stood, and a look-up costs twenty times a search."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np

from dispatch.location import Position
from geo_data.roads.routing import Router
from geo_data.roads.snapping import Snapped

MOST_REMEMBERED = 20_000  # positions of one router
Row = tuple[int, int, float, float]


class KnownPlaces:
    """What `Router.snap` found before; threads may share it. Each router, and so each state of the roads, has its own."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Router, dict[Position, Row]] = WeakKeyDictionary()

    def snap(self, router: Router, positions: Sequence[Position]) -> Snapped:
        """As `Router.snap`, looking up only positions that were not asked for before."""
        known = self._known.setdefault(router, {})
        if len(known) > MOST_REMEMBERED:
            known = self._known[router] = {}
        rows = [known.get(p) for p in positions]
        if None in rows:
            new = list(dict.fromkeys(p for p, row in zip(positions, rows, strict=True) if row is None))
            found = router.snap(new)
            columns = (found.edge.tolist(), found.twin.tolist(), found.fraction.tolist(), found.offset_m.tolist())
            looked_up = dict(zip(new, zip(*columns, strict=True), strict=True))
            known.update(looked_up)
            rows = [row or looked_up[p] for p, row in zip(positions, rows, strict=True)]
        table = np.array(rows, dtype=np.float64).reshape(-1, 4)
        edge, twin = table[:, 0].astype(np.int32), table[:, 1].astype(np.int32)  # exact: edges are far below 2^53
        return Snapped(edge, twin, np.ascontiguousarray(table[:, 2]), np.ascontiguousarray(table[:, 3]))
