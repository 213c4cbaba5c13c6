"""Who is signed in: sessions that can be ended."""

from alembic import op

revision = "0014"
down_revision = "0013"

TABLE = """
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    account text NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    way text NOT NULL,
    begun_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    idle_s double precision NOT NULL,
    ended_at timestamptz
);
CREATE INDEX sessions_account_idx ON sessions (account);
CREATE INDEX sessions_until_idx ON sessions (until);
COMMENT ON TABLE sessions IS 'a token names its session; without a living row it opens nothing';
COMMENT ON COLUMN sessions.idle_s IS 'a silence of so long ends it';
COMMENT ON COLUMN sessions.way IS 'password or company';
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE sessions")
