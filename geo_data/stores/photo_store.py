"""The bytes of photographs on PostgreSQL: in one database, one backup and one transaction with their events."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from dispatch.errors import UnknownId
from geo_data.photo_image import Picture
from geo_data.stores.erasing import erasing
from geo_data.stores.key_store import PostgisKeys
from geo_data.stores.vault import lock, unlock
from geo_data.tables.schema import photos

THUMBNAIL_TYPE = "image/jpeg"
NO_PHOTO = "没有这张照片,或已按保存期限删除。(No such photograph, or it has been erased.)"


class PostgisPhotos:
    """Photographs by incident and sha256, under their incident's lock; inside the caller's transaction, never committing.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keys = PostgisKeys(connection)

    def keep(self, incident_id: str, sha256: str, content: bytes, picture: Picture) -> None:
        """Keep a photograph; one that is kept already stays as it is."""
        key_id, key = self._keys.of(incident_id)
        row = {
            "incident_id": incident_id,
            "sha256": sha256,
            "media_type": picture.media_type,
            "content": lock(key, content, sha256.encode()),
            "thumbnail": lock(key, picture.thumbnail, sha256.encode()),
            "key_id": key_id,
        }
        self._connection.execute(insert(photos).values(**row).on_conflict_do_nothing())

    def content(self, incident_id: str, sha256: str) -> tuple[str, bytes]:
        """Media type and bytes of a photograph, as received; raises `UnknownId`."""
        row = self._one(incident_id, sha256, photos.c.media_type, photos.c.content.label("bytes"))
        return row.media_type, self._opened(row, sha256)

    def thumbnail(self, incident_id: str, sha256: str) -> tuple[str, bytes]:
        """Media type and bytes of the small picture; raises `UnknownId`."""
        return THUMBNAIL_TYPE, self._opened(self._one(incident_id, sha256, photos.c.thumbnail.label("bytes")), sha256)

    def erase(self, incident_ids: Sequence[str]) -> int:
        """Delete all photographs of some incidents; returns how many."""
        erasing(self._connection)
        return self._connection.execute(delete(photos).where(photos.c.incident_id.in_(incident_ids))).rowcount

    def _opened(self, row: Any, sha256: str) -> bytes:
        if row.key_id is None:
            return bytes(row.bytes)  # from before photographs were locked
        key = self._keys.by_id(row.key_id)
        if key is None:
            raise UnknownId(NO_PHOTO)
        return unlock(key, bytes(row.bytes), sha256.encode())

    def _one(self, incident_id: str, sha256: str, *columns: Any) -> Any:
        wanted = (photos.c.incident_id == incident_id) & (photos.c.sha256 == sha256)
        row = self._connection.execute(select(photos.c.key_id, *columns).where(wanted)).first()
        if row is None:
            raise UnknownId(NO_PHOTO)
        return row
