"""What travels over HTTP about devices and browsers that are told of offers."""

import base64
import binascii
from datetime import datetime
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.forms.request_body import Body

AUTH_BYTES = 16  # RFC 8291, section 3.2


class DeviceIn(Body):
    """A device to be let in."""

    unit_id: Annotated[str, Field(min_length=1, max_length=40)]
    name: Annotated[str, Field(max_length=80)] = ""


class DeviceOut(BaseModel):
    """A device as it stands; ``battery`` runs from 0 to 1."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    unit_id: str
    unit_name: str
    name: str
    created_at: datetime
    created_by: str
    last_seen_at: datetime | None
    battery: float | None
    charging: bool | None
    revoked_at: datetime | None


class DeviceIssuedOut(DeviceOut):
    """A new device with its token, which is shown this once; ``setup`` is what its phone's app opens or scans."""

    token: str
    server: str
    setup: str


def _plain_bytes(value: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except (binascii.Error, ValueError):
        raise ValueError("must be base64url, as the browser gives it") from None


def _point(value: str) -> str:
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), _plain_bytes(value))
    except ValueError:
        raise ValueError("must be a public key on P-256, as the browser gives it") from None
    return value


def _secret(value: str) -> str:
    if len(_plain_bytes(value)) != AUTH_BYTES:
        raise ValueError(f"must have {AUTH_BYTES} bytes, as the browser gives it")
    return value


class PushKeysIn(Body):
    """The keys of a browser (RFC 8291), base64url."""

    p256dh: Annotated[str, Field(max_length=200), AfterValidator(_point)]
    auth: Annotated[str, Field(max_length=64), AfterValidator(_secret)]


class SubscriptionIn(Body):
    """What `PushSubscription.toJSON()` gives."""

    endpoint: Annotated[str, Field(min_length=1, max_length=1000)]
    keys: PushKeysIn
    expirationTime: float | None = None  # noqa: N815  (the browser's own name)


class UnsubscribeIn(Body):
    """The browser to forget."""

    endpoint: Annotated[str, Field(min_length=1, max_length=1000)]


class PushOut(BaseModel):
    """Whether offers can be pushed, the key browsers subscribe with (base64url), and how many of this account do."""

    available: bool
    key: str
    subscriptions: int
