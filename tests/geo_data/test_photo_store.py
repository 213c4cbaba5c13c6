"""The bytes of photographs in PostgreSQL."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from pictures import picture
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from dispatch.errors import UnknownId
from dispatch.events import IncidentReported
from dispatch.vocabulary import Channel, Tier
from geo_data.photo_image import examine
from geo_data.stores.photo_store import PostgisPhotos
from geo_data.stores.postgis_log import PostgisLog

CONTENT = picture()
MARK = sha256(CONTENT).hexdigest()
SEEN = examine(CONTENT, max_megapixels=50, thumbnail_px=480)


@pytest.fixture
def kept(connection: Connection) -> PostgisPhotos:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    first = IncidentReported(incident_id="A", at=at, text="追尾", channel=Channel.TELEPHONE, tier=Tier.STANDARD)
    PostgisLog(connection).append([first], after=0)
    store = PostgisPhotos(connection)
    store.keep("A", MARK, CONTENT, SEEN)
    return store


def test_a_photograph_comes_back_to_the_byte(kept: PostgisPhotos) -> None:
    assert kept.content("A", MARK) == ("image/jpeg", CONTENT)
    assert kept.thumbnail("A", MARK) == ("image/jpeg", SEEN.thumbnail)


def test_one_kept_twice_is_one(kept: PostgisPhotos, connection: Connection) -> None:
    kept.keep("A", MARK, CONTENT, SEEN)
    assert connection.execute(text("SELECT count(*) FROM photos")).scalar() == 1


def test_what_is_not_there_is_said(kept: PostgisPhotos) -> None:
    for ask in (lambda: kept.content("A", "0" * 64), lambda: kept.thumbnail("B", MARK)):
        with pytest.raises(UnknownId):
            ask()


@pytest.mark.parametrize("tampering", ["DELETE FROM photos", "UPDATE photos SET content = 'x'", "TRUNCATE photos"])
def test_the_database_refuses_to_change_or_erase(kept: PostgisPhotos, connection: Connection, tampering: str) -> None:
    with pytest.raises(DBAPIError, match="kept as they came"), connection.begin_nested():
        connection.execute(text(tampering))
