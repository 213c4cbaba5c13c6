"""What the doors for finding a place have in common, with the database and without."""

from api.forms.captured import position_of
from api.forms.schemas import Datum, GeocodeOut, PointIn, WordsOut
from api.views import views
from api.wiring import Ground
from dispatch.errors import InvalidInput
from dispatch.location import Location, NotLocated, Position


def hint_of(lon: float | None, lat: float | None, crs: Datum) -> Position | None:
    """The point somebody gave beside the words, if any; raises `InvalidInput` for half of one."""
    if (lon is None) != (lat is None):
        raise InvalidInput("经纬度须同时给出。(Give lon and lat, or neither.)")
    return position_of(PointIn(lon=lon, lat=lat, crs=crs)) if lon is not None and lat is not None else None


def found_out(found: Location | NotLocated) -> GeocodeOut:
    """A place, or why there is none."""
    if isinstance(found, Location):
        return GeocodeOut(location=views.location(found), not_reached=list(found.not_reached))
    return GeocodeOut(location=None, reason=found.reason, not_reached=list(found.not_reached))


def words_for(on: Ground, at: Position) -> WordsOut:
    """Words for a point."""
    return WordsOut(lon=at.lon, lat=at.lat, district=on.area.district_of(at), words=on.geocoder.words_at(at))
