"""The caller's own page: secret links to cases, reports sent more than once, how often strangers knock."""

from alembic import op

from geo_data.set_aside import set_aside, take_back

revision = "0009"
down_revision = "0008"

TABLES = """
CREATE TABLE case_links (
    token_hash bytea NOT NULL CONSTRAINT case_links_pkey PRIMARY KEY,
    incident_id text NOT NULL CONSTRAINT case_links_incident_id_fkey REFERENCES incidents (id),
    issued_at timestamptz NOT NULL,
    issued_by text NOT NULL
);
COMMENT ON COLUMN case_links.token_hash IS 'SHA-256 of the token, which is kept nowhere';
CREATE INDEX case_links_incident_id_idx ON case_links (incident_id);

CREATE TABLE caller_reports (
    key_hash bytea NOT NULL CONSTRAINT caller_reports_pkey PRIMARY KEY,
    body_hash bytea NOT NULL,
    incident_id text NOT NULL CONSTRAINT caller_reports_incident_id_fkey REFERENCES incidents (id),
    at timestamptz NOT NULL
);
COMMENT ON TABLE caller_reports IS 'one report a key, however often it is sent';
COMMENT ON COLUMN caller_reports.key_hash IS 'SHA-256 of the key a page made when it opened';
COMMENT ON COLUMN caller_reports.body_hash IS 'SHA-256 of what was sent with it';

CREATE UNLOGGED TABLE public_requests (
    door text NOT NULL,
    who bytea NOT NULL,
    window_at timestamptz NOT NULL,
    n integer NOT NULL,
    CONSTRAINT public_requests_pkey PRIMARY KEY (door, who)
);
COMMENT ON TABLE public_requests IS 'how often strangers knocked in their present window';
COMMENT ON COLUMN public_requests.who IS 'hash of an address; empty: all together';

"""
INDEX = """
CREATE INDEX events_caller_asks_idx ON events (incident_id, seq)
    WHERE kind IN ('CallbackRequested', 'PlaceDoubted');
"""


def upgrade() -> None:
    if not take_back("case_links", "caller_reports", "public_requests"):
        op.execute(TABLES)
    op.execute(INDEX)


def downgrade() -> None:
    set_aside("case_links", "caller_reports", "public_requests")
    op.execute("DROP INDEX events_caller_asks_idx")
