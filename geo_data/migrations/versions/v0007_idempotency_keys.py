"""What a key of a phone or a caller was answered, so that a request sent twice counts once; jobs of a unit found by index."""

from alembic import op

from geo_data.set_aside import set_aside, take_back

revision = "0007"
down_revision = "0006"

TABLE = """
CREATE TABLE idempotency_keys (
    account text NOT NULL,
    key uuid NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    body_sha256 text NOT NULL,
    status smallint,
    media_type text,
    answer bytea,
    made_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (account, key)
);
CREATE INDEX idempotency_keys_made_at_idx ON idempotency_keys (made_at);
COMMENT ON COLUMN idempotency_keys.account IS 'user name; empty for somebody who is not signed in';
COMMENT ON COLUMN idempotency_keys.status IS 'of the answer; written in the transaction that did the work';
"""
INDEX = """
CREATE INDEX assignments_unit_id_idx ON assignments (unit_id);
"""


def upgrade() -> None:
    if not take_back("idempotency_keys"):
        op.execute(TABLE)
    op.execute(INDEX)


def downgrade() -> None:
    set_aside("idempotency_keys")
    op.execute("DROP INDEX assignments_unit_id_idx")
