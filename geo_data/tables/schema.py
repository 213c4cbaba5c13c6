"""The tables, as SQLAlchemy knows them; `geo_data/migrations` makes them, triggers included.

The events are the truth. ``incidents`` and ``assignments`` are projections written in the same transaction, for lists,
and for the database to refuse a second open assignment. Fixes are observations. Maps are in web mercator (EPSG:3857).
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
    Uuid,
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


def moment(name: str, *, null: bool = False) -> Column[object]:
    """A column of aware times."""
    return Column(name, DateTime(timezone=True), nullable=null)


def _shape(name: str, kind: str, srid: int, *, null: bool = False) -> Column[object]:
    return Column(name, Geometry(kind, srid=srid, spatial_index=False), nullable=null)


incidents = Table(
    "incidents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False, comment="order of intake"),
    Column("version", Integer, nullable=False, comment="number of events"),
    moment("reported_at"),
    Column("status", Text, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("tier", Text, nullable=False),
    Column("zone", Text),
    Column("district", Text),
    moment("due_at", null=True),
    moment("arrived_at", null=True),
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
    moment("at"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("body", JSONB, nullable=False),
    Column("hash", LargeBinary, nullable=False, comment="of this event and the one before it; docs/seals.md"),
    UniqueConstraint("incident_id", "seq"),
    Index(
        "events_caller_asks_idx",
        "incident_id",
        "seq",
        postgresql_where=text("kind IN ('CallbackRequested', 'PlaceDoubted')"),
    ),
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
    Index(None, "unit_id"),
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


fixes = Table(  # a table a day: `geo_data.stores.fix_days`
    "fixes",
    metadata,
    Column("unit_id", Text, primary_key=True),
    Column("at", DateTime(timezone=True), primary_key=True),
    *_fix_columns(),
    Index(None, "received_at", postgresql_using="brin"),
    postgresql_partition_by="RANGE (at)",
)

latest_fixes = Table(
    "latest_fixes",
    metadata,
    Column("unit_id", Text, ForeignKey("units.id"), primary_key=True),
    moment("at"),
    *_fix_columns(),
)

duty_changes = Table(
    "duty_changes",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("unit_id", Text, ForeignKey("units.id"), nullable=False),
    moment("at"),
    moment("until"),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Index(None, "unit_id", "id"),
    comment="appended only; the latest of a unit counts while it holds",
)

photos = Table(
    "photos",
    metadata,
    Column("incident_id", Text, ForeignKey("incidents.id"), primary_key=True),
    Column("sha256", Text, primary_key=True, comment="of content, hexadecimal; what else is known is in PhotoTaken"),
    Column("media_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False, comment="as received"),
    Column("thumbnail", LargeBinary, nullable=False, comment="a small JPEG, upright, without EXIF"),
)

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("unit_id", Text, ForeignKey("units.id")),
    Column("organisation_id", Text, ForeignKey("organisations.id"), nullable=False, server_default="house"),
    moment("disabled_at", null=True),
    moment("last_sign_in_at", null=True),
)

case_links = Table(
    "case_links",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True, comment="SHA-256 of the token, which is kept nowhere"),
    Column("incident_id", Text, ForeignKey("incidents.id"), nullable=False),
    moment("issued_at"),
    Column("issued_by", Text, nullable=False),
    Index(None, "incident_id"),
)

caller_reports = Table(
    "caller_reports",
    metadata,
    Column("key_hash", LargeBinary, primary_key=True, comment="SHA-256 of the key a page made when it opened"),
    Column("body_hash", LargeBinary, nullable=False, comment="SHA-256 of what was sent with it"),
    Column("incident_id", Text, ForeignKey("incidents.id"), nullable=False),
    moment("at"),
    comment="one report a key, however often it is sent",
)

public_requests = Table(
    "public_requests",
    metadata,
    Column("door", Text, primary_key=True),
    Column("who", LargeBinary, primary_key=True, comment="hash of an address; empty: all together"),
    moment("window_at"),
    Column("n", Integer, nullable=False),
    prefixes=["UNLOGGED"],
    comment="how often strangers knocked in their present window",
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
    moment("from_at"),
    moment("until_at", null=True),
    moment("told_at"),
    Column("told_by", Text, nullable=False),
    moment("removed_at", null=True),
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

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("account", Text, primary_key=True, comment="user name; empty for somebody who is not signed in"),
    Column("key", Uuid, primary_key=True),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("body_sha256", Text, nullable=False),
    Column("status", SmallInteger, comment="of the answer; written in the transaction that did the work"),
    Column("media_type", Text),
    Column("answer", LargeBinary),
    moment("made_at"),
    Index(None, "made_at"),
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
    moment("imported_at"),
    Index("company_places_sources_idx", "source", "imported_at", postgresql_where=text("number = 1")),  # a row a source
)

devices = Table(
    "devices",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("token_sha256", LargeBinary, nullable=False, comment="the token itself is shown once and kept nowhere"),
    Column("unit_id", Text, ForeignKey("units.id"), nullable=False),
    Column("name", Text, nullable=False),
    moment("created_at"),
    Column("created_by", Text, nullable=False),
    moment("last_seen_at", null=True),
    Column("battery", Double, comment="0 to 1"),
    Column("charging", Boolean),
    Column(
        "allowance",
        Double,
        nullable=False,
        comment="messages it might still send at last_seen_at; grows with time up to a bound",
    ),
    moment("revoked_at", null=True),
    Column("revoked_by", Text, nullable=False, server_default=""),
    UniqueConstraint("token_sha256"),
)

push_subscriptions = Table(
    "push_subscriptions",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("endpoint", Text, nullable=False, comment="given by the browser; whoever knows it and has our key may push"),
    Column("p256dh", Text, nullable=False, comment="public key of the browser, base64url"),
    Column("auth", Text, nullable=False, comment="secret shared with the browser, base64url"),
    Column("account", Text, ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    moment("created_at"),
    moment("failed_at", null=True),
    Column("last_error", Text, nullable=False, server_default=""),
    UniqueConstraint("endpoint"),
    Index(None, "account"),
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
    Column("flags", SmallInteger, nullable=False, comment="as in geo_data.roads.network: ramp 1, bridge 2, tunnel 4 …"),
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
