"""Tables of the seals over the event log; see `geo_data.stores.seal_store`."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from geo_data.tables.schema import metadata, moment

leaves = Table(
    "leaves",
    metadata,
    Column("incident_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    moment("at"),
    Column("hash", LargeBinary, nullable=False),
    Column("seal", Integer, nullable=False),
    Index(None, "seal"),
    comment="which events a seal covers, each exactly once",
)

seals = Table(
    "seals",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    moment("sealed_at"),
    Column("events", BigInteger, nullable=False),
    Column("root", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False, comment="what is published"),
    Column("network", Text, nullable=False),
    Column("policy", Text, nullable=False, comment="SHA-256 of policy_text"),
    Column("policy_text", Text, nullable=False),
)
