"""The online place services that the settings name."""

from collections.abc import Iterator

from pydantic import SecretStr

from api.settings import settings
from geo_data.online.amap import AMap
from geo_data.online.json_source import JsonSource
from geo_data.online.nominatim import USER_AGENT, Nominatim
from geo_data.online.place_service import PlaceService
from geo_data.online.tianditu import Tianditu


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
