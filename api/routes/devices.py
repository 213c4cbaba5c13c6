"""Devices that report positions by themselves: letting them in, listing them, shutting them out."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request

from api.access.dependencies import Now, Transaction, address_of, only
from api.access.idempotency import OnceRoute
from api.credentials.device_tokens import digest, new_token
from api.credentials.security import Account
from api.forms.device_schemas import DeviceIn, DeviceIssuedOut, DeviceOut
from geo_data.stores.device_store import PostgisDevices

router = APIRouter(route_class=OnceRoute, prefix="/v1/devices", tags=["devices"])

Keeper = Annotated[Account, Depends(only("dispatcher", "manager", "administrator"), scope="function")]
Looker = Annotated[Account, Depends(only("dispatcher", "manager", "auditor", "administrator"), scope="function")]


@router.post("", status_code=201)
def issue(body: DeviceIn, request: Request, transaction: Transaction, now: Now, who: Keeper) -> DeviceIssuedOut:
    """Let a device post positions of one unit; its token is shown in this answer and never again."""
    token = new_token()
    made = PostgisDevices(transaction).issue(body.unit_id, body.name.strip(), digest(token), now, by=who.username)
    server = f"{address_of(request)}/v1/osmand"
    shown = DeviceOut.model_validate(made).model_dump()
    return DeviceIssuedOut(**shown, token=token, server=server, setup=setup_link(server, token))


def setup_link(server: str, token: str) -> str:
    """The address that Traccar Client sets itself up from, as a QR code or a link: a fix every 5 s, one a minute when parked, kept while offline."""
    return (
        f"{server}?id={quote(token)}&accuracy=highest&interval=5&distance=0&fastest_interval=5&heartbeat=60&buffer=true"
    )


@router.get("")
def devices(transaction: Transaction, _: Looker) -> list[DeviceOut]:
    """Every device ever issued, by unit; without tokens, which nobody has but the device."""
    return [DeviceOut.model_validate(one) for one in PostgisDevices(transaction).all()]


@router.delete("/{device_id}")
def revoke(device_id: int, transaction: Transaction, now: Now, who: Keeper) -> DeviceOut:
    """Shut a device out from now on; what it has sent stays."""
    return DeviceOut.model_validate(PostgisDevices(transaction).revoke(device_id, now, by=who.username))
