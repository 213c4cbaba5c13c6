"""The outbox of messages; see `geo_data.stores.message_store`."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from geo_data.tables.schema import metadata, moment

messages = Table(
    "messages",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("cause", Text, nullable=False, comment="incident/event/kind"),
    Column("recipient", Text, nullable=False, comment="unit:S001, caller or duty; never a number"),
    Column("kind", Text, nullable=False),
    Column("incident_id", Text, nullable=False),
    Column("about", Text, nullable=False, comment="what must still hold: an assignment, a risk"),
    Column("words", JSONB, nullable=False),
    Column("simulated", Boolean, nullable=False),
    moment("caused_at"),
    Column("tries", Integer, nullable=False, server_default="0", comment="on the present channel"),
    Column("on_channel", SmallInteger, nullable=False, server_default="0", comment="which of its channels, from 0"),
    Column("channel", Text, nullable=False, server_default="", comment="that was used last"),
    Column("reached", ARRAY(Text), nullable=False, server_default="{}", comment="addresses that have it, e.g. push:12"),
    Column("next_try_at", DateTime(timezone=True), comment="null once nothing more will be tried"),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("why", Text, nullable=False, server_default="", comment="of the last failure; no number"),
    moment("settled_at", null=True),
    UniqueConstraint("cause", "recipient"),
    Index("messages_due_idx", "next_try_at", postgresql_where=text("next_try_at IS NOT NULL")),
    Index("messages_incident_id_idx", "incident_id"),
    Index("messages_failed_idx", "settled_at", postgresql_where=text("state = 'failed'")),
    comment="written in the transaction of the facts that cause them; the background sends them",
)
