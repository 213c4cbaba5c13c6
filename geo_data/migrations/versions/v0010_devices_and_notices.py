"""Devices that report positions by a token of their own; notices of offers, and the browsers they are pushed to."""

from alembic import op

from geo_data.set_aside import set_aside, take_back

revision = "0010"
down_revision = "0009"

DEVICES = """
CREATE TABLE devices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_sha256 bytea NOT NULL CONSTRAINT devices_token_sha256_key UNIQUE,
    unit_id text NOT NULL REFERENCES units (id),
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    last_seen_at timestamptz,
    battery double precision,
    charging boolean,
    allowance double precision NOT NULL,
    revoked_at timestamptz,
    revoked_by text NOT NULL DEFAULT ''
);
COMMENT ON COLUMN devices.token_sha256 IS 'the token itself is shown once and kept nowhere';
COMMENT ON COLUMN devices.battery IS '0 to 1';
COMMENT ON COLUMN devices.allowance IS 'messages it might still send at last_seen_at; grows with time up to a bound';
"""

PUSH = """
CREATE TABLE push_subscriptions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint text NOT NULL CONSTRAINT push_subscriptions_endpoint_key UNIQUE,
    p256dh text NOT NULL,
    auth text NOT NULL,
    account text NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    failed_at timestamptz,
    last_error text NOT NULL DEFAULT ''
);
CREATE INDEX push_subscriptions_account_idx ON push_subscriptions (account);
COMMENT ON COLUMN push_subscriptions.endpoint IS 'given by the browser; whoever knows it and has our key may push';
COMMENT ON COLUMN push_subscriptions.p256dh IS 'public key of the browser, base64url';
COMMENT ON COLUMN push_subscriptions.auth IS 'secret shared with the browser, base64url';

CREATE TABLE notices (
    assignment_id text PRIMARY KEY REFERENCES assignments (id),
    incident_id text NOT NULL,
    unit_id text NOT NULL,
    offered_at timestamptz NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    reached text[] NOT NULL DEFAULT '{}',
    next_try_at timestamptz,
    outcome text NOT NULL DEFAULT ''
);
COMMENT ON TABLE notices IS 'one for each offer, written in its transaction; the background sends them';
COMMENT ON COLUMN notices.reached IS 'addresses that have it, e.g. push:12';
COMMENT ON COLUMN notices.next_try_at IS 'null once nothing more will be tried';
CREATE INDEX notices_due_idx ON notices (next_try_at) WHERE next_try_at IS NOT NULL;
"""
TABLES = ("devices", "push_subscriptions", "notices")


def upgrade() -> None:
    if not take_back(*TABLES):
        op.execute(DEVICES)
        op.execute(PUSH)


def downgrade() -> None:
    set_aside(*TABLES)
