"""Who is at the door: passwords, tokens and what each role may do."""

from dataclasses import dataclass
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from itsdangerous import BadSignature, URLSafeTimedSerializer

AccountRole = Literal["dispatcher", "surveyor", "manager"]
COOKIE = "gz_session"
SESSION_S = 12 * 3600

_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in; ``unit_id`` is set for a surveyor."""

    username: str
    role: AccountRole
    unit_id: str | None = None


def hash_password(password: str) -> str:
    """Hash with argon2id."""
    return _hasher.hash(password)


def password_matches(password: str, hashed: str) -> bool:
    """Whether the password is the one that was hashed."""
    try:
        return _hasher.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def sign(username: str, secret: str, role: str = "") -> str:
    """Make a token that names its bearer, and the role they had then: only for while no database can be asked."""
    return _signer(secret).dumps([username, role] if role else username)


def bearer_of(token: str, secret: str) -> str | None:
    """User name in a token; None when it is forged or older than a session."""
    return _claims(token, secret)[0]


def remembered(token: str, secret: str) -> Account | None:
    """Who was signed in with a token, in the role they had then; None when it is forged, too old, or names no role.

    The account may have been closed since. So this opens nothing but the queue of reports (`api.queue`), which looks the
    account up before a report enters.
    """
    name, role = _claims(token, secret)
    known: tuple[AccountRole, ...] = get_args(AccountRole)
    return next((Account(name, one) for one in known if one == role), None) if name else None


def _claims(token: str, secret: str) -> tuple[str | None, str]:
    try:
        said = _signer(secret).loads(token, max_age=SESSION_S)
    except BadSignature:
        return None, ""
    name, role = said if isinstance(said, list) and len(said) == 2 else (said, "")
    return (name if isinstance(name, str) else None), str(role)


def _signer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="session")
