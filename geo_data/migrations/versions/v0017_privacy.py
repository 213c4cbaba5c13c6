"""Personal data is locked under data keys, who reads it is written down, and what is old can be erased.

What was stored in plain words before stays so: events can never be rewritten. The way back drops a table only where it
is empty: without the data keys nothing that was locked could ever be read again. The program before this one shows
blanks for what is locked; coming forward again shows it whole.
"""

from alembic import op
from sqlalchemy import text

revision = "0017"
down_revision = "0016"

TABLES = """
CREATE TABLE IF NOT EXISTS data_keys (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner text NOT NULL,
    wrapped bytea,
    made_at timestamptz NOT NULL,
    erased_at timestamptz
);
CREATE UNIQUE INDEX IF NOT EXISTS data_keys_in_use_idx ON data_keys (owner) WHERE wrapped IS NOT NULL;
COMMENT ON TABLE data_keys IS 'whoever loses the keys of the installation loses all that these lock';
COMMENT ON COLUMN data_keys.owner IS 'incident, client/C0001, or house/… for what belongs to no case';
COMMENT ON COLUMN data_keys.wrapped IS 'locked under a key of the installation; null once erased, for good';

CREATE TABLE IF NOT EXISTS personal_marks (
    mark bytea NOT NULL,
    incident_id text NOT NULL,
    PRIMARY KEY (mark, incident_id)
);
CREATE INDEX IF NOT EXISTS personal_marks_incident_id_idx ON personal_marks (incident_id);
COMMENT ON TABLE personal_marks IS 'finds the incidents of a plate or a number without storing either; goes with the incident''s key';
COMMENT ON COLUMN personal_marks.mark IS 'HMAC-SHA256 of a whole plate or telephone number';

CREATE TABLE IF NOT EXISTS access_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    who text NOT NULL,
    role text NOT NULL,
    what text NOT NULL,
    subject text NOT NULL,
    route text NOT NULL,
    request_id text NOT NULL
);
CREATE INDEX IF NOT EXISTS access_log_at_idx ON access_log (at);
CREATE INDEX IF NOT EXISTS access_log_subject_at_idx ON access_log (subject, at);
COMMENT ON TABLE access_log IS 'who read personal data; appended in the transaction of the reading';
COMMENT ON COLUMN access_log.who IS 'account';
COMMENT ON COLUMN access_log.role IS 'as it was then';
COMMENT ON COLUMN access_log.what IS 'case, list, photo, search, export, client, log';
COMMENT ON COLUMN access_log.subject IS 'incident or client; empty for lists, searches and exports';
COMMENT ON COLUMN access_log.route IS 'method and path template: why it was read';
COMMENT ON COLUMN access_log.request_id IS 'as sent in X-Request-ID; may be empty';

ALTER TABLE photos ADD COLUMN IF NOT EXISTS key_id bigint;
COMMENT ON COLUMN photos.key_id IS 'data key that both are locked under; null: as received, from before';
"""

# What may be erased is erased by a transaction that says so; the access log only once it is half a year old.
RULES = """
CREATE FUNCTION refuse_unless_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('gz.erasing', true) = 'yes' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% are kept as they came until they are erased by retention: % refused', TG_TABLE_NAME, TG_OP;
END $$;
CREATE FUNCTION refuse_young() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.at > clock_timestamp() - interval '6 months' THEN
        RAISE EXCEPTION 'the access log is kept for six months at least: DELETE refused';
    END IF;
    RETURN OLD;
END $$;
DROP TRIGGER photos_are_kept ON photos;
CREATE TRIGGER photos_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON photos
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_unless_erasing();
CREATE TRIGGER access_log_is_only_appended BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_unless_erasing();
CREATE TRIGGER access_log_is_kept_for_long BEFORE DELETE ON access_log
    FOR EACH ROW EXECUTE FUNCTION refuse_young();
"""

BACK = """
DROP TRIGGER photos_are_kept ON photos;
CREATE TRIGGER photos_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON photos
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_photo();
DROP TRIGGER access_log_is_only_appended ON access_log;
DROP TRIGGER access_log_is_kept_for_long ON access_log;
DROP FUNCTION refuse_unless_erasing();
DROP FUNCTION refuse_young();
TRUNCATE judged;
"""

DROPS = {
    "access_log": "DROP TABLE access_log",
    "personal_marks": "DROP TABLE personal_marks",
    "photos WHERE key_id IS NOT NULL": "ALTER TABLE photos DROP COLUMN key_id",
    "data_keys": "DROP TABLE data_keys",
}


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(RULES)
    op.execute("TRUNCATE judged")  # its plates were plain; it is made anew from the events


def downgrade() -> None:
    op.execute(BACK)
    for rows, drop in DROPS.items():
        wanted = text(f"SELECT 1 FROM {rows} LIMIT 1")  # noqa: S608  (of the table above)
        if op.get_bind().execute(wanted).first() is None:
            op.execute(drop)
