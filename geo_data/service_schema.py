"""Tables of the ledger of services; see `geo_data.ledger_store`."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Integer,
    LargeBinary,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from geo_data.schema import metadata, moment

client_numbers = Sequence("client_numbers", metadata=metadata)

service_facts = Table(
    "service_facts",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("stream", Text, nullable=False, comment="what it is about: client/C0001, incident/GZ…, house/rules"),
    Column("seq", Integer, nullable=False),
    Column("kind", Text, nullable=False, comment="name of the class in dispatch.service.kinds"),
    moment("at"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("body", JSONB, nullable=False),
    Column("hash", LargeBinary, nullable=False, comment="of this fact and the one before it; docs/seals.md"),
    UniqueConstraint("stream", "seq"),
)
