"""What a service report asks the database for beside the histories of its own period."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from api import wiring
from api.reports import promises_kept
from api.views.suspicion_json import look
from dispatch.auditing.record import Record
from dispatch.errors import Unavailable
from dispatch.events import Event
from dispatch.policy.audit_rules import AuditRules
from dispatch.reporting.beside import Beside
from dispatch.reporting.period import Period
from dispatch.reporting.service_report import records_of
from dispatch.service.book import of_period
from geo_data.stores.judged_store import PostgisJudged
from geo_data.stores.postgis_log import PostgisLog


def before(connection: Connection, period: Period, made_at: datetime, client: str, rules: AuditRules) -> list[Record]:
    """The period before, judged: of all clients from the table of verdicts, of one from its histories, which alone name it."""
    start, end = period.previous.start_at, period.previous.end_at
    if not client:
        return PostgisJudged(connection, rules).records(start, end, made_at)
    return records_of(PostgisLog(connection).each_history(start, end), made_at, client, rules)


def beside(
    connection: Connection, ours: Sequence[Sequence[Event]], period: Period, made_at: datetime, client: str
) -> Beside:
    """Promises beyond arrival and suspicious patterns; nothing of promises where no service has ever put any in force."""
    found = None if client else look(ours, connection, wiring.policy().suspicion).counts
    try:
        rules = promises_kept.editions(connection)[-1].rules
        since = period.start_at - promises_kept.longest(connection)
        judged = promises_kept.judged(connection, since, made_at)
    except Unavailable:
        return Beside(suspicions=found)
    return Beside(
        promises=tuple(of_period(judged, period.start_at, period.end_at)), rules=tuple(rules), suspicions=found
    )
