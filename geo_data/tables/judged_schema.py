"""The table of verdicts that time alone no longer changes; see `geo_data.stores.judged_store`."""

from sqlalchemy import Boolean, Column, Double, ForeignKey, Index, Integer, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from geo_data.tables.schema import metadata, moment

judged = Table(
    "judged",
    metadata,
    Column("incident_id", Text, ForeignKey("incidents.id"), primary_key=True),
    Column("version", Integer, nullable=False, comment="number of events it was judged from"),
    Column("rule", Text, nullable=False, comment="mark of the code that judged"),
    moment("judged_at"),
    moment("reported_at"),
    Column("lon", Double),
    Column("lat", Double),
    Column("uncertainty_m", Double),
    Column("district", Text),
    Column("zone", Text),
    Column("tier", Text),
    Column("hour", SmallInteger, comment="0 to 23, Guangzhou"),
    Column("response_s", Double, comment="null where none is trusted"),
    Column("verdict", Text, nullable=False),
    Column("merged", Boolean, nullable=False, comment="another incident is counted in its stead"),
    Column("simulated", Boolean, nullable=False),
    Column("unit_id", Text),
    Column("plates", ARRAY(Text), nullable=False),
    Column("policy_version", Text),
    Column(
        "record",
        JSONB(none_as_null=True),
        comment="the whole dispatch.auditing.record.Record; null while what it waited still grows",
    ),
    Index(None, "reported_at"),
    comment="a projection of the events, rebuilt by `gzdispatch judged rebuild`; never the truth",
)
