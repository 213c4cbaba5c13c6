"""Places a company imports from its own tables."""

from alembic import op

from geo_data.set_aside import set_aside, take_back

revision = "0003"
down_revision = "0002"

PLACES = """
CREATE TABLE company_places (
    source text NOT NULL,
    number integer NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    district text NOT NULL,
    place geometry(Point, 4326) NOT NULL,
    imported_at timestamptz NOT NULL,
    PRIMARY KEY (source, number)
);
COMMENT ON COLUMN company_places.source IS 'name of the file they came from';
COMMENT ON COLUMN company_places.number IS '1, 2, 3 … within the source, without gaps';
COMMENT ON COLUMN company_places.address IS 'empty where the file has none or only that';
COMMENT ON COLUMN company_places.district IS 'as the file has it; may be empty';
CREATE INDEX company_places_sources_idx ON company_places (source, imported_at) WHERE number = 1;
"""


def upgrade() -> None:
    if not take_back("company_places"):
        op.execute(PLACES)


def downgrade() -> None:
    set_aside("company_places")
