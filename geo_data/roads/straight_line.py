"""Travel times while there is no road network: straight lines, stretched and driven at a stated pace, and called that.

Measured on the built-in network by ``python -m tools.measure_detour``: the road is longer than the line by `DETOUR` and is
driven at `SPEED_KPH` on average; see docs/degraded.md. Neither hour nor traffic is known, so no spread is stated.
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from dispatch.location import Position, distance_m
from dispatch.ports import STRAIGHT_LINE, TravelTable, TravelTimes
from geo_data.roads.network import Floats

DETOUR = 1.6
SPEED_KPH = 40.0


class StraightLineTimes:
    """A `dispatch.ports.TravelTimesTo`, with `between` and `onward` for the other two."""

    def __call__(self, origins: Sequence[Position], destination: Position, now: datetime) -> TravelTimes:  # noqa: ARG002
        """Seconds of every origin to ``destination``, whenever it is."""
        return TravelTimes(_seconds(origins, [destination])[:, 0], STRAIGHT_LINE)

    def between(self, origins: Sequence[Position], destinations: Sequence[Position], now: datetime) -> TravelTable:  # noqa: ARG002
        """Seconds of every origin to every destination."""
        return TravelTable(_seconds(origins, destinations), STRAIGHT_LINE)

    def onward(self, origin: Position, destinations: Sequence[Position], now: datetime) -> TravelTimes:  # noqa: ARG002
        """Seconds from ``origin`` to every destination."""
        return TravelTimes(_seconds([origin], destinations)[0], STRAIGHT_LINE)


def _seconds(origins: Sequence[Position], destinations: Sequence[Position]) -> Floats:
    metres = np.array([[distance_m(a, b) for b in destinations] for a in origins], dtype=np.float64)
    return metres.reshape(len(origins), len(destinations)) * DETOUR / (SPEED_KPH / 3.6)
