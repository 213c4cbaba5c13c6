"""The table of who is signed in; see `geo_data.stores.session_store`."""

from sqlalchemy import Column, Double, ForeignKey, Index, Table, Text, Uuid

from geo_data.tables.schema import metadata, moment

SESSIONS_CHANNEL = "gz_sessions"  # payload: the account whose open streams end now

sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account", Text, ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    Column("way", Text, nullable=False, comment="password or company"),
    moment("begun_at"),
    moment("seen_at"),
    moment("until"),
    Column("idle_s", Double, nullable=False, comment="a silence of so long ends it"),
    moment("ended_at", null=True),
    Column(
        "device", Text, comment="phone, tablet, computer or program, as the request to sign in said; null: from before"
    ),
    Index(None, "account"),
    Index(None, "until"),
    comment="a token names its session; without a living row it opens nothing",
)
