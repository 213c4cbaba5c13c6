"""Finding incidents by words: number, plate, phone, what the caller said, place, units that were sent."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from geo_data.stores.locked_facts import unlocked

MOST_WORDS = 6
LOCKED_KINDS = ("IncidentReported", "DuplicateJoined")  # what of them is looked through is kept under lock

_SAID = """
SELECT i.id, lower(i.id || ' ' || string_agg(concat_ws(' ',
    e.body->>'text', e.body->>'plate', regexp_replace(e.body->>'plate', '[\\s·.-]', '', 'g'), e.body->>'phone',
    e.body->>'matched_text', e.body->>'district', e.body->>'unit_id', e.body#>>'{chosen,unit_name}'
), ' ')) AS said,
array_agg(ARRAY[e.kind, e.body#>>'{sealed,box}', (
    SELECT encode(k.wrapped, 'hex') FROM data_keys k WHERE k.id = (e.body#>>'{sealed,key}')::bigint
)]) FILTER (WHERE e.kind = ANY(:locked) AND e.body ? 'sealed') AS boxes
FROM incidents i JOIN events e ON e.incident_id = i.id
WHERE i.reported_at >= :since AND e.kind IN ('IncidentReported', 'IncidentLocated', 'UnitOffered', 'DuplicateJoined')
GROUP BY i.id ORDER BY i.reported_at DESC, i.number DESC
"""


def find(connection: Connection, words: Sequence[str], *, since: datetime, limit: int) -> list[str]:
    """Incidents reported since a moment in which every word occurs, whatever its case.

    What callers said lies under lock, so it is opened here and looked through, newest incident first, and kept nowhere.

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
    found: list[str] = []
    rows = connection.execute(text(_SAID), {"since": since, "locked": list(LOCKED_KINDS)})
    for key, said, boxes in rows:
        if len(found) == limit:
            break
        if _holds(said, wanted) or _holds(" ".join([said, *_opened(boxes)]), wanted):
            found.append(key)
    return found


def _holds(said: str, wanted: Sequence[str]) -> bool:
    return all(word in said for word in wanted)


def _opened(boxes: Any) -> Iterator[str]:
    """The words in some locked boxes, the plate also as it is written without marks between."""
    for kind, box, wrapped in boxes or ():
        if wrapped is None:
            continue  # erased
        fields = unlocked(kind, box, wrapped)
        plate = fields.get("plate", "")
        bare = "".join(c for c in plate if c not in " \t·.-")
        yield from (said.lower() for said in (fields.get("text", ""), plate, bare, fields.get("phone", "")))
