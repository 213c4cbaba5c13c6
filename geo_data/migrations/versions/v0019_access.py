"""Organisations, whose each case is, and row-level security on every table."""

from alembic import op

from geo_data.tables.row_security import (
    ALL_CASES,
    EVERYBODY,
    FUNCTIONS,
    PRINCIPAL,
    ROLE,
    cases,
    own_cases,
    protect,
    said,
    seats,
    unprotect,
)

revision = "0019"
down_revision = "0018"

TABLES = """
CREATE TABLE organisations (
    id text PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL,
    client_id text,
    made_at timestamptz NOT NULL,
    CONSTRAINT organisations_kind_check CHECK (kind IN ('insurer', 'client', 'shop', 'tow')),
    CONSTRAINT organisations_house_check CHECK ((kind = 'insurer') = (id = 'house'))
);
COMMENT ON COLUMN organisations.client_id IS 'of a client in the ledger of services, e.g. C0001';
INSERT INTO organisations VALUES ('house', 'insurer', '本公司', NULL, now());

CREATE TABLE fleet_plates (plate text PRIMARY KEY, organisation_id text NOT NULL REFERENCES organisations (id));
CREATE INDEX fleet_plates_organisation_id_idx ON fleet_plates (organisation_id);
COMMENT ON TABLE fleet_plates IS 'vehicles of clients';
COMMENT ON COLUMN fleet_plates.plate IS 'as dispatch.triage.report_words.plates_in writes it';

CREATE TABLE organisation_units (
    unit_id text PRIMARY KEY REFERENCES units (id) ON DELETE CASCADE,
    organisation_id text NOT NULL REFERENCES organisations (id)
);
CREATE INDEX organisation_units_organisation_id_idx ON organisation_units (organisation_id);
COMMENT ON TABLE organisation_units IS 'units of tow companies; all others are the house''s';

CREATE TABLE organisation_shops (
    shop_id text PRIMARY KEY REFERENCES shops (id) ON DELETE CASCADE,
    organisation_id text NOT NULL REFERENCES organisations (id)
);
CREATE INDEX organisation_shops_organisation_id_idx ON organisation_shops (organisation_id);
COMMENT ON TABLE organisation_shops IS 'repair shops whose people may sign in';

CREATE TABLE incident_parties (
    incident_id text REFERENCES incidents (id),
    organisation_id text REFERENCES organisations (id),
    cause text,
    PRIMARY KEY (incident_id, organisation_id, cause)
);
CREATE INDEX incident_parties_organisation_id_incident_id_idx ON incident_parties (organisation_id, incident_id);
COMMENT ON TABLE incident_parties IS 'whose a case is besides the insurer''s; written with the events by gz_decide_parties';
COMMENT ON COLUMN incident_parties.cause IS 'plate, merged, shop or unit';

ALTER TABLE users ADD COLUMN organisation_id text NOT NULL DEFAULT 'house' REFERENCES organisations (id);
ALTER TABLE users ADD COLUMN disabled_at timestamptz;

-- By the owner's rights: whoever appends an event decides whose the case is without seeing anybody's fleet.
CREATE FUNCTION gz_decide_parties(incident text, plates text[], merged text[], shop text, bound text[])
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH wanted AS (
    SELECT organisation_id, 'plate' AS cause FROM fleet_plates WHERE plate = ANY (plates)
    UNION SELECT organisation_id, 'merged' FROM incident_parties WHERE incident_id = ANY (merged) AND cause = 'plate'
    UNION SELECT organisation_id, 'shop' FROM organisation_shops WHERE shop_id = shop
    UNION SELECT organisation_id, 'unit' FROM organisation_units WHERE unit_id = ANY (bound)
), gone AS (
    DELETE FROM incident_parties AS p WHERE p.incident_id = incident AND p.cause IN ('merged', 'shop')
        AND NOT EXISTS (SELECT FROM wanted w WHERE w.organisation_id = p.organisation_id AND w.cause = p.cause)
)
INSERT INTO incident_parties SELECT incident, organisation_id, cause FROM wanted ON CONFLICT DO NOTHING
$$;
"""

DESK = seats("dispatcher", "intake")
OWN_UNIT = f"unit_id = {said('unit')} AND {seats('surveyor', 'device')}"
ACTING = seats("dispatcher", "intake", "surveyor", "caller")
PEOPLE = seats("administrator")
OF_COMPANY = (
    "EXISTS (SELECT FROM organisation_units own WHERE own.unit_id = {} AND own.organisation_id = (SELECT gz_party()))"
)
COMING = (
    "EXISTS (SELECT FROM assignments coming WHERE coming.unit_id = {} AND coming.open "
    "AND coming.incident_id = ANY ((SELECT gz_cases())::text[]))"
)
OWN_ACCOUNT = f"account = {said('account')}"


def acting(column: str) -> str:
    """Rows of a case, for who acts on it."""
    return f"{ACTING} AND ({cases(column)})"


def places(table: str) -> str:
    """Where units are, and when they are on duty: the desk's, one's own, the company's, and of who is coming to a case."""
    unit = f"{table}.unit_id"
    return f"{ALL_CASES} OR ({OWN_UNIT}) OR {OF_COMPANY.format(unit)} OR {COMING.format(unit)}"


OF_BOOKING = "(SELECT booked.incident_id FROM assignments booked WHERE booked.id = shop_bookings.assignment_id)"
OF_STREAM = "substr(service_facts.stream, 10)"  # after incident/
OWN_CLIENT = "(SELECT 'client/' || o.client_id FROM organisations o WHERE o.id = (SELECT gz_party()))"
MAKERS = seats("dispatcher", "manager", "administrator")  # of devices
OWN_TOKEN = f"({seats('device')} AND token_sha256 = (SELECT gz_token()))"
DEVICES = f"{seats('dispatcher', 'manager', 'auditor', 'administrator')} OR {OWN_TOKEN}"

OF_PARTY = (
    "((SELECT gz_party()) IS NOT NULL AND EXISTS (SELECT FROM incident_parties own "
    "WHERE own.incident_id = assignments.incident_id AND own.organisation_id = (SELECT gz_party())))"
)

POLICIES = {
    "incidents": protect("incidents", select=cases("incidents.id"), insert=DESK, update=acting("incidents.id")),
    "events": protect("events", select=cases("events.incident_id"), insert=acting("events.incident_id")),
    "assignments": protect(
        "assignments",
        select=f"{ALL_CASES} OR unit_id = (SELECT gz_surveyor()) OR incident_id = ANY ((SELECT gz_cases())::text[]) "
        f"OR {OF_PARTY}",
        insert=DESK,
        update=f"{DESK} OR unit_id = (SELECT gz_surveyor())",
    ),
    "incident_parties": protect("incident_parties", select=f"{ALL_CASES} OR organisation_id = (SELECT gz_party())"),
    "shop_bookings": protect(
        "shop_bookings",
        select=cases(OF_BOOKING),
        insert=f"{DESK} OR ({acting(OF_BOOKING)})",
        delete=f"{DESK} OR ({acting(OF_BOOKING)})",
    ),
    "photos": protect(
        "photos",
        select=f"NOT {seats('auditor')} AND ({cases('photos.incident_id')})",
        insert=acting("photos.incident_id"),
    ),
    "judged": protect("judged", select=cases("judged.incident_id")),
    "messages": protect("messages", select=ALL_CASES, insert=acting("messages.incident_id")),
    "sessions": protect("sessions", select=f"{OWN_ACCOUNT} OR {PEOPLE}", update=PEOPLE),
    "heartbeats": protect("heartbeats"),  # the background's and the monitor's, both the owner
    "data_keys": protect(
        "data_keys",
        select=f"{cases('data_keys.owner')} OR owner = {OWN_CLIENT} OR (owner LIKE 'house/%' AND {ACTING})",
        insert=f"{ACTING} OR {seats('manager')}",
    ),
    "personal_marks": protect("personal_marks", select=seats("dispatcher", "manager", "intake"), insert=ACTING),
    "access_log": protect(
        "access_log",
        select=f"{seats('manager', 'auditor', 'administrator')} OR who = {said('account')}",
        insert=f"who = {said('account')}",
    ),
    "case_links": protect(
        "case_links",
        select=f"{seats('dispatcher')} OR ({seats('caller')} AND token_hash = (SELECT gz_token()))",
        insert=DESK,
    ),
    "caller_reports": protect("caller_reports", select=seats("intake"), insert=seats("intake")),
    "service_facts": protect(
        "service_facts",
        select=f"{seats('dispatcher', 'manager', 'auditor')} OR stream LIKE 'house/%' AND {said('account')} <> '' "
        f"OR stream = {OWN_CLIENT} OR (stream LIKE 'incident/%' AND ({own_cases(OF_STREAM)}))",
        insert=seats("dispatcher"),
    ),
    "leaves": protect("leaves", select=ALL_CASES),
    "seals": protect("seals", select=ALL_CASES),
    "units": protect(
        "units",
        select=f"{seats('dispatcher', 'manager', 'auditor', 'intake', 'administrator')} OR (id = {said('unit')} AND "
        f"{seats('surveyor', 'device')}) OR {OF_COMPANY.format('units.id')} OR {COMING.format('units.id')}",
    ),
    "fixes": protect("fixes", select=places("fixes"), insert=f"{seats('dispatcher')} OR ({OWN_UNIT})"),
    "latest_fixes": protect(
        "latest_fixes",
        select=places("latest_fixes"),
        insert=f"{seats('dispatcher')} OR ({OWN_UNIT})",
        update=f"{seats('dispatcher')} OR ({OWN_UNIT})",
    ),
    "duty_changes": protect(
        "duty_changes",
        select=f"{ALL_CASES} OR ({OWN_UNIT}) OR {OF_COMPANY.format('duty_changes.unit_id')}",
        insert=f"{DESK} OR ({OWN_UNIT})",
    ),
    "shops": protect(
        "shops",
        select=f"{seats('dispatcher', 'manager', 'auditor', 'intake', 'surveyor', 'caller', 'administrator')} OR EXISTS "
        "(SELECT FROM organisation_shops own WHERE own.shop_id = shops.id AND own.organisation_id = (SELECT gz_party()))",
    ),
    "users": protect("users", select=f"name = {said('account')} OR {PEOPLE}", insert=PEOPLE, update=PEOPLE),
    "devices": protect("devices", select=DEVICES, insert=MAKERS, update=f"{MAKERS} OR {OWN_TOKEN}"),
    "push_subscriptions": protect(
        "push_subscriptions", select=OWN_ACCOUNT, insert=OWN_ACCOUNT, update=OWN_ACCOUNT, delete=OWN_ACCOUNT
    ),
    "idempotency_keys": protect("idempotency_keys", select=OWN_ACCOUNT, insert=OWN_ACCOUNT, update=OWN_ACCOUNT),
    "organisations": protect(
        "organisations",
        select=f"{seats('dispatcher', 'manager', 'auditor', 'administrator')} OR id = {said('organisation')}",
        insert=PEOPLE,
        update=PEOPLE,
    ),
    "fleet_plates": protect(
        "fleet_plates",
        select=f"{seats('dispatcher', 'manager', 'administrator')} OR organisation_id = (SELECT gz_party())",
        insert=PEOPLE,
        delete=PEOPLE,
    ),
    "organisation_units": protect(
        "organisation_units",
        select=f"{seats('dispatcher', 'manager', 'auditor', 'administrator')} OR organisation_id = (SELECT gz_party())",
        insert=PEOPLE,
        delete=PEOPLE,
    ),
    "organisation_shops": protect(
        "organisation_shops",
        select=f"{seats('dispatcher', 'manager', 'auditor', 'administrator')} OR organisation_id = (SELECT gz_party())",
        insert=PEOPLE,
        delete=PEOPLE,
    ),
    "public_requests": protect("public_requests"),  # counted by the owner, in transactions of their own
    "road_conditions": protect(
        "road_conditions", select=EVERYBODY, insert=seats("dispatcher"), update=seats("dispatcher")
    ),
    "company_places": protect("company_places", select=EVERYBODY),
    "map_source": protect("map_source", select=EVERYBODY),
    "map_roads": protect("map_roads", select=EVERYBODY),
    "map_areas": protect("map_areas", select=EVERYBODY),
    "map_places": protect("map_places", select=EVERYBODY),
}
MADE = ("incident_parties", "organisation_shops", "organisation_units", "fleet_plates")
SEQUENCES = ("incident_numbers", "client_numbers")


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(PRINCIPAL)
    op.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}; GRANT USAGE ON SEQUENCE {', '.join(SEQUENCES)} TO {ROLE}")
    for statements in POLICIES.values():
        op.execute(statements)


def downgrade() -> None:
    for table in POLICIES:
        op.execute(unprotect(table))
    op.execute(f"REVOKE ALL ON SEQUENCE {', '.join(SEQUENCES)} FROM {ROLE}; REVOKE ALL ON SCHEMA public FROM {ROLE}")
    op.execute("DROP FUNCTION gz_decide_parties(text, text[], text[], text, text[])")
    op.execute("ALTER TABLE users DROP COLUMN organisation_id, DROP COLUMN disabled_at")
    for table in (*MADE, "organisations"):
        op.execute(f"DROP TABLE {table}")
    op.execute("".join(f"DROP FUNCTION {name};" for name in FUNCTIONS))
