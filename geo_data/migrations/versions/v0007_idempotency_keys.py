"""What a key of a phone or a caller was answered, so that a request sent twice counts once; jobs of a unit found by index."""

from alembic import op

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
CREATE INDEX assignments_unit_id_idx ON assignments (unit_id);
"""


def upgrade() -> None:
    op.execute(TABLE)
