"""First tables: the event log with its projections, the fleet with its fixes, users, the map."""

from alembic import op

revision = "0001"
down_revision = None

# Plain SQL, frozen: geo_data/tables/schema.py moves on with later migrations, this file does not.
LOG = """
CREATE SEQUENCE incident_numbers;
CREATE TABLE incidents (
    id text PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY,
    version integer NOT NULL,
    reported_at timestamptz NOT NULL,
    status text NOT NULL,
    closed boolean NOT NULL,
    tier text NOT NULL,
    zone text,
    district text,
    due_at timestamptz,
    arrived_at timestamptz,
    simulated boolean NOT NULL,
    place geometry(Point, 4326)
);
COMMENT ON COLUMN incidents.number IS 'order of intake';
COMMENT ON COLUMN incidents.version IS 'number of events';
CREATE INDEX incidents_reported_at_number_idx ON incidents (reported_at, number);
CREATE INDEX incidents_open_idx ON incidents (number) WHERE NOT closed;
CREATE INDEX incidents_place_idx ON incidents USING gist (place);

CREATE TABLE events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id text NOT NULL REFERENCES incidents (id),
    seq integer NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    body jsonb NOT NULL,
    UNIQUE (incident_id, seq)
);
COMMENT ON COLUMN events.seq IS '1, 2, 3 … within the incident';
COMMENT ON COLUMN events.kind IS 'name of the class in dispatch.events';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are appended, never changed or removed: % refused', TG_OP;
END $$;
CREATE TRIGGER events_are_only_appended BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION tell_of_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('gz_events', NEW.id::text);
    RETURN NULL;
END $$;
CREATE TRIGGER events_are_told AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION tell_of_event();

CREATE TABLE assignments (
    id text PRIMARY KEY,
    incident_id text NOT NULL REFERENCES incidents (id),
    unit_id text NOT NULL,
    role text NOT NULL,
    status text NOT NULL,
    open boolean NOT NULL
);
CREATE UNIQUE INDEX one_open_assignment_per_unit ON assignments (unit_id) WHERE open;
CREATE UNIQUE INDEX one_open_assignment_per_role ON assignments (incident_id, role) WHERE open;
CREATE INDEX assignments_incident_id_idx ON assignments (incident_id);
"""

FLEET = """
CREATE TABLE units (
    id text PRIMARY KEY,
    name text NOT NULL,
    role text NOT NULL,
    standby geometry(Point, 4326) NOT NULL,
    shift_start time NOT NULL,
    shift_end time NOT NULL,
    plate text NOT NULL,
    simulated boolean NOT NULL
);
COMMENT ON COLUMN units.shift_start IS 'Guangzhou time';
COMMENT ON COLUMN units.shift_end IS 'Guangzhou time; equal to the start: always on duty';

CREATE TABLE shops (
    id text PRIMARY KEY,
    name text NOT NULL,
    place geometry(Point, 4326) NOT NULL,
    designated boolean NOT NULL,
    simulated boolean NOT NULL
);

CREATE TABLE fixes (
    unit_id text NOT NULL REFERENCES units (id),
    at timestamptz NOT NULL,
    position geometry(Point, 4326) NOT NULL,
    accuracy_m double precision NOT NULL,
    heading_deg double precision,
    speed_mps double precision,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (unit_id, at)
);

CREATE TABLE latest_fixes (
    unit_id text PRIMARY KEY REFERENCES units (id),
    at timestamptz NOT NULL,
    position geometry(Point, 4326) NOT NULL,
    accuracy_m double precision NOT NULL,
    heading_deg double precision,
    speed_mps double precision,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX latest_fixes_position_idx ON latest_fixes USING gist (position);

CREATE TABLE users (
    name text PRIMARY KEY,
    password_hash text NOT NULL,
    role text NOT NULL,
    unit_id text REFERENCES units (id)
);
"""

MAP = """
CREATE TABLE map_source (
    fingerprint text PRIMARY KEY,
    network text NOT NULL,
    title text NOT NULL,
    schematic boolean NOT NULL
);
COMMENT ON COLUMN map_source.fingerprint IS 'of everything loaded; the table has at most one row';
COMMENT ON COLUMN map_source.network IS 'fingerprint of the road network';

CREATE TABLE map_roads (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    class text NOT NULL,
    rank smallint NOT NULL,
    name text NOT NULL,
    flags smallint NOT NULL,
    geom geometry(LineString, 3857) NOT NULL
);
COMMENT ON COLUMN map_roads.rank IS '0 is a motorway; index into ROAD_CLASSES';
COMMENT ON COLUMN map_roads.flags IS 'as in geo_data.roads.network: ramp 1, bridge 2, tunnel 4 …';
CREATE INDEX map_roads_geom_idx ON map_roads USING gist (geom);

CREATE TABLE map_areas (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL,
    geom geometry(MultiPolygon, 3857) NOT NULL
);
COMMENT ON COLUMN map_areas.kind IS 'district, water or green';
CREATE INDEX map_areas_geom_idx ON map_areas USING gist (geom);

CREATE TABLE map_places (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL,
    rank smallint NOT NULL,
    geom geometry(Point, 3857) NOT NULL
);
COMMENT ON COLUMN map_places.rank IS '0 is shown first';
CREATE INDEX map_places_geom_idx ON map_places USING gist (geom);
"""


def upgrade() -> None:
    for script in (LOG, FLEET, MAP):
        op.execute(script)
