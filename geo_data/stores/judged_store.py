"""Incidents judged, in columns and in a second: a projection of the events that can be late but never wrong.

A row is used only where it was judged from all events there are, by the very code that runs, no later than the moment asked
about, and where time alone no longer changes it. All other incidents (the open ones, mostly) are folded and judged when
somebody asks. So whether and when the background brings the table up to date is a matter of speed alone.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from io import BytesIO
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import polars as pl
from psycopg import sql
from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import insert

import dispatch
from dispatch.auditing.edits import EditKind
from dispatch.auditing.judged import Judged
from dispatch.auditing.judged import judged as judge_one
from dispatch.auditing.record import Record
from dispatch.errors import Unavailable
from dispatch.personal import names_a_number
from dispatch.policy.audit_rules import AuditRules
from geo_data.stores import event_codec
from geo_data.stores.event_codec import decode
from geo_data.stores.key_store import PostgisKeys
from geo_data.stores.locked_facts import opened
from geo_data.stores.vault import token, word_of
from geo_data.tables.judged_schema import judged
from geo_data.tables.schema import incidents

AT_ONCE = 500  # histories folded in one go
MOST_UNJUDGED = 4000  # folded while somebody waits: about two seconds
RECORD: TypeAdapter[Record] = TypeAdapter(Record)
COLUMNS = {
    "reported_at": pl.Float64,
    "lon": pl.Float64,
    "lat": pl.Float64,
    "uncertainty_m": pl.Float64,
    "district": pl.String,
    "zone": pl.String,
    "tier": pl.String,
    "hour": pl.Int64,
    "response_s": pl.Float64,
    "verdict": pl.String,
    "merged": pl.Boolean,
    "simulated": pl.Boolean,
    "unit_id": pl.String,
    "plates": pl.String,
    "policy_version": pl.String,
}
"""What `PostgisJudged.table` holds: seconds since 1970 for the report, plates with spaces between, null where unknown.
Plates are tokens of `geo_data.stores.vault`: they can be counted, and `PostgisJudged.plate` reads the few that are shown."""

_FRESH = "j.version = i.version AND j.rule = {rule} AND j.judged_at <= {now}"
_PERIOD = "i.reported_at >= {since} AND i.reported_at < {until}"
_JOIN = f"FROM incidents i LEFT JOIN judged j ON j.incident_id = i.id AND {_FRESH} WHERE {_PERIOD}"
_OF = {
    "reported_at": "extract(epoch FROM i.reported_at)",
    "plates": "array_to_string(j.plates, ' ')",
    "merged": "j.merged::text",
    "simulated": "j.simulated::text",
}
_TABLE = f"COPY (SELECT {', '.join(_OF.get(name, f'j.{name}') for name in COLUMNS)} {_JOIN} AND j.rule IS NOT NULL ORDER BY i.reported_at, i.number) TO STDOUT (FORMAT csv)"
_RECORDS = f"COPY (SELECT j.record {_JOIN} AND j.record IS NOT NULL ORDER BY i.reported_at, i.number) TO STDOUT"
_UNJUDGED = f"SELECT i.id {_JOIN} AND {{lacking}} IS NULL ORDER BY i.reported_at, i.number LIMIT {{most}}"
_HISTORIES = text("""
SELECT e.incident_id, e.kind, (e.body || jsonb_build_object('incident_id', e.incident_id, 'at', e.at, 'data_key', (
    SELECT encode(k.wrapped, 'hex') FROM data_keys k WHERE k.id = (e.body #>> '{sealed,key}')::bigint
)))::text
FROM events e JOIN incidents i ON i.id = e.incident_id
WHERE e.incident_id = ANY(:ids) ORDER BY i.reported_at, i.number, e.seq
""")
# Open incidents before their limit cannot be settled yet: they are not even looked at.
_BEHIND = text("""
SELECT i.id FROM incidents i LEFT JOIN judged j ON j.incident_id = i.id
WHERE (j.incident_id IS NULL OR j.version <> i.version OR j.rule <> :rule)
  AND (i.closed OR i.arrived_at IS NOT NULL OR i.due_at < :now OR i.due_at IS NULL)
ORDER BY i.reported_at DESC LIMIT :most
""").bindparams(bindparam("rule"), bindparam("now"), bindparam("most"))


@cache
def rule(rules: AuditRules) -> str:
    """Mark of what judges: another byte in `dispatch` or in what reads events, or another rule of the policy, is another mark."""
    digest = hashlib.sha256(repr(rules).encode())
    for source in (*sorted(Path(dispatch.__file__).parent.rglob("*.py")), Path(event_codec.__file__)):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


class PostgisJudged:
    """Judged incidents inside the caller's transaction; it never commits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
    rules : AuditRules
        Of the policy in force.
    """

    def __init__(self, connection: Connection, rules: AuditRules) -> None:
        self._connection, self._rules = connection, rules
        self._keys = PostgisKeys(connection)

    def table(self, since: datetime, until: datetime, now: datetime) -> pl.DataFrame:
        """Incidents reported in ``[since, until)``, as `dispatch.auditing.audit` judges them at ``now``, in columns `COLUMNS`.

        Raises
        ------
        Unavailable
            When so many are still to be judged that nobody should wait for it.
        """
        kept = self._copied(_TABLE, since, until, now)
        read = pl.read_csv(BytesIO(kept), has_header=False, schema=pl.Schema(COLUMNS)) if kept else _frame((), b"")
        return pl.concat([read, _frame(self._live(since, until, now), self._keys.index_key())])

    def records(self, since: datetime, until: datetime, now: datetime) -> list[Record]:
        """The same incidents as records of the audit, settled ones first; an audit is worth waiting for, so it never refuses."""
        lines = self._copied(_RECORDS, since, until, now).splitlines()
        kept = [RECORD.validate_json(line.replace(b"\\\\", b"\\")) for line in lines]
        return kept + [one.record for _, one in self._judged(self._without("record", since, until, now), now)]

    def plate(self, found: str) -> str:
        """The plate in a token of `table`."""
        return word_of(self._keys.index_key(), found)

    def forget(self, incident_ids: Sequence[str]) -> None:
        """Drop what is kept of some incidents: `refresh` makes it anew from what can still be read."""
        self._connection.execute(delete(judged).where(judged.c.incident_id.in_(incident_ids)))

    def reported_at(self, since: datetime, until: datetime) -> dict[str, datetime]:
        """When each of the same incidents was reported, by id."""
        query = select(incidents.c.id, incidents.c.reported_at)
        query = query.where(incidents.c.reported_at >= since, incidents.c.reported_at < until)
        return {str(key): at for key, at in self._connection.execute(query)}

    def refresh(self, now: datetime, most: int = AT_ONCE) -> int:
        """Judge up to ``most`` incidents that the table lacks or has from before, latest first; returns how many were looked at."""
        asked = {"rule": rule(self._rules), "now": now, "most": most}
        behind = list(self._connection.execute(_BEHIND, asked).scalars())
        found = [one for one in self._judged(behind, now) if one[1].settled]
        if found:
            self._save(found, now)
        return len(behind)

    def clear(self) -> None:
        """Forget everything: `refresh` makes it anew."""
        self._connection.execute(delete(judged))

    def unjudged(self, since: datetime, until: datetime, now: datetime, most: int | None = None) -> list[str]:
        """Ids of up to ``most`` incidents of a period that must be folded to be judged, oldest first."""
        return self._without("rule", since, until, now, most)

    def _without(
        self, column: str, since: datetime, until: datetime, now: datetime, most: int | None = None
    ) -> list[str]:
        query = self._filled(_UNJUDGED, since, until, now, most=sql.Literal(most), lacking=sql.Identifier("j", column))
        return [key for (key,) in self._cursor().execute(query)]

    def _live(self, since: datetime, until: datetime, now: datetime) -> list[Judged]:
        ids = self.unjudged(since, until, now, MOST_UNJUDGED + 1)
        if len(ids) > MOST_UNJUDGED:
            raise Unavailable(
                f"统计汇总还在更新(尚有 {MOST_UNJUDGED} 起以上案件未判定):请稍后再试,或选较短时段。"
                "(Incidents are still being judged: try again in a minute, or choose a shorter period.)"
            )
        return [one for _, one in self._judged(ids, now)]

    def _judged(self, ids: Sequence[str], now: datetime) -> Iterator[tuple[str, Judged]]:
        keys = iter(ids)
        while batch := list(islice(keys, AT_ONCE)):
            rows: Iterable[Any] = self._connection.execute(_HISTORIES, {"ids": batch})
            for key, group in groupby(rows, key=lambda row: row[0]):
                yield str(key), judge_one([decode(row[1], opened(row[1], row[2])) for row in group], now, self._rules)

    def _save(self, found: Sequence[tuple[str, Judged]], now: datetime) -> None:
        self._connection.execute(delete(judged).where(judged.c.incident_id.in_([key for key, _ in found])))
        self._connection.execute(
            insert(judged).on_conflict_do_nothing(),
            [_stored(*one, now, rule(self._rules), self._keys.index_key()) for one in found],
        )

    def _copied(self, query: str, since: datetime, until: datetime, now: datetime) -> bytes:
        with self._cursor().copy(self._filled(query, since, until, now)) as copy:
            return b"".join(bytes(part) for part in copy)

    def _cursor(self) -> Any:
        """PostgreSQL's COPY is many times quicker than rows, and SQLAlchemy has no word for it."""
        return self._connection.connection.cursor()

    def _filled(
        self, query: str, since: datetime, until: datetime, now: datetime, **more: sql.Composable
    ) -> sql.Composed:
        values = {"rule": rule(self._rules), "since": since, "until": until, "now": now}
        return sql.SQL(query).format(**{name: sql.Literal(value) for name, value in values.items()}, **more)


def _frame(rows: Sequence[Judged], key: bytes) -> pl.DataFrame:
    return pl.DataFrame([_line(one, key) for one in rows], schema=pl.Schema(COLUMNS), orient="row")


def _plain(one: Judged) -> dict[str, Any]:
    record, place = one.record, one.position
    return {
        "lon": place.lon if place else None,
        "lat": place.lat if place else None,
        "uncertainty_m": one.uncertainty_m,
        "district": record.district,
        "zone": record.zone,
        "tier": record.tier,
        "hour": record.hour,
        "response_s": one.response_s,
        "verdict": record.verdict.value,
        "merged": one.merged,
        "simulated": record.simulated,
        "unit_id": one.unit_id,
        "policy_version": one.policy_version,
    }


def _line(one: Judged, key: bytes) -> list[Any]:
    reported_s = one.reported_at.timestamp() if one.reported_at else 0.0
    values = _plain(one) | {"reported_at": reported_s, "plates": " ".join(_tokens(one, key))}
    return [values[name] for name in COLUMNS]


def _tokens(one: Judged, key: bytes) -> list[str]:
    return [token(key, plate) for plate in one.plates]


def _stored(key: str, one: Judged, now: datetime, mark: str, index: bytes) -> dict[str, Any]:
    whole = RECORD.dump_python(one.record, mode="json", exclude_defaults=True)
    marks = {"incident_id": key, "version": one.version, "rule": mark, "judged_at": now}
    return (
        marks
        | _plain(one)
        | {
            "reported_at": one.reported_at or now,
            "plates": _tokens(one, index),
            "record": whole if one.lasting and not _tells_of_somebody(one.record) else None,
        }
    )


def _tells_of_somebody(record: Record) -> bool:
    """Whether words quoted in it are a caller's own, or name a plate or a number: such a record is judged when asked for."""
    quoted = [edit.words for edit in record.edits] + ([record.blame.words] if record.blame else [])
    return any(edit.kind is EditKind.DOUBT and edit.words for edit in record.edits) or any(map(names_a_number, quoted))
