"""Tables of the ledger of services; see `geo_data.stores.ledger_store`."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from geo_data.tables.schema import events, metadata, moment

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

Index(
    "events_promise_starts_idx",
    events.c.at,
    events.c.incident_id,
    postgresql_where=text(
        "kind IN ('PartnerEngaged', 'CallbackRequested', 'ClaimPaid', 'ClaimRefused', 'ReplacementDecided')"
    ),
)  # the kinds of dispatch.service.incident_facts.STARTING
