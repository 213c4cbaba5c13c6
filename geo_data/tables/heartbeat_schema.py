"""Table of the last signs of life; see `geo_data.stores.heartbeats`."""

from sqlalchemy import Column, DateTime, Table, Text, text

from geo_data.tables.schema import metadata

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", Text, primary_key=True, comment="which part of the service"),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    prefixes=["UNLOGGED"],
    comment="when each part was last alive, by the clock of the database",
)
