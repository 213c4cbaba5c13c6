"""Who we are to push services: one key pair, made once, that signs every push (VAPID, RFC 8292)."""

import base64
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from api.credentials.kept_secrets import kept
from api.settings import settings
from dispatch.errors import InvalidInput

FILE = "vapid_key"
KEY_BYTES = 32


def new_key() -> str:
    """A fresh private key: its number, base64url."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _base64url(number.to_bytes(KEY_BYTES, "big"))


@lru_cache(maxsize=1)
def vapid() -> Vapid02:
    """The key pair of this service: of the settings, else the one kept in the state folder."""
    given = settings().vapid_key
    return read(given.get_secret_value().strip() if given else kept(FILE, new_key))


def read(private_key: str) -> Vapid02:
    """Read a private key; raises `InvalidInput`, without the key, when it is none."""
    try:
        raw = base64.urlsafe_b64decode(private_key + "=" * (-len(private_key) % 4))
        if len(raw) != KEY_BYTES:
            raise ValueError
        return Vapid02(ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1()))
    except ValueError:
        raise InvalidInput(
            f"GZ_VAPID_KEY must be a private key of {KEY_BYTES} bytes on P-256, base64url: leave it out and one is made."
        ) from None


def public_key(pair: Vapid02) -> str:
    """What browsers subscribe with: the uncompressed point, base64url."""
    return _base64url(pair.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
