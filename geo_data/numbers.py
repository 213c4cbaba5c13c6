"""The state of the service in numbers, counted from its tables: what is open, late, waiting, and how many facts there are."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

SETTLED_S = 10.0

_NOW = """
SELECT count(*) AS open,
    count(*) FILTER (WHERE status IN ('waiting', 'unlocated')) AS unassigned,
    count(*) FILTER (WHERE due_at < clock_timestamp() AND arrived_at IS NULL) AS overdue,
    count(*) FILTER (WHERE status IN ('waiting', 'unlocated') AND due_at < clock_timestamp() AND arrived_at IS NULL)
        AS overdue_unassigned,
    coalesce(extract(epoch FROM clock_timestamp() - min(reported_at) FILTER (WHERE status IN ('waiting', 'unlocated'))), 0)
        AS oldest_unassigned_s
FROM incidents WHERE NOT closed
"""
_VERDICTS = """
SELECT verdict, count(*) FROM judged
WHERE reported_at > clock_timestamp() - interval '24 hours' AND NOT merged GROUP BY verdict
"""
_OUTBOX = """
SELECT count(*) AS waiting,
    coalesce(extract(epoch FROM clock_timestamp() - min(caused_at)), 0) AS oldest_s,
    (SELECT count(*) FROM messages WHERE state = 'failed' AND settled_at > clock_timestamp() - interval '1 hour') AS failed
FROM messages WHERE next_try_at IS NOT NULL
"""
_FIXES = """
SELECT role, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM clock_timestamp() - at))
FROM latest_fixes JOIN units ON units.id = unit_id GROUP BY role
"""
_SEAL = "SELECT extract(epoch FROM clock_timestamp() - max(sealed_at)) FROM seals"
_BEATS = "SELECT name, extract(epoch FROM clock_timestamp() - at) FROM heartbeats"
_FACTS = """
SELECT kind, count(*), max(id) FROM events
WHERE id > :last AND recorded_at <= clock_timestamp() - make_interval(secs => :settled_s) GROUP BY kind
"""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The state at one moment.

    Parameters
    ----------
    incidents : mapping
        ``open``, ``unassigned``, ``overdue`` (nobody arrived in time yet), ``overdue_unassigned``,
        ``oldest_unassigned_s`` (0 where none waits).
    verdicts : mapping
        Promises settled among the incidents reported in the last 24 hours, by verdict.
    outbox : mapping
        ``waiting``, ``oldest_s`` (0 where none waits), ``failed`` (in the last hour).
    fix_age_s : mapping of str to (float, float)
        Median and ninth tenth of the age of each role's latest positions.
    seal_age_s : float or None
        None before the first seal.
    silence_s : mapping
        Seconds since each part of the service was last alive.
    facts : mapping
        Events since the beginning, by kind.
    """

    incidents: Mapping[str, float]
    verdicts: Mapping[str, int]
    outbox: Mapping[str, float]
    fix_age_s: Mapping[str, tuple[float, float]]
    seal_age_s: float | None
    silence_s: Mapping[str, float]
    facts: Mapping[str, int]


class Numerator:
    """Counts; of the facts only those that are new since it last did, for there are millions of the old.

    Parameters
    ----------
    settled_s : float
        Facts of the last seconds are counted next time: their transactions may still be under way.
    """

    def __init__(self, settled_s: float = SETTLED_S) -> None:
        self._settled_s = settled_s
        self._last = 0
        self._facts: Counter[str] = Counter()

    def numbers(self, connection: Connection) -> Numbers:
        """Count what there is now."""
        facts = self._count(connection)
        seal_age = connection.execute(text(_SEAL)).scalar()
        return Numbers(
            incidents=_row(connection, _NOW),
            verdicts={str(name): int(n) for name, n in connection.execute(text(_VERDICTS))},
            outbox=_row(connection, _OUTBOX),
            fix_age_s={str(role): (float(a[0]), float(a[1])) for role, a in connection.execute(text(_FIXES))},
            seal_age_s=None if seal_age is None else float(seal_age),
            silence_s={str(name): max(0.0, float(age)) for name, age in connection.execute(text(_BEATS))},
            facts=facts,
        )

    def _count(self, connection: Connection) -> dict[str, int]:
        found = connection.execute(text(_FACTS), {"last": self._last, "settled_s": self._settled_s}).all()
        self._facts.update({kind: n for kind, n, _ in found})
        self._last = max([self._last, *(last for _, _, last in found)])
        return dict(self._facts)


def _row(connection: Connection, query: str) -> dict[str, float]:
    return {name: float(value) for name, value in connection.execute(text(query)).mappings().one().items()}
