"""The ledger of services by client: contacts, reports, problems, and the start and end of what is promised."""

from typing import Any

from fastapi import APIRouter

from api.access.dependencies import Dispatcher, Now, Reader, Transaction
from api.access.idempotency import OnceRoute
from api.credentials.security import Account
from api.forms.promise_schemas import (
    ClientIn,
    ClientOut,
    ContactIn,
    DoneIn,
    ExcuseIn,
    ProblemIn,
    ReasonIn,
    ReportIn,
    SolutionToldIn,
    SolvedIn,
    WantedIn,
    WithdrawIn,
)
from api.reports import promises_kept
from api.views import promise_views
from dispatch.service import kinds
from dispatch.service.client import check, client_of
from geo_data.stores.ledger_store import PostgisLedger

router = APIRouter(route_class=OnceRoute, prefix="/v1/clients", tags=["promises"])


@router.get("")
def clients(transaction: Transaction, _: Reader) -> list[ClientOut]:
    """Every client, with all that was done for it."""
    streams = PostgisLedger(transaction).streams("client/")
    return [promise_views.client(client_of(key.partition("/")[2], entries)) for key, entries in streams.items()]


@router.post("", status_code=201)
def take(body: ClientIn, transaction: Transaction, now: Now, who: Dispatcher) -> ClientOut:
    """Take a client on; its promises begin when its policy comes into force."""
    ledger = PostgisLedger(transaction)
    client_id = ledger.new_client_id()
    stream, said = kinds.client_stream(client_id), body.model_dump(exclude={"at"})
    taken = kinds.ClientTaken(stream=stream, at=body.at or now, recorded_at=now, by=who.username, **said)
    check(taken, None)
    return promise_views.client(client_of(client_id, [ledger.append(taken, after=0)]))


@router.get("/{client_id}")
def client(client_id: str, transaction: Transaction, _: Reader) -> ClientOut:
    """One client."""
    return promise_views.client(client_of(client_id, PostgisLedger(transaction).stream(kinds.client_stream(client_id))))


@router.post("/{client_id}/end")
def end(client_id: str, body: ReasonIn, transaction: Transaction, now: Now, who: Dispatcher) -> ClientOut:
    """Record that the policy has ended."""
    return _record(kinds.ClientEnded, client_id, body, transaction, now, who)


@router.post("/{client_id}/contacts")
def contact(client_id: str, body: ContactIn, transaction: Transaction, now: Now, who: Dispatcher) -> ClientOut:
    """Record a call, a letter or a visit."""
    return _record(kinds.Contacted, client_id, body, transaction, now, who)


@router.post("/{client_id}/reports")
def report(client_id: str, body: ReportIn, transaction: Transaction, now: Now, who: Dispatcher) -> ClientOut:
    """Record that the service report was handed over."""
    return _record(kinds.ReportDelivered, client_id, body, transaction, now, who)


@router.post("/{client_id}/problems")
def problem(client_id: str, body: ProblemIn, transaction: Transaction, now: Now, who: Dispatcher) -> ClientOut:
    """Record a problem or a question; its number is that of the fact."""
    return _record(kinds.ProblemRaised, client_id, body, transaction, now, who)


@router.post("/{client_id}/problems/{number}/solved")
def solved(
    client_id: str, number: int, body: SolvedIn, transaction: Transaction, now: Now, who: Dispatcher
) -> ClientOut:
    """Record that a problem is solved."""
    return _record(kinds.ProblemSolved, client_id, body, transaction, now, who, number=number)


@router.post("/{client_id}/problems/{number}/told")
def told(
    client_id: str, number: int, body: SolutionToldIn, transaction: Transaction, now: Now, who: Dispatcher
) -> ClientOut:
    """Record that the client was told the solution, by one means."""
    return _record(kinds.SolutionTold, client_id, body, transaction, now, who, number=number)


@router.post("/{client_id}/excuses")
def excuse(client_id: str, body: ExcuseIn, transaction: Transaction, now: Now, who: Dispatcher) -> ClientOut:
    """Record that a promise is not to be kept, by a listed code."""
    promises_kept.known_promise(transaction, body.promise)
    said = DoneIn()
    return _record(kinds.PromiseExcused, client_id, said, transaction, now, who, **body.model_dump())


@router.post("/{client_id}/wanted")
def wanted(client_id: str, body: WantedIn, transaction: Transaction, now: Now, who: Dispatcher) -> ClientOut:
    """Record that legal aid or a prepayment is wanted; nothing is promised by it."""
    return _record(kinds.ServiceAsked, client_id, body, transaction, now, who)


@router.post("/{client_id}/facts/{number}/withdraw")
def withdraw(
    client_id: str, number: int, body: WithdrawIn, transaction: Transaction, now: Now, who: Dispatcher
) -> ClientOut:
    """Take back a fact that was recorded wrongly; it stays in the ledger and proves nothing any more."""
    return _record(kinds.FactWithdrawn, client_id, DoneIn(), transaction, now, who, number=number, words=body.words)


def _record(
    kind: type[kinds.ServiceFact],
    client_id: str,
    body: DoneIn,
    transaction: Transaction,
    now: Now,
    who: Account,
    **more: Any,
) -> ClientOut:
    ledger, stream = PostgisLedger(transaction), kinds.client_stream(client_id)
    entries = ledger.stream(stream)
    client = client_of(client_id, entries)
    said = {**body.model_dump(exclude={"at"}), **more}
    fact = kind(stream=stream, at=body.at or now, recorded_at=now, by=who.username, **said)
    check(fact, client)
    entries.append(ledger.append(fact, after=len(entries)))
    return promise_views.client(client_of(client_id, entries))
