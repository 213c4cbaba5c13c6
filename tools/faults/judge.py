"""After quiet: is everything there that was acknowledged, once; do the facts hold together; do all screens agree."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, text

from dispatch.folding import fold
from dispatch.seals import NOTHING_BEFORE, Fact, read_json
from geo_data.database import engine, transaction
from geo_data.stores.ledger_store import strayed
from geo_data.stores.postgis_log import PostgisLog
from tools.faults.ledger import Ledger

KIND_OF_STEP = {
    "accept": "AssignmentAccepted",
    "depart": "UnitDeparted",
    "arrive": "ArrivalClaimed",
    "clear": "UnitCleared",
    "decline": "AssignmentDeclined",
}


@dataclass
class Verdict:
    """How much was looked at, and what was wrong: each line with when it was acknowledged, where it was."""

    looked_at: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, float | None]] = field(default_factory=list)

    def found(self, what: str, at_s: float | None = None) -> None:
        """Something is wrong."""
        self.wrong.append((what, at_s))


def judge(url: str, ledger: Ledger) -> Verdict:
    """Hold the database against the ledger and against itself."""
    verdict, database = Verdict(), engine(url)
    try:
        with transaction(database) as connection:
            for look in (_reports, _steps, _fixes, _assignments, _chains, _projections):
                look(connection, ledger, verdict)
    finally:
        database.dispose()
    for line in (*ledger.unclean, *ledger.misused):
        verdict.found(line)
    return verdict


def _reports(connection: Connection, ledger: Ledger, verdict: Verdict) -> None:
    """Every acknowledged report once; no report twice, acknowledged or not."""
    by_mark: dict[str, list[str]] = {}
    for history in PostgisLog(connection).each_history():
        for mark in re.findall(r"#\S+#", getattr(history[0], "text", "")):
            by_mark.setdefault(mark, []).append(history[0].incident_id)
    for mark, acknowledged in ledger.reports.items():
        ids = by_mark.get(mark, [])
        if len(ids) != 1 or acknowledged.what not in ("", *ids):
            verdict.found(f"report {mark}: {acknowledged.what or 'queued'}, found {ids}", acknowledged.at_s)
    for mark in [m for m, ids in by_mark.items() if len(ids) > 1 and m not in ledger.reports]:
        verdict.found(f"report {mark}: never acknowledged, {len(by_mark[mark])} times there")
    verdict.looked_at["reports"] += len(ledger.reports)


def _steps(connection: Connection, ledger: Ledger, verdict: Verdict) -> None:
    """Every acknowledged step once, and none twice."""
    query = "SELECT body ->> 'assignment_id', kind, count(*) FROM events WHERE kind = ANY(:kinds) GROUP BY 1, 2"
    found = {(key, kind): n for key, kind, n in connection.execute(text(query), {"kinds": list(KIND_OF_STEP.values())})}
    for (key, step), acknowledged in ledger.steps.items():
        if found.get((key, KIND_OF_STEP[step])) != 1:
            verdict.found(f"{step} of {key}: {found.get((key, KIND_OF_STEP[step]), 0)} times", acknowledged.at_s)
    for (key, kind), n in found.items():
        if n > 1:
            verdict.found(f"{kind} of {key}: {n} times")
    verdict.looked_at["steps"] += len(ledger.steps)


def _fixes(connection: Connection, ledger: Ledger, verdict: Verdict) -> None:
    """Every acknowledged fix once, and of each unit the newest is its latest."""
    kept = Counter((row.unit_id, row.at) for row in connection.execute(text("SELECT unit_id, at FROM fixes")))
    for (unit_id, at), acknowledged in ledger.fixes.items():
        if kept[unit_id, at] != 1:
            verdict.found(f"fix of {unit_id} at {at}: {kept[unit_id, at]} times", acknowledged.at_s)
    newest = "SELECT unit_id, max(at) FROM fixes GROUP BY 1 EXCEPT SELECT unit_id, at FROM latest_fixes"
    for unit_id, at in connection.execute(text(newest)):
        verdict.found(f"{unit_id}: {at} is its newest fix, and not its latest")
    verdict.looked_at["fixes"] += len(ledger.fixes)


def _assignments(connection: Connection, _: Ledger, verdict: Verdict) -> None:
    """One open assignment a unit, and one a role of an incident: counted in the facts, not in the index that forbids it."""
    units: Counter[str] = Counter()
    roles: Counter[tuple[str, str]] = Counter()
    for history in PostgisLog(connection).each_history():
        for one in (a for a in fold(history).assignments.values() if a.status.is_open):
            units[one.unit_id] += 1
            roles[history[0].incident_id, one.role.value] += 1
    for key, n in [*units.items(), *roles.items()]:
        if n > 1:
            verdict.found(f"{key}: {n} open assignments")
    verdict.looked_at["open assignments"] += units.total()


def _chains(connection: Connection, _: Ledger, verdict: Verdict) -> None:
    """Every hash made anew from the row and the hash before it."""
    for key, rows in groupby(_event_rows(connection), key=lambda row: row.incident_id):
        previous = NOTHING_BEFORE
        for seq, row in enumerate(rows, start=1):
            said = {name: getattr(row, name) for name in ("incident_id", "seq", "kind", "at", "recorded_at")}
            made = Fact(**said, body=read_json(row.words), previous=previous).hash
            if (row.seq, row.hash.hex()) != (seq, made):
                verdict.found(f"chain of {key} at {row.seq}")
            previous = row.hash.hex()
        verdict.looked_at["chains"] += 1
    for key in strayed(connection):
        verdict.found(f"ledger {key}")


def _event_rows(connection: Connection) -> Iterator[Any]:
    columns = "incident_id, seq, kind, at, recorded_at, body::text AS words, hash"
    return iter(connection.execute(text(f"SELECT {columns} FROM events ORDER BY incident_id, seq")))  # noqa: S608


def _projections(connection: Connection, _: Ledger, verdict: Verdict) -> None:
    """Every incident folded anew from its facts against its row and the rows of its assignments."""
    query = "SELECT id, version, status, closed, tier, district, due_at, arrived_at FROM incidents"
    rows = {row.id: tuple(row)[1:] for row in connection.execute(text(query))}
    bound = {
        row.id: tuple(row)[1:] for row in connection.execute(text("SELECT id, unit_id, role, status FROM assignments"))
    }
    for history in PostgisLog(connection).each_history():
        made = fold(history)
        promised: datetime | None = made.commitment.due_at if made.commitment else None
        district = made.location.district if made.location else None
        status = (made.version, made.status.value, made.closed_at is not None, made.tier.value)
        if rows.pop(made.id, None) != (*status, district, promised, made.arrived_at):
            verdict.found(f"{made.id}: its row is not what its facts say")
        for one in made.assignments.values():
            if bound.pop(one.id, None) != (one.unit_id, one.role.value, one.status.value):
                verdict.found(f"{one.id}: its row is not what its facts say")
        verdict.looked_at["incidents"] += 1
    for key in (*rows, *bound):
        verdict.found(f"{key}: a row without facts")
