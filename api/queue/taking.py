"""Taking a report into the queue, and showing what is there."""

from datetime import datetime, timedelta
from functools import lru_cache
from uuid import uuid4

from api.forms.caller_schemas import CallerReportIn
from api.forms.schemas import ReportIn
from api.health.database_watch import watch
from api.queue.preview import preview
from api.queue.queued import Queued, QueueState, Source, ToQueue
from api.queue.schemas import Lack, Preview, QueuedOut, QueueOut
from api.queue.store import ReportQueue
from api.reports_in import told_by_caller, told_by_dispatcher
from api.settings import settings
from dispatch.report import Report

COMMAND_LINE = "command line"
SHOWN_FOR = timedelta(hours=1)  # after it has entered
BODIES: dict[Source, type[ReportIn] | type[CallerReportIn]] = {
    Source.CONSOLE: ReportIn,
    Source.COMMAND_LINE: ReportIn,
    Source.CALLER: CallerReportIn,
}


@lru_cache(maxsize=1)
def queue() -> ReportQueue:
    """The queue of this machine, in the state folder."""
    return ReportQueue(settings().state / "reports.sqlite")


def n_waiting() -> int:
    """How many wait here; those that were set aside too, for somebody has to look at them."""
    counts = queue().counts()
    return counts.get(QueueState.WAITING, 0) + counts.get(QueueState.SET_ASIDE, 0)


def report_of(source: Source, body: bytes, at: datetime) -> Report:
    """What was sent, as the desk takes it."""
    told = BODIES[source].model_validate_json(body)
    return told_by_caller(told, at) if isinstance(told, CallerReportIn) else told_by_dispatcher(told, at)


def take(source: Source, account: str, key: str, path: str, body: bytes, now: datetime) -> tuple[Queued, bool]:
    """Keep a report until the database is back; it is on disk when this returns.

    Returns
    -------
    queued : Queued
        What the same key was used for before, if it was.
    is_new : bool

    Raises
    ------
    InvalidInput
        Where the desk would refuse it too.
    NotKept
        When the disk does not take it.
    """
    known = queue().find(source, account, key)
    if known is not None:
        return known, False
    lacks: tuple[Lack, ...] = ("case_page",) if source is Source.CALLER else ()
    said = preview(report_of(source, body, now), *lacks)
    return queue().put(
        ToQueue(
            source=source,
            account=account,
            key=key,
            path=path,
            body=body,
            reported_at=now,
            preview=said.model_dump_json(),
        )
    )


def take_from_command_line(said: Report, now: datetime) -> Queued:
    """Keep what was said at the command line of this machine; see `take`."""
    answers = {name: getattr(said, name) for name in ReportIn.model_fields if name != "point"}
    body = ReportIn(**answers).model_dump_json().encode()
    return take(Source.COMMAND_LINE, COMMAND_LINE, str(uuid4()), "/v1/reports", body, now)[0]


def shown(one: Queued) -> QueuedOut:
    """A report as the dispatcher sees it."""
    said = report_of(one.source, one.body, one.reported_at) if one.body else None
    return QueuedOut(
        number=one.number,
        provisional_number=one.provisional,
        key=one.key,
        state=one.state,
        source=one.source,
        taken_by=one.account,
        reported_at=one.reported_at,
        text=said.text if said else "",
        plate=said.plate if said else "",
        phone=said.phone if said else "",
        preview=Preview.model_validate_json(one.preview) if one.preview else Preview(),
        problem=one.problem,
        incident_id=one.incident_id,
    )


def whole_queue(now: datetime) -> QueueOut:
    """The queue as it stands."""
    counts = queue().counts()
    return QueueOut(
        database_away_since=watch.away_since,
        waiting=counts.get(QueueState.WAITING, 0),
        set_aside=counts.get(QueueState.SET_ASIDE, 0),
        reports=[shown(one) for one in queue().shown(now - SHOWN_FOR)],
    )
