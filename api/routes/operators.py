"""What operators share: who has what open, and finding an incident again."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.access.dependencies import Dispatcher, LiveDesk, Now, Transaction, only
from api.access.idempotency import OnceRoute
from api.credentials.security import Account
from api.forms.schemas import IncidentOut
from api.streams import presence
from api.streams.presence import PresenceIn
from api.views import views
from geo_data.stores.incident_search import find

router = APIRouter(route_class=OnceRoute, prefix="/v1", tags=["incidents"])

Finder = Annotated[Account, Depends(only("dispatcher", "manager"), scope="function")]  # it finds by plate and phone


@router.post("/presence", status_code=204)
def tell(body: PresenceIn, transaction: Transaction, who: Dispatcher) -> None:
    """Say what a console has open: every 3 s, at each change, and when it closes; the stream tells the others."""
    presence.tell(transaction, who.username, body)


@router.get("/search")
def search(
    transaction: Transaction,
    desk: LiveDesk,
    now: Now,
    _: Finder,
    q: Annotated[str, Query(min_length=2, max_length=80)],
    days: Annotated[int, Query(ge=1, le=31)] = 7,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> list[IncidentOut]:
    """Incidents of the last `days`, closed ones too, that have every word of `q`; newest first.

    Searched are the number, plate, phone, caller's words, place, district, and units that were sent.
    """
    found = find(transaction, q.split(), since=now - timedelta(days=days), limit=limit)
    return [views.incident(desk.incident(key), now) for key in found]
