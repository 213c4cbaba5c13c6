"""Signs of life of the background, for readiness and alerts."""

from alembic import op

revision = "0015"
down_revision = "0014"

TABLE = """
CREATE UNLOGGED TABLE heartbeats (
    name text PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);
COMMENT ON TABLE heartbeats IS 'when each part was last alive, by the clock of the database';
COMMENT ON COLUMN heartbeats.name IS 'which part of the service';
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE heartbeats")
