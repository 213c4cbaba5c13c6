"""The tables, as SQLAlchemy knows them; `geo_data/migrations` makes them, triggers included.

The events are the truth. ``incidents`` and ``assignments`` are projections written in the same transaction, so that
lists and tiles need no fold and the database itself can refuse a second open assignment. Fixes are observations.
"""

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    SmallInteger,
    Table,
    Text,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

EVENTS_CHANNEL = "gz_events"  # payload: events.id
FIXES_CHANNEL = "gz_fixes"  # payload: unit ids, comma-separated

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)

incident_numbers = Sequence("incident_numbers", metadata=metadata)


def _moment(name: str, *, null: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=null)


def _shape(name: str, kind: str, srid: int, *, null: bool = False) -> Column[object]:
    return Column(name, Geometry(kind, srid=srid, spatial_index=False), nullable=null)


incidents = Table(
    "incidents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False, comment="order of intake"),
    Column("version", Integer, nullable=False, comment="number of events"),
    _moment("reported_at"),
    Column("status", Text, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("tier", Text, nullable=False),
    Column("zone", Text),
    Column("district", Text),
    _moment("due_at", null=True),
    _moment("arrived_at", null=True),
    Column("simulated", Boolean, nullable=False),
    _shape("place", "POINT", 4326, null=True),
    Index(None, "reported_at", "number"),
    Index("incidents_open_idx", "number", postgresql_where=text("NOT closed")),
    Index("incidents_place_idx", "place", postgresql_using="gist"),
)

events = Table(
    "events",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("incident_id", Text, ForeignKey("incidents.id"), nullable=False),
    Column("seq", Integer, nullable=False, comment="1, 2, 3 … within the incident"),
    Column("kind", Text, nullable=False, comment="name of the class in dispatch.events"),
    _moment("at"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("body", JSONB, nullable=False),
    Column("hash", LargeBinary, nullable=False, comment="of this event and the one before it; docs/seals.md"),
    UniqueConstraint("incident_id", "seq"),
)

leaves = Table(
    "leaves",
    metadata,
    Column("incident_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _moment("at"),
    Column("hash", LargeBinary, nullable=False),
    Column("seal", Integer, nullable=False),
    Index(None, "seal"),
    comment="which events a seal covers, each exactly once",
)

seals = Table(
    "seals",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    _moment("sealed_at"),
    Column("events", BigInteger, nullable=False),
    Column("root", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False, comment="what is published"),
    Column("network", Text, nullable=False),
    Column("policy", Text, nullable=False, comment="SHA-256 of policy_text"),
    Column("policy_text", Text, nullable=False),
)

assignments = Table(
    "assignments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("incident_id", Text, ForeignKey("incidents.id"), nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("open", Boolean, nullable=False),
    Index("one_open_assignment_per_unit", "unit_id", unique=True, postgresql_where=text("open")),
    Index("one_open_assignment_per_role", "incident_id", "role", unique=True, postgresql_where=text("open")),
    Index(None, "incident_id"),
)

shop_bookings = Table(
    "shop_bookings",
    metadata,
    Column("assignment_id", Text, ForeignKey("assignments.id"), primary_key=True),
    Column("shop_id", Text, nullable=False),
    Column("day", Date, nullable=False, comment="of the expected arrival, Guangzhou time"),
    Column("slot", Integer, comment="1, 2, 3 … up to the capacity; null where the shop has no limit"),
    UniqueConstraint("shop_id", "day", "slot"),
)

units = Table(
    "units",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    _shape("standby", "POINT", 4326),
    Column("shift_start", Time, nullable=False, comment="Guangzhou time"),
    Column("shift_end", Time, nullable=False, comment="Guangzhou time; equal to the start: always on duty"),
    Column("plate", Text, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("skills", ARRAY(Text), nullable=False, server_default="{}"),
    Column("backup_rank", SmallInteger, comment="order in which back-up people are called up; null for regular staff"),
    Column("contacts", ARRAY(Text), nullable=False, server_default="{}"),
)

shops = Table(
    "shops",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    _shape("place", "POINT", 4326),
    Column("designated", Boolean, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("opens", Time, nullable=False, server_default="00:00", comment="Guangzhou time"),
    Column("closes", Time, nullable=False, server_default="00:00", comment="equal to the opening: always open"),
    Column("makes", ARRAY(Text), nullable=False, server_default="{}", comment="makes of vehicle it takes; empty: all"),
    Column("capacity", Integer, comment="vehicles a day; null without a limit"),
)


def _fix_columns() -> list[Column[object]]:
    return [
        _shape("position", "POINT", 4326),
        Column("accuracy_m", Double, nullable=False),
        Column("heading_deg", Double),
        Column("speed_mps", Double),
        Column("mocked", Boolean, nullable=False, server_default=text("false")),
        Column("received_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    ]


fixes = Table(
    "fixes",
    metadata,
    Column("unit_id", Text, ForeignKey("units.id"), primary_key=True),
    Column("at", DateTime(timezone=True), primary_key=True),
    *_fix_columns(),
)

latest_fixes = Table(
    "latest_fixes",
    metadata,
    Column("unit_id", Text, ForeignKey("units.id"), primary_key=True),
    _moment("at"),
    *_fix_columns(),
    Index("latest_fixes_position_idx", "position", postgresql_using="gist"),
)

duty_changes = Table(
    "duty_changes",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("unit_id", Text, ForeignKey("units.id"), nullable=False),
    _moment("at"),
    _moment("until"),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Index(None, "unit_id", "id"),
    comment="appended only; the latest of a unit counts while it holds",
)

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("unit_id", Text, ForeignKey("units.id")),
)

road_conditions = Table(
    "road_conditions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("factor", Double),
    Column("speed_kph", Double),
    _shape("area", "POLYGON", 4326, null=True),
    Column("edges", ARRAY(Integer)),
    Column("network", Text, nullable=False, comment="fingerprint of the road network that edges belong to"),
    Column("reason", Text, nullable=False),
    _moment("from_at"),
    _moment("until_at", null=True),
    _moment("told_at"),
    Column("told_by", Text, nullable=False),
    _moment("removed_at", null=True),
    Column("removed_by", Text, nullable=False, server_default=""),
    Column("starts_at", DateTime(timezone=True), Computed("greatest(from_at, told_at)"), nullable=False),
    Column(
        "ends_at",
        DateTime(timezone=True),
        Computed("least(coalesce(until_at, 'infinity'), coalesce(removed_at, 'infinity'))"),
        nullable=False,
        comment="infinity: until it is taken back",
    ),
    CheckConstraint("(area IS NULL) <> (edges IS NULL)"),
    Index(None, "ends_at"),
)

company_places = Table(
    "company_places",
    metadata,
    Column("source", Text, primary_key=True, comment="name of the file they came from"),
    Column("number", Integer, primary_key=True, comment="1, 2, 3 … within the source, without gaps"),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False, comment="empty where the file has none or only that"),
    Column("district", Text, nullable=False, comment="as the file has it; may be empty"),
    _shape("place", "POINT", 4326),
    _moment("imported_at"),
    # One row a source: what has been imported is told without counting through all places.
    Index("company_places_sources_idx", "source", "imported_at", postgresql_where=text("number = 1")),
)

# Map tables are in web mercator (EPSG:3857), the plane vector tiles are cut from.

map_source = Table(
    "map_source",
    metadata,
    Column("fingerprint", Text, primary_key=True, comment="of everything loaded; the table has at most one row"),
    Column("network", Text, nullable=False, comment="fingerprint of the road network"),
    Column("title", Text, nullable=False),
    Column("schematic", Boolean, nullable=False),
)

map_roads = Table(
    "map_roads",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("class", Text, nullable=False),
    Column("rank", SmallInteger, nullable=False, comment="0 is a motorway; index into ROAD_CLASSES"),
    Column("name", Text, nullable=False),
    Column("flags", SmallInteger, nullable=False, comment="as in geo_data.network: ramp 1, bridge 2, tunnel 4 …"),
    _shape("geom", "LINESTRING", 3857),
    Index("map_roads_geom_idx", "geom", postgresql_using="gist"),
)

map_areas = Table(
    "map_areas",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False, comment="district, water or green"),
    Column("name", Text, nullable=False),
    _shape("geom", "MULTIPOLYGON", 3857),
    Index("map_areas_geom_idx", "geom", postgresql_using="gist"),
)

map_places = Table(
    "map_places",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("rank", SmallInteger, nullable=False, comment="0 is shown first"),
    _shape("geom", "POINT", 3857),
    Index("map_places_geom_idx", "geom", postgresql_using="gist"),
)
