"""Who is near whom, as it travels over HTTP."""

from datetime import datetime

from pydantic import BaseModel

from api.forms.schemas import Share


class CellOut(BaseModel):
    """An H3 cell and the least driving time to a junction in it."""

    cell: str
    seconds: int


class ServedOut(BaseModel):
    """Residents of a district, and the share of them within the limit that holds where they live."""

    district: str
    residents: int
    p_within: Share
    junctions: int


class CoverOut(BaseModel):
    """Who is near whom: cells within the limit asked for; residents within the limits of the policy.

    Residents are counted, not sampled: the shares have no interval. ``p_within`` is null off Guangzhou.
    """

    as_of: datetime
    metric: str
    schematic: bool
    units: int
    resolution: int
    cells: list[CellOut]
    residents: int
    residents_within: int
    p_within: Share | None
    districts: list[ServedOut]
