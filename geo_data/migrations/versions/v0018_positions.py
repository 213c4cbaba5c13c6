"""Fixes by day (UTC): a day is forgotten by dropping its table, and thinned by writing it anew.

No foreign key to ``units``: whoever writes has looked the unit up, units are never deleted, and the check locks the
unit's row once a fix.
"""

from alembic import op

revision = "0018"
down_revision = "0017"

COLUMNS = """
    unit_id text NOT NULL{reference},
    at timestamptz NOT NULL,
    position geometry(Point, 4326) NOT NULL,
    accuracy_m double precision NOT NULL,
    heading_deg double precision,
    speed_mps double precision,
    mocked boolean NOT NULL DEFAULT false,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (unit_id, at)
"""
NAMES = "unit_id, at, position, accuracy_m, heading_deg, speed_mps, mocked, received_at"
ASIDE = """
ALTER TABLE fixes RENAME TO fixes_before;
ALTER TABLE fixes_before RENAME CONSTRAINT fixes_pkey TO fixes_before_pkey;
"""
BACK = f"""
INSERT INTO fixes ({NAMES}) SELECT {NAMES} FROM fixes_before;
DROP TABLE fixes_before;
"""  # noqa: S608  (put together from constants)
BY_DAY = f"""
CREATE TABLE fixes ({COLUMNS.format(reference="")}) PARTITION BY RANGE (at);
CREATE INDEX fixes_received_at_idx ON fixes USING brin (received_at);
CREATE SCHEMA IF NOT EXISTS fix_days;
CREATE TABLE fix_days.other PARTITION OF fixes DEFAULT;
COMMENT ON TABLE fix_days.other IS 'fixes of days without a table of their own; should be empty';
DO $$
DECLARE
    day date;
BEGIN
    FOR day IN SELECT DISTINCT (at AT TIME ZONE 'UTC')::date FROM fixes_before LOOP
        EXECUTE format(
            'CREATE TABLE fix_days.%I PARTITION OF fixes FOR VALUES FROM (%L) TO (%L)',
            'd' || to_char(day, 'YYYYMMDD'), day::text || ' 00:00+00', (day + 1)::text || ' 00:00+00'
        );
    END LOOP;
END
$$;
"""  # noqa: S608
# Each fix changes one row of these: room beside it, and no index on what changes, keeps that to the row's own page.
IN_PLACE = """
DROP INDEX latest_fixes_position_idx;
ALTER TABLE latest_fixes SET (fillfactor = 50);
ALTER TABLE devices SET (fillfactor = 50);
"""
NOT_IN_PLACE = """
CREATE INDEX latest_fixes_position_idx ON latest_fixes USING gist (position);
ALTER TABLE latest_fixes RESET (fillfactor);
ALTER TABLE devices RESET (fillfactor);
"""


def upgrade() -> None:
    op.execute(ASIDE + BY_DAY + BACK + IN_PLACE)


def downgrade() -> None:
    whole = f"CREATE TABLE fixes ({COLUMNS.format(reference=' REFERENCES units (id)')});"
    op.execute(ASIDE + "DROP INDEX fixes_received_at_idx;" + whole + BACK + NOT_IN_PLACE + "DROP SCHEMA fix_days;")
