"""Places taken in repair shops: no two vehicles on one place of a day, promised by the database."""

from alembic import op

from geo_data.set_aside import set_aside, take_back

revision = "0006"
down_revision = "0005"

TABLE = """
CREATE TABLE shop_bookings (
    assignment_id text NOT NULL CONSTRAINT shop_bookings_pkey PRIMARY KEY
        CONSTRAINT shop_bookings_assignment_id_fkey REFERENCES assignments (id),
    shop_id text NOT NULL,
    day date NOT NULL,
    slot integer,
    CONSTRAINT shop_bookings_shop_id_day_slot_key UNIQUE (shop_id, day, slot)
);
COMMENT ON COLUMN shop_bookings.day IS 'of the expected arrival, Guangzhou time';
COMMENT ON COLUMN shop_bookings.slot IS '1, 2, 3 … up to the capacity; null where the shop has no limit';
"""


def upgrade() -> None:
    if not take_back("shop_bookings"):
        op.execute(TABLE)


def downgrade() -> None:
    set_aside("shop_bookings")
