"""The ledger of services: what was done for clients, by stream, hashed and chained like the events of incidents."""

from alembic import op

from geo_data.set_aside import set_aside, take_back

revision = "0012"
down_revision = "0011"

TABLES = """
CREATE SEQUENCE client_numbers;

CREATE TABLE service_facts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream text NOT NULL,
    seq integer NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    body jsonb NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT service_facts_stream_seq_key UNIQUE (stream, seq)
);
COMMENT ON COLUMN service_facts.stream IS 'what it is about: client/C0001, incident/GZ…, house/rules';
COMMENT ON COLUMN service_facts.kind IS 'name of the class in dispatch.service.kinds';
COMMENT ON COLUMN service_facts.hash IS 'of this fact and the one before it; docs/seals.md';
CREATE TRIGGER service_facts_are_only_appended BEFORE UPDATE OR DELETE OR TRUNCATE ON service_facts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
INDEX = """
CREATE INDEX events_promise_starts_idx ON events (at, incident_id)
    WHERE kind IN ('PartnerEngaged', 'CallbackRequested', 'ClaimPaid', 'ClaimRefused', 'ReplacementDecided');
"""


def upgrade() -> None:
    if not take_back("service_facts", sequences=["client_numbers"]):
        op.execute(TABLES)
    op.execute(INDEX)


def downgrade() -> None:
    op.execute("DROP INDEX events_promise_starts_idx")
    set_aside("service_facts", sequences=["client_numbers"])
