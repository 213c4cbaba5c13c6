"""What travels over HTTP about conditions on the roads."""

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from api.forms.request_body import Body
from api.forms.schemas import Datum, Latitude, Longitude
from geo_data.roads.road_conditions import LARGEST_RADIUS_M, RoadConditionKind

Corner = tuple[Longitude, Latitude]


class CircleIn(Body):
    """All roads that come within ``radius_m`` of a point."""

    lon: Longitude
    lat: Latitude
    radius_m: Annotated[float, Field(gt=0, le=LARGEST_RADIUS_M)]


class RoadConditionIn(Body):
    """One condition: what, where (one of circle, polygon, edges), from when to when."""

    kind: RoadConditionKind
    factor: Annotated[float, Field(gt=0, lt=1)] | None = None
    speed_kph: Annotated[float, Field(ge=1, le=150)] | None = None
    circle: CircleIn | None = None
    polygon: Annotated[list[Corner], Field(min_length=3, max_length=500)] | None = None
    edges: Annotated[list[Annotated[int, Field(ge=0, le=2**31 - 1)]], Field(min_length=1, max_length=20_000)] | None = (
        None
    )
    crs: Datum = "wgs84"
    from_at: datetime | None = None
    until_at: datetime | None = None

    @field_validator("from_at", "until_at")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("needs a time zone, e.g. 2026-11-22T08:00:00+08:00")
        if not 2000 <= value.year < 2200:
            raise ValueError("the year must lie between 2000 and 2200")
        return value.astimezone(UTC)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if sum(place is not None for place in (self.circle, self.polygon, self.edges)) != 1:
            raise ValueError("say where: give circle, polygon or edges, one of the three")
        return self


class RoadConditionsIn(Body):
    """Conditions told together, all or none; ``reason`` is kept with them."""

    conditions: Annotated[list[RoadConditionIn], Field(min_length=1, max_length=1000)]
    reason: Annotated[str, Field(max_length=200)] = ""


class RoadConditionOut(BaseModel):
    """A condition as it stands; ``edges`` counts the directed edges concerned in the network in use."""

    id: str
    kind: RoadConditionKind
    kind_label: str
    factor: float | None
    speed_kph: float | None
    area: dict[str, object] | None
    edges: int
    from_at: datetime
    until_at: datetime | None
    holds: bool
    reason: str
    told_at: datetime
    told_by: str
    removed_at: datetime | None
    removed_by: str


class RoadConditionsOut(BaseModel):
    """Conditions and the metric that road times are computed with now, e.g. ``weekday-18+v7``."""

    as_of: datetime
    metric: str
    conditions: list[RoadConditionOut]
