"""The administrator's page: organisations that are disabled, last sign-ins, kinds of device, and acts kept as facts."""

from alembic import op

from geo_data.set_aside import set_columns_aside, take_columns_back
from geo_data.tables.row_security import own_cases, said, seats

revision = "0020"
down_revision = "0019"

COLUMNS = """
ALTER TABLE organisations ADD COLUMN disabled_at timestamptz;
ALTER TABLE users ADD COLUMN last_sign_in_at timestamptz;
ALTER TABLE sessions ADD COLUMN device text;
COMMENT ON COLUMN sessions.device IS 'phone, tablet, computer or program, as the request to sign in said; null: from before';
COMMENT ON COLUMN access_log.what IS 'case, list, photo, search, export, client, people, log';
"""
READ_BEFORE = "COMMENT ON COLUMN access_log.what IS 'case, list, photo, search, export, client, log'"
FROM_SESSIONS = """
UPDATE users SET last_sign_in_at = (SELECT max(begun_at) FROM sessions WHERE account = users.name)
WHERE last_sign_in_at IS NULL
"""
# An earlier program knows no disabled organisations: each of their people is shut out instead.
STILL_SHUT = """
UPDATE users SET disabled_at = o.disabled_at FROM organisations o
WHERE o.id = organisation_id AND users.disabled_at IS NULL AND o.disabled_at IS NOT NULL
"""
ADDED = {"organisations": ("id", "disabled_at"), "users": ("name", "last_sign_in_at"), "sessions": ("id", "device")}

ACTS = "stream = 'house/administration'"
OF_STREAM = "substr(service_facts.stream, 10)"  # after incident/
OWN_CLIENT = "(SELECT 'client/' || o.client_id FROM organisations o WHERE o.id = (SELECT gz_party()))"
OF_CASES = (
    f"{seats('dispatcher', 'manager', 'auditor')} OR stream = {OWN_CLIENT} "
    f"OR (stream LIKE 'incident/%' AND ({own_cases(OF_STREAM)}))"
)
OF_HOUSE = f"stream LIKE 'house/%' AND {said('account')} <> ''"
BEFORE = f"""
ALTER POLICY select_rows ON service_facts USING ({OF_CASES} OR ({OF_HOUSE}));
ALTER POLICY insert_rows ON service_facts WITH CHECK ({seats("dispatcher")});
"""
AFTER = f"""
ALTER POLICY select_rows ON service_facts USING (
    {OF_CASES} OR ({OF_HOUSE} AND NOT {ACTS}) OR ({ACTS} AND {seats("administrator")})
);
ALTER POLICY insert_rows ON service_facts WITH CHECK (
    {seats("dispatcher")} AND NOT {ACTS} OR ({ACTS} AND {seats("administrator")})
);
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    for table, (key, column) in ADDED.items():
        take_columns_back(table, [key], [column])
    op.execute(FROM_SESSIONS)
    op.execute(AFTER)


def downgrade() -> None:
    op.execute(BEFORE)
    op.execute(READ_BEFORE)
    op.execute(STILL_SHUT)
    for table, (key, column) in ADDED.items():
        set_columns_aside(table, [key], [column])
