"""The bytes of photographs on PostgreSQL: in one database, one backup and one transaction with their events."""

from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from dispatch.errors import UnknownId
from geo_data.photo_image import Picture
from geo_data.schema import photos

THUMBNAIL_TYPE = "image/jpeg"


class PostgisPhotos:
    """Photographs by incident and sha256, inside the caller's transaction; it never commits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, incident_id: str, sha256: str, content: bytes, picture: Picture) -> None:
        """Keep a photograph; one that is kept already stays as it is."""
        row = {
            "incident_id": incident_id,
            "sha256": sha256,
            "media_type": picture.media_type,
            "content": content,
            "thumbnail": picture.thumbnail,
        }
        self._connection.execute(insert(photos).values(**row).on_conflict_do_nothing())

    def content(self, incident_id: str, sha256: str) -> tuple[str, bytes]:
        """Media type and bytes of a photograph, as received; raises `UnknownId`."""
        row = self._one(incident_id, sha256, photos.c.media_type, photos.c.content)
        return row.media_type, row.content

    def thumbnail(self, incident_id: str, sha256: str) -> tuple[str, bytes]:
        """Media type and bytes of the small picture; raises `UnknownId`."""
        return THUMBNAIL_TYPE, self._one(incident_id, sha256, photos.c.thumbnail).thumbnail

    def _one(self, incident_id: str, sha256: str, *columns: Any) -> Any:
        wanted = (photos.c.incident_id == incident_id) & (photos.c.sha256 == sha256)
        row = self._connection.execute(select(*columns).where(wanted)).first()
        if row is None:
            raise UnknownId("没有这张照片。(No such photograph.)")
        return row
