"""Tables of who belongs to whom: organisations, their fleets, shops and units, and whose each case is."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text

from geo_data.tables.schema import metadata, moment

HOUSE = "house"  # the insurer that runs this service; made by the migration, the only one of its kind
KINDS = ("insurer", "client", "shop", "tow")

organisations = Table(
    "organisations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("client_id", Text, comment="of a client in the ledger of services, e.g. C0001"),
    moment("made_at"),
    moment("disabled_at", null=True),
    CheckConstraint(f"kind IN {KINDS}", name="organisations_kind_check"),
    CheckConstraint(f"(kind = 'insurer') = (id = '{HOUSE}')", name="organisations_house_check"),
)

fleet_plates = Table(
    "fleet_plates",
    metadata,
    Column("plate", Text, primary_key=True, comment="as dispatch.triage.report_words.plates_in writes it"),
    Column("organisation_id", Text, ForeignKey("organisations.id"), nullable=False),
    Index(None, "organisation_id"),
    comment="vehicles of clients",
)

organisation_units = Table(
    "organisation_units",
    metadata,
    Column("unit_id", Text, ForeignKey("units.id", ondelete="CASCADE"), primary_key=True),
    Column("organisation_id", Text, ForeignKey("organisations.id"), nullable=False),
    Index(None, "organisation_id"),
    comment="units of tow companies; all others are the house's",
)

organisation_shops = Table(
    "organisation_shops",
    metadata,
    Column("shop_id", Text, ForeignKey("shops.id", ondelete="CASCADE"), primary_key=True),
    Column("organisation_id", Text, ForeignKey("organisations.id"), nullable=False),
    Index(None, "organisation_id"),
    comment="repair shops whose people may sign in",
)

incident_parties = Table(
    "incident_parties",
    metadata,
    Column("incident_id", Text, ForeignKey("incidents.id"), primary_key=True),
    Column("organisation_id", Text, ForeignKey("organisations.id"), primary_key=True),
    Column("cause", Text, primary_key=True, comment="plate, merged, shop or unit"),
    Index(None, "organisation_id", "incident_id"),
    comment="whose a case is besides the insurer's; written with the events by gz_decide_parties",
)
