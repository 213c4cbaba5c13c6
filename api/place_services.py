"""What the settings name online: place services, and the company's own map."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache, partial

from pydantic import SecretStr

from api.settings import settings
from dispatch.degradations import Degradations
from dispatch.location import Position
from geo_data.coordinates import Datum
from geo_data.online.amap import AMap
from geo_data.online.basemap import Basemap, tiles_of
from geo_data.online.enquiry import Enquiry
from geo_data.online.guards import guarded
from geo_data.online.json_source import JsonSource
from geo_data.online.nominatim import USER_AGENT, Nominatim
from geo_data.online.place_service import PlaceService
from geo_data.online.telling import Telling
from geo_data.online.tianditu import Tianditu


def enquiry_of(district_of: Callable[[Position], str | None], degradations: Degradations) -> Enquiry | None:
    """The place services, in the order they are asked; None when there is none."""
    clock = partial(datetime.now, UTC)
    services = [Telling(guarded(one), degradations, clock) for one in place_services()]
    return Enquiry(services, district_of, limit_s=settings().online_limit_s) if services else None


def place_services() -> Iterator[PlaceService]:
    """Yield them in the order in which they are asked."""
    on = settings()
    if key := secret_text(on.amap_key):
        yield AMap(JsonSource(on.amap_url), key)
    if key := secret_text(on.tianditu_key):
        yield Tianditu(JsonSource(on.tianditu_url), key)
    if on.nominatim_url:
        source = JsonSource(on.nominatim_url, {"User-Agent": USER_AGENT})
        yield Nominatim(source, on.nominatim_pause_s * on.workers)  # each worker keeps a pause of its own


def secret_text(key: SecretStr | None) -> str:
    """A key as it is sent; empty where there is none."""
    return key.get_secret_value().strip() if key else ""


@lru_cache(maxsize=1)
def basemap() -> Basemap | None:
    """The company's own map, where the settings name one."""
    on = settings()
    url = secret_text(on.basemap_url)
    return Basemap(tiles_of(url), Datum(on.basemap_datum), on.basemap_max_zoom) if url else None
