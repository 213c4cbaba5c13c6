"""Photographs: their bytes beside the events that speak of them, never changed or erased."""

from alembic import op

from geo_data.set_aside import set_aside, take_back

revision = "0008"
down_revision = "0007"

# EXTERNAL: pictures are packed already, so PostgreSQL need not try.
PHOTOS = """
CREATE TABLE photos (
    incident_id text NOT NULL CONSTRAINT photos_incident_id_fkey REFERENCES incidents (id),
    sha256 text NOT NULL,
    media_type text NOT NULL,
    content bytea NOT NULL,
    thumbnail bytea NOT NULL,
    CONSTRAINT photos_pkey PRIMARY KEY (incident_id, sha256)
);
ALTER TABLE photos ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE photos ALTER COLUMN thumbnail SET STORAGE EXTERNAL;
COMMENT ON COLUMN photos.sha256 IS 'of content, hexadecimal; what else is known is in PhotoTaken';
COMMENT ON COLUMN photos.content IS 'as received';
COMMENT ON COLUMN photos.thumbnail IS 'a small JPEG, upright, without EXIF';

CREATE FUNCTION refuse_change_of_photo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'photographs are kept as they came, never changed or erased: % refused', TG_OP;
END $$;
CREATE TRIGGER photos_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON photos
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_photo();
"""


def upgrade() -> None:
    if not take_back("photos"):
        op.execute(PHOTOS)


def downgrade() -> None:
    set_aside("photos")
