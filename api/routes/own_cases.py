"""What a client and a partner see: their own cases, in forms of their own, and a client's share of promises kept."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Connection

from api import wiring
from api.access.dependencies import Now, Transaction, only
from api.access.fields import ClientCaseOut, PartnerCaseOut, ShareOut, client_case, partner_case
from api.credentials.security import Account
from dispatch.auditing.shares import share
from dispatch.folding import fold
from dispatch.vocabulary import Verdict
from geo_data.stores.judged_store import PostgisJudged
from geo_data.stores.organisation_store import PostgisOrganisations
from geo_data.stores.postgis_log import PostgisLog

router = APIRouter(prefix="/v1", tags=["own cases"])

Client = Annotated[Account, Depends(only("client"), scope="function")]
Partner = Annotated[Account, Depends(only("partner"), scope="function")]
Hours = Annotated[float, Query(gt=0, le=24 * 31, description="Reported in the last so many hours.")]
LongHours = Annotated[float, Query(gt=0, le=24 * 366)]


@router.get("/client/cases")
def client_cases(transaction: Transaction, now: Now, _: Client, hours: Hours = 24 * 7) -> list[ClientCaseOut]:
    """Cases of the client's own vehicles, newest first."""
    found = PostgisLog(transaction).all_events(now - timedelta(hours=hours))
    return [client_case(fold(history), now) for history in reversed(found)]


@router.get("/client/cases/{incident_id}")
def one_client_case(incident_id: str, transaction: Transaction, now: Now, _: Client) -> ClientCaseOut:
    """One of them."""
    return client_case(PostgisLog(transaction).incident(incident_id), now)


@router.get("/client/promises")
def client_promises(transaction: Transaction, now: Now, _: Client, hours: LongHours = 24 * 30) -> ShareOut:
    """How many of the arrivals promised to this client were kept."""
    since = now - timedelta(hours=hours)
    records = PostgisJudged(transaction, wiring.policy().audit).records(since, now, now)
    n = {verdict: sum(r.verdict is verdict for r in records) for verdict in Verdict}
    found = share(n[Verdict.KEPT], n[Verdict.KEPT] + n[Verdict.MISSED])
    return ShareOut(
        judged_at=now,
        since=since,
        n=found.n,
        kept=found.kept,
        missed=n[Verdict.MISSED],
        open=n[Verdict.OPEN],
        excluded=n[Verdict.EXCLUDED],
        share_kept=found.p,
        low=found.low,
        high=found.high,
    )


def _mine(transaction: Connection, who: Account) -> tuple[frozenset[str], frozenset[str]]:
    store = PostgisOrganisations(transaction)
    return store.units(who.organisation_id), store.shops(who.organisation_id)


@router.get("/partner/cases")
def partner_cases(transaction: Transaction, now: Now, who: Partner, hours: Hours = 24 * 7) -> list[PartnerCaseOut]:
    """Cases whose vehicle comes to the partner's shop, or that one of its units was sent to, newest first."""
    mine = _mine(transaction, who)
    found = PostgisLog(transaction).all_events(now - timedelta(hours=hours))
    return [partner_case(fold(history), *mine) for history in reversed(found)]


@router.get("/partner/cases/{incident_id}")
def one_partner_case(incident_id: str, transaction: Transaction, who: Partner) -> PartnerCaseOut:
    """One of them."""
    return partner_case(PostgisLog(transaction).incident(incident_id), *_mine(transaction, who))
