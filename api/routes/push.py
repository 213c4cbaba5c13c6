"""Web push: a surveyor's browser asks to be told of offers while its page is closed."""

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import Connection

from api.access.dependencies import Now, SignedIn, Transaction
from api.access.idempotency import OnceRoute
from api.credentials.security import Account
from api.forms.device_schemas import PushOut, SubscriptionIn, UnsubscribeIn
from api.messaging.courier import push_door
from api.messaging.push_door import PushDoor
from api.messaging.vapid import public_key, vapid
from dispatch.errors import NotAllowed
from geo_data.stores.subscription_store import PostgisSubscriptions

router = APIRouter(route_class=OnceRoute, prefix="/v1/push", tags=["push"])

Door = Annotated[PushDoor, Depends(push_door)]


@router.get("")
def push(transaction: Transaction, door: Door, who: SignedIn) -> PushOut:
    """Whether offers can be pushed, and the key to subscribe with."""
    return _shown(transaction, door, who)


@router.post("/subscribe")
def subscribe(body: SubscriptionIn, transaction: Transaction, door: Door, now: Now, who: SignedIn) -> PushOut:
    """Tell this browser of offers to the account's unit from now on; subscribing again changes nothing."""
    if who.unit_id is None:
        raise NotAllowed("只有绑定作业单元的账号才能接收派单推送。(Only an account with a unit gets offers.)")
    door.check(body.endpoint)
    keys = {"p256dh": body.keys.p256dh, "auth": body.keys.auth}
    PostgisSubscriptions(transaction).save(who.username, endpoint=body.endpoint, now=now, **keys)
    return _shown(transaction, door, who)


@router.post("/unsubscribe")
def unsubscribe(body: UnsubscribeIn, transaction: Transaction, door: Door, who: SignedIn) -> PushOut:
    """Tell this browser nothing more; one that is not known is fine."""
    PostgisSubscriptions(transaction).forget(who.username, body.endpoint)
    return _shown(transaction, door, who)


def _shown(connection: Connection, door: PushDoor, who: Account) -> PushOut:
    return PushOut(
        available=bool(door.hosts),
        key=public_key(vapid()),
        subscriptions=PostgisSubscriptions(connection).count(who.username),
    )
