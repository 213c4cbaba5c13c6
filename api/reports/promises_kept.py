"""Where promises are judged: facts out of the database, rules out of its editions, the calendar of the year."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from api import wiring
from api.access.dependencies import now as wall_clock
from api.forms.promise_schemas import PromisesOut
from api.views import promise_views
from dispatch.errors import Conflict, InvalidInput, Unavailable
from dispatch.log import EventLog
from dispatch.promises.editions import Edition, judge_all
from dispatch.promises.facts import Fact, Scope
from dispatch.promises.judging import Judgement, PromiseVerdict
from dispatch.service import book, in_force
from dispatch.service.incident_facts import facts_of_incident
from dispatch.service.kinds import RULES_STREAM
from dispatch.service.ledger_facts import editions_of, facts_of_fleet, facts_of_stream
from geo_data.database import transaction
from geo_data.promise_events import promise_events
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.stores.judged_store import PostgisJudged
from geo_data.stores.ledger_store import PostgisLedger
from geo_data.working_days import ChineseWorkingDays

STREAMS = ("client/", "incident/")
SHOWN_OVERDUE = timedelta(days=7)
LAST = datetime(2300, 1, 1, tzinfo=UTC)
FROZEN_AT_MOST = timedelta(days=14)  # a due time that was frozen in the starting fact


def keep_rules() -> None:
    """Write down which promises are in force from now on, where the policy differs from what was in force."""
    try:
        with transaction(wiring.database()) as connection:
            in_force.keep_rules(PostgisLedger(connection), wiring.policy(), wall_clock())
    except Conflict:
        return  # the other worker did


def facts(connection: Connection, since: datetime, now: datetime) -> list[Fact]:
    """Every fact about clients, and those about incidents that were reported or had a promise start since a moment."""
    incidents = (facts_of_incident(history) for history in promise_events(connection, since))
    ledger = PostgisLedger(connection)
    streams = (facts_of_stream(s) for beginning in STREAMS for s in ledger.streams(beginning).values())
    units = [state.unit for state in PostgisFleet(connection).states(now)]
    return [*_flat(incidents), *_flat(streams), *facts_of_fleet(units, now)]


def judged(connection: Connection, since: datetime, now: datetime) -> list[Judgement]:
    """Every promise but the arrivals, judged; those about incidents since a moment."""
    found = facts(connection, since, now)
    return judge_all(editions(connection), found, now, ChineseWorkingDays())


def editions(connection: Connection) -> list[Edition]:
    """The rules in force and those before them.

    Raises
    ------
    Unavailable
        Before any service has started on the database.
    """
    made = editions_of(PostgisLedger(connection).stream(RULES_STREAM))
    if not made:
        raise Unavailable("No promises are in force yet: start the service once, `gzdispatch run`.")
    return made


def longest(connection: Connection) -> timedelta:
    """Time at most between the start of a promise about an incident and its due time, under any rules so far."""
    rules = [rule for edition in editions(connection) for rule in edition.rules if rule.about is Scope.INCIDENT]
    return max([FROZEN_AT_MOST, *(timedelta(days=rule.within.days_at_most) for rule in rules if rule.within)])


def _flat(groups: Iterable[list[Fact]]) -> Iterable[Fact]:
    return (fact for group in groups for fact in group)


def known_promise(connection: Connection, name: str) -> None:
    """Let the name of a promise in force pass; raises `InvalidInput` for any other."""
    names = [rule.name for rule in editions(connection)[-1].rules]
    if name not in names:
        raise InvalidInput(f"没有承诺 {name}。(No such promise; known are {', '.join(names)}.)")


def _arrivals(connection: Connection, start: datetime, end: datetime, now: datetime) -> list[Judgement]:
    """From the table of verdicts, so that only what is not settled yet is folded."""
    store = PostgisJudged(connection, wiring.policy().audit)
    return book.arrivals(store.records(start, end, now), store.reported_at(start, end))


def _worded(one: Judgement, log: EventLog) -> Judgement:
    return replace(one, words=book.words_of(log.history(one.subject))) if one.rule is book.ARRIVAL else one


def account(
    connection: Connection,
    log: EventLog,
    now: datetime,
    start: datetime,
    end: datetime | None,
    most: int,
    *,
    with_arrivals: bool = True,
) -> PromisesOut:
    """The account of the promises that fall due in ``[start, end)``, and what is still due.

    Arrivals belong to the period they were reported in, as in their own audit.
    Overdue promises leave the list of what is due after `SHOWN_OVERDUE`; in the account they stay missed.
    """
    all_others = judged(connection, min(start, now - SHOWN_OVERDUE) - longest(connection), now)
    arrivals = _arrivals(connection, start, end or LAST, now) if with_arrivals else []
    in_period = [*arrivals, *book.of_period(all_others, start, end)]
    due = [one for one in book.still_due(all_others, now) if one.due_at is None or now - one.due_at < SHOWN_OVERDUE]
    missed = [one for one in in_period if one.verdict is PromiseVerdict.MISSED]
    missed.sort(key=lambda one: one.due_at or one.started_at or now, reverse=True)
    return PromisesOut(
        judged_at=now,
        since=start,
        until=end,
        policy_version=wiring.policy().version,
        totals=[
            promise_views.tally(one) for one in book.tallies(in_period, (book.ARRIVAL, *editions(connection)[-1].rules))
        ],
        due=[promise_views.promise(one, now) for one in due[:most]],
        due_in_all=len(due),
        missed=[promise_views.promise(_worded(one, log), now) for one in missed[:most]],
        missed_in_all=len(missed),
    )
