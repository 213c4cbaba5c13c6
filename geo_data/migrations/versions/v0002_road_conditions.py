"""Conditions on the roads: closures, floods, slow-downs, measured speeds."""

from alembic import op

from geo_data.set_aside import set_aside, take_back

revision = "0002"
down_revision = "0001"

# Times are compared in UTC only, so the generated columns hold in every session.
CONDITIONS = """
CREATE TABLE road_conditions (
    id text PRIMARY KEY,
    kind text NOT NULL,
    factor double precision,
    speed_kph double precision,
    area geometry(Polygon, 4326),
    edges integer[],
    network text NOT NULL,
    reason text NOT NULL,
    from_at timestamptz NOT NULL,
    until_at timestamptz,
    told_at timestamptz NOT NULL,
    told_by text NOT NULL,
    removed_at timestamptz,
    removed_by text NOT NULL DEFAULT '',
    starts_at timestamptz NOT NULL GENERATED ALWAYS AS (greatest(from_at, told_at)) STORED,
    ends_at timestamptz NOT NULL GENERATED ALWAYS AS (
        least(coalesce(until_at, 'infinity'), coalesce(removed_at, 'infinity'))
    ) STORED,
    CHECK ((area IS NULL) <> (edges IS NULL))
);
COMMENT ON COLUMN road_conditions.network IS 'fingerprint of the road network that edges belong to';
COMMENT ON COLUMN road_conditions.ends_at IS 'infinity: until it is taken back';
CREATE INDEX road_conditions_ends_at_idx ON road_conditions (ends_at);

CREATE FUNCTION refuse_change_of_condition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN  -- computed columns are empty in NEW at this point
    IF TG_OP = 'UPDATE' AND OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL
        AND to_jsonb(NEW) - '{removed_at,removed_by,starts_at,ends_at}'::text[]
            = to_jsonb(OLD) - '{removed_at,removed_by,starts_at,ends_at}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'road conditions are told and taken back, never changed or erased: % refused', TG_OP;
END $$;
CREATE TRIGGER road_conditions_are_kept BEFORE UPDATE OR DELETE ON road_conditions
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_condition();
"""


def upgrade() -> None:
    if not take_back("road_conditions"):
        op.execute(CONDITIONS)


def downgrade() -> None:
    set_aside("road_conditions")
