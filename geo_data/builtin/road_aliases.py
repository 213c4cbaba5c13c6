"""Other names of roads that people say, with the roads, or the parts of a ring, that they mean."""

from dataclasses import dataclass
from functools import cache

from geo_data.builtin.tables import rows


@dataclass(frozen=True, slots=True)
class AliasedRoad:
    """What a name means.

    Parameters
    ----------
    road : str
        Name of a drawn road.
    part : str
        ``N``, ``E``, ``S`` or ``W``: only what lies on that side of the road's middle, e.g. 北环 of 环城高速; else empty.
    """

    road: str
    part: str


@cache
def road_aliases() -> dict[str, tuple[AliasedRoad, ...]]:
    """Return the roads meant by each alias; several when one name is given to several roads."""
    found: dict[str, tuple[AliasedRoad, ...]] = {}
    for row in rows("road_aliases"):
        found[row["alias"]] = (*found.get(row["alias"], ()), AliasedRoad(row["road"], row["part"]))
    return found
