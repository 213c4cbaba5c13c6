"""Finding incidents by words: number, plate, phone, what the caller said, place, units that were sent."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

MOST_WORDS = 6

_FIND = """
SELECT id FROM (
    SELECT i.id, i.reported_at, i.number, lower(i.id || ' ' || string_agg(concat_ws(' ',
        e.body->>'text', e.body->>'plate', regexp_replace(e.body->>'plate', '[\\s·.-]', '', 'g'), e.body->>'phone',
        e.body->>'matched_text', e.body->>'district', e.body->>'unit_id', e.body#>>'{chosen,unit_name}'
    ), ' ')) AS said
    FROM incidents i JOIN events e ON e.incident_id = i.id
    WHERE i.reported_at >= :since AND e.kind IN ('IncidentReported', 'IncidentLocated', 'UnitOffered', 'DuplicateJoined')
    GROUP BY i.id
) AS whole
WHERE NOT EXISTS (SELECT FROM unnest(CAST(:words AS text[])) AS word WHERE strpos(said, word) = 0)
ORDER BY reported_at DESC, number DESC
LIMIT :limit
"""


def find(connection: Connection, words: Sequence[str], *, since: datetime, limit: int) -> list[str]:
    """Incidents reported since a moment in which every word occurs, whatever its case.

    Parameters
    ----------
    connection : sqlalchemy.Connection
    words : sequence of str
        Looked for as they are; only the first `MOST_WORDS` count. None finds nothing.
    since : datetime
        Aware.
    limit : int
        At most so many.

    Returns
    -------
    list of str
        Ids, newest first.
    """
    wanted = [word.lower() for word in words[:MOST_WORDS]]
    if not wanted:
        return []
    return list(connection.execute(text(_FIND), {"since": since, "words": wanted, "limit": limit}).scalars())
