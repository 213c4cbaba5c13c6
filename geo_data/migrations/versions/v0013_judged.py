"""Verdicts that time alone no longer changes: a projection of the events for maps, tables and audits of long periods."""

from alembic import op

revision = "0013"
down_revision = "0012"

TABLE = """
CREATE TABLE judged (
    incident_id text PRIMARY KEY REFERENCES incidents (id),
    version integer NOT NULL,
    rule text NOT NULL,
    judged_at timestamptz NOT NULL,
    reported_at timestamptz NOT NULL,
    lon double precision,
    lat double precision,
    uncertainty_m double precision,
    district text,
    zone text,
    tier text,
    hour smallint,
    response_s double precision,
    verdict text NOT NULL,
    merged boolean NOT NULL,
    simulated boolean NOT NULL,
    unit_id text,
    plates text[] NOT NULL,
    policy_version text,
    record jsonb
);
CREATE INDEX judged_reported_at_idx ON judged (reported_at);
COMMENT ON TABLE judged IS 'a projection of the events, rebuilt by `gzdispatch judged rebuild`; never the truth';
COMMENT ON COLUMN judged.version IS 'number of events it was judged from';
COMMENT ON COLUMN judged.rule IS 'mark of the code that judged';
COMMENT ON COLUMN judged.hour IS '0 to 23, Guangzhou';
COMMENT ON COLUMN judged.response_s IS 'null where none is trusted';
COMMENT ON COLUMN judged.merged IS 'another incident is counted in its stead';
COMMENT ON COLUMN judged.record IS 'the whole dispatch.auditing.record.Record; null while what it waited still grows';
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE judged")
