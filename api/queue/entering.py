"""From the queue into the log: in the order of their own time, each once, each in a transaction of its own.

The key a report was sent with is claimed in the transaction that records it, as for a report that came straight. So a
report whose first try was committed after all, or that was entered just before this process died, is found and not
recorded again.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event
from uuid import UUID

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from api import wiring
from api.access.idempotency import asked_for
from api.credentials import accounts
from api.forms.caller_schemas import CallerReportIn
from api.health.enduring import keep_doing
from api.health.outage import tell_away
from api.queue.queued import Queued, Source
from api.queue.store import ReportQueue
from api.queue.taking import report_of
from api.views import views
from dispatch.caller_desk import CALLER
from dispatch.errors import DispatchError, InvalidInput, NotAllowed
from dispatch.foretelling import to_be_foretold
from dispatch.incident import Incident
from geo_data.database import DatabaseAway, transaction
from geo_data.stores.case_links import PostgisCaseLinks
from geo_data.stores.idempotency_store import Answered, IdempotencyStore

log = logging.getLogger(__name__)

EVERY_S = 1.0
MOST_TRIES = 5  # of one that fails in a way that may pass
SHOWN_FOR = timedelta(hours=1)
DATABASE_CLASSES = ("08", "53", "57")  # SQLSTATE: connection, resources, operator: no fault of the report


def keep_entering(database: Callable[[], Engine], waiting: ReportQueue, told_to_stop: Event) -> None:
    """Enter what waits, whenever the database is there, until told to stop."""
    clock = partial(datetime.now, UTC)
    keep_doing("queued reports", lambda: enter_all(database(), waiting, clock), EVERY_S, told_to_stop)


def enter_all(database: Engine, waiting: ReportQueue, clock: Callable[[], datetime]) -> int:
    """Enter all that waits; returns how many did. It stops where the database goes away again."""
    entered = 0
    for one in waiting.waiting():
        try:
            incident_id = _entered(database, one, clock())
        except DatabaseAway:
            break
        except Exception as error:
            if _is_of_database(error):
                tell_away("the queue of reports", error)
                break
            _count(waiting, one, error, clock())
            continue
        waiting.entered(one.number, incident_id, clock())
        log.warning("report %s has entered as %s", one.provisional, incident_id)
        entered += 1
    waiting.forget_entered(clock() - SHOWN_FOR)
    return entered


def _count(waiting: ReportQueue, one: Queued, error: Exception, now: datetime) -> None:
    """Set a report aside that cannot enter; one that may enter later, after some tries."""
    passes = not isinstance(error, InvalidInput | NotAllowed | ValueError)
    told = str(error) if isinstance(error, DispatchError) else f"{type(error).__name__}: 请联系管理员。(See the log.)"
    log.error("report %s cannot enter", one.provisional, exc_info=error)
    waiting.failed(one.number, told, now, set_aside=not passes or one.tries + 1 >= MOST_TRIES)


def _is_of_database(error: Exception) -> bool:
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or state is None or state.startswith(DATABASE_CLASSES)


def _entered(database: Engine, one: Queued, now: datetime) -> str:
    if not one.body:
        raise InvalidInput(
            "内容打不开:请找回数据密钥后重试。(It does not open: put the data key back, then try again.)"
        )
    with transaction(database) as connection:
        enter = {Source.CONSOLE: _of_console, Source.CALLER: _of_caller, Source.COMMAND_LINE: _once}
        return enter[one.source](connection, one, now)


def _taken(connection: Connection, one: Queued, now: datetime, by: str) -> Incident:
    """Record it as of its own time. No chance of arrival is stated for a moment at which none was worked out."""
    desk = to_be_foretold(wiring.live_ground(connection, now).live_desk(connection))
    waited_s = max(0.0, (now - one.reported_at).total_seconds())
    report = report_of(one.source, one.body, one.reported_at)
    return desk.take_report(replace(report, provisional=one.provisional, waited_s=waited_s), by=by)


def _of_console(connection: Connection, one: Queued, now: datetime) -> str:
    who = accounts.vouched_for(connection, one.account)
    if who is None or who.seat != "dispatcher":
        raise NotAllowed(
            f"账号 {one.account} 已不能报案:请核实后重新录入。(The account may not report any more: check it, and take it anew.)"
        )
    return _once(connection, one, now)


def _once(connection: Connection, one: Queued, now: datetime) -> str:
    store, key = IdempotencyStore(connection, one.account), UUID(one.key)
    asked = asked_for("POST", one.path, one.body)
    if (before := store.take(key, asked, now)) is not None:
        return str(json.loads(before.answer)["id"])
    incident = _taken(connection, one, now, one.account)
    answer = views.incident(incident, now).model_dump_json().encode()
    store.keep(key, Answered(201, "application/json", answer))
    return incident.id


def _of_caller(connection: Connection, one: Queued, now: datetime) -> str:
    links, sent = PostgisCaseLinks(connection), CallerReportIn.model_validate_json(one.body).model_dump_json().encode()
    before = links.report_of(one.key, sent)
    if before is not None:
        return before[0]
    incident = _taken(connection, one, now, CALLER)
    links.keep_report(one.key, sent, incident.id, now)
    return incident.id
