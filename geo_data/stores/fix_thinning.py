"""Old fixes are thinned: one in so many seconds of each unit, and every one of the time it was on a job.

The fixes from the offer of a job to its end, and a little on both sides, prove the drive and the arrival; they stay as
they were observed. A day is thinned by writing what stays into a new table that takes the old one's place, so the disk
is given back. That happens in two steps: the first reads for as long as it must and stops nobody, the second takes over what
came meanwhile and changes the tables in an instant.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, text

from geo_data.stores.fix_days import COLUMNS, FixDays, bounds, table_of, wait_briefly

LONGEST_JOB = timedelta(days=31)  # from the report to the end of its last job
OVERLAP = timedelta(hours=1)  # how long before the copy a fix may have been received by a transaction it did not see

_JOBS = """
SELECT job.unit_id, min(event.at) - :margin AS since,
    CASE WHEN job.open THEN 'infinity' ELSE max(event.at) + :margin END AS until
FROM assignments AS job
JOIN incidents ON incidents.id = job.incident_id
JOIN events AS event ON event.incident_id = job.incident_id AND event.body ->> 'assignment_id' = job.id
WHERE incidents.reported_at < CAST(:until AS timestamptz) + :margin
    AND (incidents.reported_at >= CAST(:since AS timestamptz) - :longest OR NOT incidents.closed)
GROUP BY job.id
"""
# Slots of time are the same for all units and days; of each the first fix stays, also when it comes late.
_KEEP = """
INSERT INTO {to} ({columns})
WITH job AS MATERIALIZED ({jobs}),
slotted AS (
    SELECT {columns}, floor(extract(epoch FROM at) / :every_s) AS slot,
        floor(extract(epoch FROM lag(at) OVER (PARTITION BY unit_id ORDER BY at)) / :every_s) AS slot_before
    FROM {day}
)
SELECT {columns} FROM slotted AS fix
WHERE slot IS DISTINCT FROM slot_before
    OR EXISTS (SELECT FROM job WHERE job.unit_id = fix.unit_id AND fix.at BETWEEN job.since AND job.until)
"""
_TAKE_PLACE = """
LOCK TABLE ONLY fixes IN ACCESS EXCLUSIVE MODE;
LOCK TABLE {day} IN ACCESS EXCLUSIVE MODE;
INSERT INTO {to} ({columns}) SELECT {columns} FROM {day} WHERE received_at >= '{late}' ON CONFLICT DO NOTHING;
ALTER TABLE fixes DETACH PARTITION {day};
DROP TABLE {day};
ALTER TABLE {to} RENAME TO {name};
ALTER TABLE fixes ATTACH PARTITION {day} FOR VALUES FROM ('{since}') TO ('{until}');
ALTER TABLE {day} DROP CONSTRAINT of_this_day;
COMMENT ON TABLE {day} IS 'thinned {now}';
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinning:
    """One fix in ``every_s`` stays of each unit; all of its jobs and ``margin`` before and after them."""

    every_s: float
    margin: timedelta


def copy_thinned(connection: Connection, day: date, rule: Thinning) -> int:
    """First step, in a transaction of its own: write what stays of a day into a table beside it; returns how many."""
    since, until = bounds(day)
    to = table_of(day, "thin")
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {to}")  # of a pass that was broken off
    connection.exec_driver_sql(
        f"CREATE TABLE {to} (LIKE fixes INCLUDING ALL, CONSTRAINT of_this_day CHECK (at >= '{since}' AND at < '{until}'))"
    )
    keep = _KEEP.format(to=to, day=table_of(day), columns=COLUMNS, jobs=_JOBS)
    bound = {"since": since, "until": until, "margin": rule.margin, "longest": LONGEST_JOB, "every_s": rule.every_s}
    return connection.execute(text(keep), bound).rowcount


def take_place(connection: Connection, day: date, copied_at: datetime, now: datetime) -> None:
    """Second step, in a transaction of its own: what was copied, and what has come since, takes the day's place."""
    wait_briefly(connection)
    since, until = bounds(day)
    connection.exec_driver_sql(
        _TAKE_PLACE.format(
            day=table_of(day),
            to=table_of(day, "thin"),
            name=table_of(day).partition(".")[2],
            columns=COLUMNS,
            late=(copied_at - OVERLAP).isoformat(),
            since=since,
            until=until,
            now=now.isoformat(timespec="seconds"),
        )
    )


def thinned_at(connection: Connection, day: date) -> datetime | None:
    """When a day was thinned last; None before the first time."""
    query = text("SELECT obj_description(CAST(:day AS regclass), 'pg_class')")
    said = connection.execute(query, {"day": table_of(day)}).scalar() or ""
    return datetime.fromisoformat(said.removeprefix("thinned ")) if said.startswith("thinned ") else None


def due_days(connection: Connection, now: datetime, after: timedelta, latest: timedelta) -> list[date]:
    """Days to thin at ``now``: over since ``after``, and again each day as long as fixes so late as ``latest`` may come."""
    due = []
    for day in FixDays(connection).made():
        over = datetime.fromisoformat(bounds(day)[1])
        last = thinned_at(connection, day)
        settled = last is not None and (last >= over + latest or now - last < timedelta(days=1))
        if now >= over + after and not settled:
            due.append(day)
    return due
