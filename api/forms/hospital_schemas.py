"""Where an injured person is, as it comes in over HTTP."""

from typing import Annotated

from pydantic import Field

from api.forms.request_body import Body
from api.forms.schemas import PointIn


class HospitalIn(Body):
    """The hospital in words; with ``point`` where a person set it on the map, as its words are not sure enough."""

    text: Annotated[str, Field(min_length=1, max_length=200)]
    point: PointIn | None = None
