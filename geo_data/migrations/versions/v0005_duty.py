"""Who goes on or off duty against the shift, takes a break, or is called up as back-up."""

from alembic import op

from geo_data.set_aside import set_aside, take_back

revision = "0005"
down_revision = "0004"

DUTY = """
CREATE TABLE duty_changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id text NOT NULL REFERENCES units (id),
    at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    by text NOT NULL
);
CREATE INDEX duty_changes_unit_id_id_idx ON duty_changes (unit_id, id);
COMMENT ON TABLE duty_changes IS 'appended only; the latest of a unit counts while it holds';
"""


def upgrade() -> None:
    if not take_back("duty_changes"):
        op.execute(DUTY)


def downgrade() -> None:
    set_aside("duty_changes")
