"""Every event stores its hash, chained by incident; seals over all of them, and the leaves each seal covers."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from alembic import op
from sqlalchemy import LargeBinary, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT

# The one import of living code: the hashed form can never change, or nothing sealed could be checked any more.
from dispatch.seals import NOTHING_BEFORE, Fact, read_json
from geo_data.set_aside import set_aside, take_back

revision = "0011"
down_revision = "0010"

REFUSAL = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{what} are appended, never changed or removed: % refused', {values};
END $$;
"""

TABLES = """
CREATE TABLE seals (
    number integer PRIMARY KEY,
    sealed_at timestamptz NOT NULL,
    events bigint NOT NULL,
    root text NOT NULL,
    previous text NOT NULL,
    hash text NOT NULL,
    network text NOT NULL,
    policy text NOT NULL,
    policy_text text NOT NULL
);
COMMENT ON COLUMN seals.hash IS 'what is published';
COMMENT ON COLUMN seals.policy IS 'SHA-256 of policy_text';
CREATE TRIGGER seals_are_only_appended BEFORE UPDATE OR DELETE OR TRUNCATE ON seals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE leaves (
    incident_id text NOT NULL,
    seq integer NOT NULL,
    at timestamptz NOT NULL,
    hash bytea NOT NULL,
    seal integer NOT NULL,
    PRIMARY KEY (incident_id, seq)
);
COMMENT ON TABLE leaves IS 'which events a seal covers, each exactly once';
CREATE INDEX leaves_seal_idx ON leaves (seal);
CREATE TRIGGER leaves_are_only_appended BEFORE UPDATE OR DELETE OR TRUNCATE ON leaves
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

FILL = text("UPDATE events SET hash = new.hash FROM unnest(:ids, :hashes) AS new (id, hash) WHERE events.id = new.id")
FILL = FILL.bindparams(bindparam("ids", type_=ARRAY(BIGINT)), bindparam("hashes", type_=ARRAY(LargeBinary)))
IN_ORDER = "SELECT id, incident_id, seq, kind, at, recorded_at, body::text FROM events ORDER BY incident_id, seq"
AT_ONCE = 5000


def upgrade() -> None:
    op.execute(REFUSAL.format(what="%", values="TG_TABLE_NAME, TG_OP"))
    op.execute("ALTER TABLE events ADD COLUMN hash bytea")
    op.execute("ALTER TABLE events DISABLE TRIGGER events_are_only_appended")
    hash_what_is_there()
    op.execute("ALTER TABLE events ENABLE TRIGGER events_are_only_appended")
    op.execute("ALTER TABLE events ALTER COLUMN hash SET NOT NULL")
    op.execute("COMMENT ON COLUMN events.hash IS 'of this event and the one before it; docs/seals.md'")
    if not take_back("seals", "leaves"):
        op.execute(TABLES)


def downgrade() -> None:
    set_aside("seals", "leaves")
    op.execute("ALTER TABLE events DROP COLUMN hash")  # made again of the rows by the way forward
    op.execute(REFUSAL.format(what="events", values="TG_OP"))


def hash_what_is_there() -> None:
    connection = op.get_bind()
    hashed = _hashed(connection.execute(text(IN_ORDER), execution_options={"yield_per": AT_ONCE}))
    while batch := list(islice(hashed, AT_ONCE)):
        ids, hashes = zip(*batch, strict=True)
        connection.execute(FILL, {"ids": list(ids), "hashes": list(hashes)})


def _hashed(rows: Iterable[Any]) -> Iterator[tuple[int, bytes]]:
    incident, previous = None, NOTHING_BEFORE
    for key, incident_id, seq, kind, at, recorded_at, body in rows:
        if incident_id != incident:
            incident, previous = incident_id, NOTHING_BEFORE
        fact = Fact(
            incident_id=incident_id,
            seq=seq,
            kind=kind,
            at=at,
            recorded_at=recorded_at,
            body=read_json(body),
            previous=previous,
        )
        previous = fact.hash
        yield key, bytes.fromhex(previous)
