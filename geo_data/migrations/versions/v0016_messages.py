"""One outbox of messages by push, text message and mail, in the place of the notices of offers."""

from alembic import op

revision = "0016"
down_revision = "0015"

MESSAGES = """
CREATE TABLE messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cause text NOT NULL,
    recipient text NOT NULL,
    kind text NOT NULL,
    incident_id text NOT NULL,
    about text NOT NULL,
    words jsonb NOT NULL,
    simulated boolean NOT NULL,
    caused_at timestamptz NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    on_channel smallint NOT NULL DEFAULT 0,
    channel text NOT NULL DEFAULT '',
    reached text[] NOT NULL DEFAULT '{}',
    next_try_at timestamptz,
    state text NOT NULL DEFAULT 'waiting',
    why text NOT NULL DEFAULT '',
    settled_at timestamptz,
    CONSTRAINT messages_cause_recipient_key UNIQUE (cause, recipient)
);
CREATE INDEX messages_due_idx ON messages (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX messages_incident_id_idx ON messages (incident_id);
CREATE INDEX messages_failed_idx ON messages (settled_at) WHERE state = 'failed';
COMMENT ON TABLE messages IS 'written in the transaction of the facts that cause them; the background sends them';
COMMENT ON COLUMN messages.cause IS 'incident/event/kind';
COMMENT ON COLUMN messages.recipient IS 'unit:S001, caller or duty; never a number';
COMMENT ON COLUMN messages.about IS 'what must still hold: an assignment, a risk';
COMMENT ON COLUMN messages.tries IS 'on the present channel';
COMMENT ON COLUMN messages.on_channel IS 'which of its channels, from 0';
COMMENT ON COLUMN messages.channel IS 'that was used last';
COMMENT ON COLUMN messages.reached IS 'addresses that have it, e.g. push:12';
COMMENT ON COLUMN messages.next_try_at IS 'null once nothing more will be tried';
COMMENT ON COLUMN messages.why IS 'of the last failure; no number';
"""

TAKE_OVER = """
INSERT INTO messages (cause, recipient, kind, incident_id, about, words, simulated, caused_at, tries, channel, reached,
                      next_try_at, state, settled_at)
SELECT n.assignment_id || '/offer', 'unit:' || n.unit_id, 'offer', n.incident_id, n.assignment_id, '{}', i.simulated,
       n.offered_at, n.tries, 'push', n.reached, n.next_try_at,
       CASE n.outcome WHEN '' THEN 'waiting' ELSE n.outcome END,
       CASE WHEN n.next_try_at IS NULL THEN n.offered_at END
FROM notices AS n JOIN incidents AS i ON i.id = n.incident_id;
DROP TABLE notices;
"""

NOTICES = """
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

GIVE_BACK = """
INSERT INTO notices (assignment_id, incident_id, unit_id, offered_at, tries, reached, next_try_at, outcome)
SELECT about, incident_id, substr(recipient, 6), caused_at, tries, reached, next_try_at,
       CASE state WHEN 'waiting' THEN '' WHEN 'kept' THEN 'nobody' WHEN 'off' THEN 'nobody' ELSE state END
FROM messages WHERE kind = 'offer';
DROP TABLE messages;
"""


def upgrade() -> None:
    op.execute(MESSAGES)
    op.execute(TAKE_OVER)


def downgrade() -> None:
    op.execute(NOTICES)
    op.execute(GIVE_BACK)
