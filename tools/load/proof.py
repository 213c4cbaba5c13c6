"""That nothing acknowledged was lost, and nothing is there twice: counted in the database."""

from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, Engine, text

from geo_data.database import transaction
from tools.load.plan import Outcome

AT_ONCE = 100_000
MISSING = text("""
SELECT count(*) FROM unnest(CAST(:units AS text[]), CAST(:ats AS bigint[])) AS told (unit_id, at_us)
WHERE NOT EXISTS (
    SELECT FROM fixes WHERE fixes.unit_id = told.unit_id
    AND fixes.at = timestamptz 'epoch' + told.at_us * interval '1 microsecond'
)
""")
MISSING_REPORTS = text("""
SELECT count(*) FROM unnest(CAST(:ids AS text[])) AS told (id)
WHERE NOT EXISTS (SELECT FROM events WHERE incident_id = told.id AND kind = 'IncidentReported')
""")
STILL_OPEN = text("SELECT count(*) FROM incidents WHERE id = ANY(CAST(:ids AS text[])) AND NOT closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was acknowledged, what is missing of it, and what is there beyond what was sent."""

    fixes: int
    fixes_missing: int
    fixes_beyond: int
    reports: int
    reports_missing: int
    reports_beyond: int
    closed: int
    closed_missing: int

    @property
    def holds(self) -> bool:
        """Whether nothing was lost and nothing is there twice."""
        return not any(
            (self.fixes_missing, self.fixes_beyond, self.reports_missing, self.reports_beyond, self.closed_missing)
        )


def prove(database: Engine, outcome: Outcome, unit_ids: list[str], before: tuple[int, int]) -> Proof:
    """Look for everything that was acknowledged; ``before`` is what was there before the run."""
    told = ((unit_ids[n], at) for n, ats in outcome.kept.items() for at in ats)
    fixes = missing = 0
    with transaction(database) as connection:
        while part := list(islice(told, AT_ONCE)):
            fixes += len(part)
            columns = {"units": [unit for unit, _ in part], "ats": [at for _, at in part]}
            missing += connection.execute(MISSING, columns).scalar_one()
        found, incidents = counted_in(connection)
        return Proof(
            fixes=fixes,
            fixes_missing=missing,
            fixes_beyond=max(0, found - before[0] - outcome.sent_fixes),
            reports=len(outcome.reported),
            reports_missing=connection.execute(MISSING_REPORTS, {"ids": outcome.reported}).scalar_one(),
            reports_beyond=max(0, incidents - before[1] - outcome.sent_reports),
            closed=len(outcome.closed),
            closed_missing=connection.execute(STILL_OPEN, {"ids": outcome.closed}).scalar_one(),
        )


def counted(database: Engine) -> tuple[int, int]:
    """Fixes and incidents there are."""
    with transaction(database) as connection:
        return counted_in(connection)


def counted_in(connection: Connection) -> tuple[int, int]:
    """Fixes and incidents there are, inside a transaction."""
    row = connection.execute(text("SELECT (SELECT count(*) FROM fixes), (SELECT count(*) FROM incidents)")).one()
    return int(row[0]), int(row[1])
