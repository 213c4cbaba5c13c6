"""The queue on disk: one SQLite file, which all processes of this machine share.

SQLite writes ahead with checksums and syncs at each commit (WAL, synchronous FULL): what `put` has returned survives
kill −9 and a power cut, and a torn tail is a commit that never was. A connection is opened for each step, so nothing is
carried over a fork and nothing is held while a process hangs. A file that is no database any more is moved aside, never
deleted, and a new one begun: the next report must be taken.
"""

import logging
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.queue.locking import lock, unlock
from api.queue.queued import Queued, QueueState, Source, ToQueue
from dispatch.errors import Unavailable, UnknownId

log = logging.getLogger(__name__)

WAIT_S = 5.0  # for another process that writes
_SCHEMA = """
CREATE TABLE site (mark TEXT NOT NULL);
CREATE TABLE queued (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL, account TEXT NOT NULL, key TEXT NOT NULL, path TEXT NOT NULL, body BLOB NOT NULL,
    reported_at TEXT NOT NULL, preview BLOB NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting', tries INTEGER NOT NULL DEFAULT 0, problem TEXT NOT NULL DEFAULT '',
    incident_id TEXT NOT NULL DEFAULT '', settled_at TEXT,
    UNIQUE (source, account, key)
);
CREATE INDEX queued_by_state ON queued (state, reported_at, number);
"""
_GIVEN = tuple(f.name for f in fields(ToQueue))
_COLUMNS = ", ".join(("number", *_GIVEN, "state", "tries", "problem", "incident_id", "settled_at"))
_OURS = "source = :source AND account = :account AND key = :key"


class NotKept(Unavailable):
    """The disk did not take a report: it is not in the queue, and whoever sent it is told so."""


class ReportQueue:
    """Reports that wait for the database, in one file.

    Parameters
    ----------
    path : Path
        Made with the first report; nobody else may read it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, report: ToQueue) -> tuple[Queued, bool]:
        """Keep a report; it is on disk when this returns.

        Returns
        -------
        queued : Queued
            Of the same source, account and key: the one kept before.
        is_new : bool

        Raises
        ------
        NotKept
            When the disk is full or cannot be written: nothing was kept.
        """
        try:
            try:
                return self._put(report)
            except sqlite3.DatabaseError as error:
                if not _is_broken(error):
                    raise
                self._move_broken(error)
                return self._put(report)
        except (sqlite3.Error, OSError) as error:
            raise NotKept(
                f"本机队列写不进磁盘,该报案没有保存:请用纸笔记下并电话转告,清理磁盘后重报。(Not kept, the disk does not take it: "
                f"write it down; make room in the state folder and send it again. {error})"
            ) from None

    def _put(self, report: ToQueue) -> tuple[Queued, bool]:
        row = {name: _plain(getattr(report, name)) for name in _GIVEN}
        row |= {"body": lock(report.body), "preview": lock(report.preview.encode())}
        values = ", ".join(f":{name}" for name in _GIVEN)
        self._make()
        with self._open() as db, db:
            statement = f"INSERT INTO queued ({', '.join(_GIVEN)}) VALUES ({values}) ON CONFLICT DO NOTHING"  # noqa: S608
            made = db.execute(statement, row).rowcount == 1
        return self._where(_OURS, row)[0], made

    def find(self, source: Source, account: str, key: str) -> Queued | None:
        """The report kept under a key; None where there is none."""
        found = self._where(_OURS, {"source": source, "account": account, "key": key})
        return found[0] if found else None

    def is_waiting(self, source: Source, key: str) -> bool:
        """Whether anybody's report under this key has still to enter."""
        return bool(
            self._where("source = :source AND key = :key AND state != 'entered'", {"source": source, "key": key})
        )

    def waiting(self) -> list[Queued]:
        """What is to enter, in the order of its own time."""
        return self._where("state = 'waiting' ORDER BY reported_at, number")

    def shown(self, since: datetime) -> list[Queued]:
        """What waits or was set aside, and what has entered since a moment; in the order of its own time."""
        return self._where(
            "state != 'entered' OR settled_at >= :since ORDER BY reported_at, number", {"since": _plain(since)}
        )

    def counts(self) -> dict[QueueState, int]:
        """How many are in each state."""
        if not self._path.exists():
            return {}
        with self._open() as db:
            return {QueueState(s): n for s, n in db.execute("SELECT state, count(*) FROM queued GROUP BY state")}

    def entered(self, number: int, incident_id: str, now: datetime) -> None:
        """Note that it became an incident; what the caller said is wiped."""
        self._settle(
            "state = 'entered', body = x'', preview = x'', problem = '', incident_id = :incident, settled_at = :now",
            number,
            incident=incident_id,
            now=_plain(now),
        )

    def failed(self, number: int, problem: str, now: datetime, *, set_aside: bool) -> None:
        """Note that it could not enter this time, or that a person has to look at it."""
        state = QueueState.SET_ASIDE if set_aside else QueueState.WAITING
        self._settle(
            "state = :state, tries = tries + 1, problem = :problem, settled_at = :now",
            number,
            state=state,
            problem=problem,
            now=_plain(now),
        )

    def try_again(self, number: int) -> Queued:
        """Let one that was set aside try once more; raises `UnknownId`."""
        self._settle("state = 'waiting', tries = 0", number, only="state = 'set_aside'")
        found = self._where("number = :number AND state = 'waiting'", {"number": number})
        if not found:
            raise UnknownId(f"队列中没有第 {number} 件待处理报案。(No such report in the queue: reload.)")
        return found[0]

    def forget_entered(self, before: datetime) -> None:
        """Drop what entered before a moment; its key is kept by the database."""
        if self._path.exists():
            with self._open() as db, db:
                db.execute("DELETE FROM queued WHERE state = 'entered' AND settled_at < ?", [_plain(before)])

    def _settle(self, change: str, number: int, *, only: str = "TRUE", **values: object) -> None:
        if self._path.exists():
            with self._open() as db, db:
                statement = f"UPDATE queued SET {change} WHERE number = :number AND {only}"  # noqa: S608
                db.execute(statement, {"number": number, **values})

    def _where(self, condition: str, values: dict[str, Any] | None = None) -> list[Queued]:
        if not self._path.exists():
            return []
        with self._open() as db:
            mark = db.execute("SELECT mark FROM site").fetchone()
            rows = db.execute(f"SELECT {_COLUMNS} FROM queued WHERE {condition}", values or {}).fetchall()  # noqa: S608
        return [_queued(row, mark[0]) for row in rows]

    def _make(self) -> None:
        """Lay the file out beside its place and put it there whole, unless another process was quicker."""
        if self._path.exists():
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_name(f"{self._path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
        try:
            os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            with closing(sqlite3.connect(part)) as db:
                db.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; {_SCHEMA}")
                with db:
                    db.execute("INSERT INTO site VALUES (?)", [secrets.token_hex(2).upper()])
            _sync(part)
            with suppress(FileExistsError):
                os.link(part, self._path)
            _sync(self._path.parent)  # its name, too
        finally:
            for left in part.parent.glob(f"{part.name}*"):
                left.unlink(missing_ok=True)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=rw", timeout=WAIT_S, uri=True)) as db:
            for setting in ("synchronous = FULL", "secure_delete = ON"):
                db.execute(f"PRAGMA {setting}")
            yield db

    def _move_broken(self, error: sqlite3.DatabaseError) -> None:
        kept = self._path.with_name(f"{self._path.stem}-broken-{secrets.token_hex(4)}{self._path.suffix}")
        for end in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{self._path}{end}").rename(f"{kept}{end}")
        log.error(
            "the queue of reports cannot be read (%s): it is kept as %s, look at it; a new one is begun", error, kept
        )


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _is_broken(error: sqlite3.DatabaseError) -> bool:
    """Whether the file is damaged, or is no queue (SQLITE_ERROR: it lacks our tables)."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest is detail
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


def _plain(value: object) -> object:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def _queued(row: tuple[Any, ...], mark: str) -> Queued:
    number, source, account, key, path, body, reported_at, preview, state, tries, problem, incident_id, settled_at = row
    return Queued(
        number=number,
        provisional=f"Q{mark}-{number:04d}",
        source=Source(source),
        account=account,
        key=key,
        path=path,
        body=unlock(body),
        reported_at=datetime.fromisoformat(reported_at),
        preview=unlock(preview).decode(),
        state=QueueState(state),
        tries=tries,
        problem=problem,
        incident_id=incident_id,
        settled_at=datetime.fromisoformat(settled_at) if settled_at else None,
    )
