"""Ramps: at every named interchange, from each way out of an expressway to each way into the other roads."""

from collections.abc import Mapping

import numpy as np

from geo_data.builtin.curves import ramp
from geo_data.builtin.drawing import Drawing
from geo_data.builtin.expressways import Interchange, RampEnd

ANY_DIRECTION = np.zeros(2)


def add_ramps(drawing: Drawing, interchanges: Mapping[str, Interchange], streets: Mapping[str, int]) -> None:
    """Join the expressways of every interchange to each other and to the open road through it.

    Parameters
    ----------
    interchanges : mapping
        Ramp ends by name of the interchange.
    streets : mapping
        Nodes of open roads by key; an interchange without one joins expressways only.
    """
    for name, interchange in interchanges.items():
        for leaving in interchange.exits:
            for entering in interchange.entries:
                if entering.road is not leaving.road:
                    _ramp(drawing, leaving, entering, name)
        if name in streets:
            _ramps_to_street(drawing, interchange, streets[name], name)


def _ramps_to_street(drawing: Drawing, interchange: Interchange, street: int, name: str) -> None:
    for leaving in interchange.exits:
        _ramp(drawing, leaving, RampEnd(leaving.road, street, ANY_DIRECTION), name)
    for entering in interchange.entries:
        _ramp(drawing, RampEnd(entering.road, street, ANY_DIRECTION), entering, name)


def _ramp(drawing: Drawing, leaving: RampEnd, entering: RampEnd, name: str) -> None:
    start, end = drawing.at(leaving.node), drawing.at(entering.node)
    points = ramp(start, leaving.direction, end, entering.direction)[1:-1]
    road = min(leaving.road, entering.road, key=lambda road: road.speed_kph)
    drawing.ramp(leaving.node, entering.node, points, road, name)
