"""The people as the administrator sees them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from api.access import sign_in_door
from api.credentials.security import Account

_EVERYBODY = text("""
SELECT users.name, users.role, users.unit_id, users.organisation_id, o.kind, o.name AS organisation, units.name AS unit,
    users.disabled_at, o.disabled_at IS NOT NULL AS organisation_disabled, users.last_sign_in_at, (
        SELECT count(*) FROM sessions s WHERE s.account = users.name AND s.ended_at IS NULL AND s.until > :now
        AND s.seen_at + make_interval(secs => s.idle_s) > :now
    ) AS sessions
FROM users JOIN organisations o ON o.id = users.organisation_id LEFT JOIN units ON units.id = users.unit_id
ORDER BY o.kind <> 'insurer', users.organisation_id, users.name
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account as it stands; ``locked_until`` is set while wrong passwords make somebody wait."""

    account: Account
    organisation: str
    unit: str | None
    disabled_at: datetime | None
    organisation_disabled: bool
    last_sign_in_at: datetime | None
    sessions: int
    locked_until: datetime | None


def everybody(connection: Connection, now: datetime) -> list[Person]:
    """Every account, the house's first, then by organisation and name."""
    rows = connection.execute(_EVERYBODY, {"now": now}).all()
    locked = sign_in_door.locked(connection, [row.name for row in rows], now)
    return [
        Person(
            account=Account.of(row),
            organisation=row.organisation,
            unit=row.unit,
            disabled_at=row.disabled_at,
            organisation_disabled=row.organisation_disabled,
            last_sign_in_at=row.last_sign_in_at,
            sessions=row.sessions,
            locked_until=locked.get(row.name),
        )
        for row in rows
    ]
