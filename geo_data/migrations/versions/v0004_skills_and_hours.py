"""What units can do, who stands by as back-up, when repair shops are open, and fixes that a device calls mocked."""

from alembic import op

from geo_data.set_aside import set_columns_aside, take_columns_back

revision = "0004"
down_revision = "0003"

COLUMNS = """
ALTER TABLE units
    ADD COLUMN skills text[] NOT NULL DEFAULT '{}',
    ADD COLUMN backup_rank smallint,
    ADD COLUMN contacts text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN units.backup_rank IS 'order in which back-up people are called up; null for regular staff';
ALTER TABLE shops
    ADD COLUMN opens time NOT NULL DEFAULT '00:00',
    ADD COLUMN closes time NOT NULL DEFAULT '00:00',
    ADD COLUMN makes text[] NOT NULL DEFAULT '{}',
    ADD COLUMN capacity integer;
COMMENT ON COLUMN shops.opens IS 'Guangzhou time';
COMMENT ON COLUMN shops.closes IS 'equal to the opening: always open';
COMMENT ON COLUMN shops.makes IS 'makes of vehicle it takes; empty: all';
COMMENT ON COLUMN shops.capacity IS 'vehicles a day; null without a limit';
ALTER TABLE fixes ADD COLUMN mocked boolean NOT NULL DEFAULT false;
ALTER TABLE latest_fixes ADD COLUMN mocked boolean NOT NULL DEFAULT false;
"""


# table: key, columns
ADDED = {
    "units": (("id",), ("skills", "backup_rank", "contacts")),
    "shops": (("id",), ("opens", "closes", "makes", "capacity")),
    "fixes": (("unit_id", "at"), ("mocked",)),
    "latest_fixes": (("unit_id", "at"), ("mocked",)),
}


def upgrade() -> None:
    op.execute(COLUMNS)
    for table, (key, columns) in ADDED.items():
        take_columns_back(table, key, columns)


def downgrade() -> None:
    for table, (key, columns) in ADDED.items():
        set_columns_aside(table, key, columns)
