"""The company's own map under the console, where the settings name one."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api import place_services
from api.access.dependencies import Reader
from api.settings import settings
from dispatch.errors import UnknownId

router = APIRouter(tags=["map"])


class BasemapOut(BaseModel):
    """The company's map: whose it is, how deep it goes, and why a tile is missing where one is."""

    attribution: str
    max_zoom: int
    problem: str


@router.get("/v1/basemap")
def basemap(_: Reader) -> BasemapOut | None:
    """The company's map; null where the settings name none."""
    on = place_services.basemap()
    if on is None:
        return None
    return BasemapOut(attribution=settings().basemap_attribution, max_zoom=on.max_zoom, problem=on.problem)


@router.get("/basemap/{z}/{x}/{y}.png", include_in_schema=False)
def tile(z: int, x: int, y: int, _: Reader) -> Response:
    """One tile in WGS-84; a missing part is transparent, and such a tile is not kept."""
    on = place_services.basemap()
    if on is None:
        raise UnknownId("没有设置公司底图。(No company map is set: GZ_BASEMAP_URL.)")
    body, whole = on.tile(z, x, y)
    kept = "private, max-age=86400" if whole else "no-store"
    return Response(body, media_type="image/png", headers={"Cache-Control": kept})
