"""Tracks of many units around many jobs, in one query: what a search for suspicious patterns reads."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from dispatch.location import Position
from dispatch.unit import Fix

_TRACKS = text("""
SELECT DISTINCT ON (f.unit_id, f.at)
    f.unit_id, f.at, ST_X(f.position::geometry), ST_Y(f.position::geometry), f.accuracy_m, f.mocked
FROM unnest(CAST(:units AS text[]), CAST(:sinces AS timestamptz[]), CAST(:untils AS timestamptz[])) AS job (unit_id, since, until)
JOIN fixes AS f ON f.unit_id = job.unit_id AND f.at BETWEEN job.since AND job.until
WHERE f.at BETWEEN :first AND :last
ORDER BY f.unit_id, f.at
""")


def tracks(connection: Connection, jobs: Sequence[tuple[str, datetime, datetime]]) -> dict[str, list[Fix]]:
    """Fixes by unit within the times of its jobs, both ends included, oldest first and each once; without heading and speed.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    jobs : sequence of (unit id, since, until)
        Units that are not known, and times without a fix, are left out.
    """
    if not jobs:
        return {}
    units, sinces, untils = (list(column) for column in zip(*jobs, strict=True))
    found: dict[str, list[Fix]] = {}
    whole = {"first": min(sinces), "last": max(untils)}  # so that only these days are looked at
    rows = connection.execute(_TRACKS, {"units": units, "sinces": sinces, "untils": untils, **whole})
    for unit_id, at, lon, lat, accuracy_m, mocked in rows:
        fix = Fix(unit_id=unit_id, position=Position(lon, lat), at=at, accuracy_m=accuracy_m, mocked=mocked)
        found.setdefault(unit_id, []).append(fix)
    return found
