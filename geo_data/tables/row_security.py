"""Row-level security in a migration: what is granted to the service's role, and who sees and writes which rows.

Every table has row-level security, so a table without a policy shows the service nothing. A policy is an expression over
the functions of `PRINCIPAL`, which read what the transaction has said of itself (`geo_data.principal`). They stand in
sub-selects, so that PostgreSQL asks once a query and not once a row.
"""

ROLE = "gz_app"

PRINCIPAL = """
CREATE FUNCTION gz_said(name text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT coalesce(current_setting('gz.' || name, true), '') $$;
CREATE FUNCTION gz_seat_of(role text, kind text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE
    WHEN kind = 'insurer' AND role IN ('dispatcher', 'surveyor', 'manager', 'auditor', 'administrator') THEN role
    WHEN kind = 'client' AND role = 'manager' THEN 'client'
    WHEN kind IN ('shop', 'tow') AND role = 'partner' THEN 'partner'
    WHEN kind = 'tow' AND role = 'surveyor' THEN 'surveyor'
    ELSE 'nobody' END $$;
CREATE FUNCTION gz_is(VARIADIC seats text[]) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT gz_said('seat') = ANY (seats) $$;
CREATE FUNCTION gz_party() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT CASE WHEN gz_is('client', 'partner') THEN gz_said('organisation') END $$;
CREATE FUNCTION gz_surveyor() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT CASE WHEN gz_is('surveyor') THEN nullif(gz_said('unit'), '') END $$;
CREATE FUNCTION gz_cases() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT CASE WHEN gz_is('caller') THEN string_to_array(gz_said('cases'), ',') ELSE '{}' END $$;
CREATE FUNCTION gz_token() RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT CASE WHEN gz_said('token') <> '' THEN decode(gz_said('token'), 'hex') END $$;
"""
FUNCTIONS = (
    "gz_token()",
    "gz_cases()",
    "gz_surveyor()",
    "gz_party()",
    "gz_is(text[])",
    "gz_seat_of(text, text)",
    "gz_said(text)",
)

EVERYBODY = "true"


def seats(*names: str) -> str:
    """Rows for these seats, all or none."""
    return f"(SELECT gz_is({', '.join(repr(name) for name in names)}))"


def said(name: str) -> str:
    """What the transaction says of itself: seat, account, organisation, unit."""
    return f"(SELECT gz_said('{name}'))"


ALL_CASES = seats("dispatcher", "manager", "auditor", "intake")


def own_cases(column: str) -> str:
    """Rows of a case that is somebody's own: the caller's, the surveyor's who is or was sent, the organisation's.

    Parameters
    ----------
    column : str
        The number of the incident, with its table: ``events.incident_id``.
    """
    return f"""{column} = ANY ((SELECT gz_cases())::text[])
    OR ((SELECT gz_surveyor()) IS NOT NULL AND EXISTS (
        SELECT FROM assignments own WHERE own.incident_id = {column} AND own.unit_id = (SELECT gz_surveyor())))
    OR ((SELECT gz_party()) IS NOT NULL AND EXISTS (
        SELECT FROM incident_parties own WHERE own.incident_id = {column} AND own.organisation_id = (SELECT gz_party())))"""  # noqa: S608  (put together from constants)


def cases(column: str) -> str:
    """Rows of a case that the insurer's people see all of, and others where it is their own."""
    return f"{ALL_CASES} OR {own_cases(column)}"


def protect(
    table: str,
    *,
    select: str | None = None,
    insert: str | None = None,
    update: str | None = None,
    delete: str | None = None,
) -> str:
    """Statements that switch row-level security on for a table and let the service do what the expressions say.

    What is left out is refused to everybody but the owner (background, command line, migrations).
    """
    lines = [f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"]
    for command, who in (("SELECT", select), ("INSERT", insert), ("UPDATE", update), ("DELETE", delete)):
        if who is None:
            continue
        lines.append(f"GRANT {command} ON {table} TO {ROLE}")
        clause = f"WITH CHECK ({who})" if command == "INSERT" else f"USING ({who})"
        lines.append(f"CREATE POLICY {command.lower()}_rows ON {table} FOR {command} TO {ROLE} {clause}")
    return ";\n".join(lines) + ";\n"


def unprotect(table: str) -> str:
    """Undo `protect`."""
    dropped = "".join(f"DROP POLICY IF EXISTS {c}_rows ON {table};" for c in ("select", "insert", "update", "delete"))
    return f"{dropped} ALTER TABLE {table} DISABLE ROW LEVEL SECURITY; REVOKE ALL ON {table} FROM {ROLE};"
