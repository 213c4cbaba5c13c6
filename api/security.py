"""Who is at the door: passwords, tokens and what each role may do."""

from dataclasses import dataclass
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from itsdangerous import BadSignature, URLSafeTimedSerializer

from geo_data.access_schema import HOUSE

AccountRole = Literal["dispatcher", "surveyor", "manager", "auditor", "partner", "administrator"]
Seat = Literal["dispatcher", "surveyor", "manager", "auditor", "partner", "administrator", "client", "nobody"]
ROLES: tuple[AccountRole, ...] = get_args(AccountRole)
COOKIE = "gz_session"
SESSION_S = 12 * 3600

_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in; ``unit_id`` is set for a surveyor, ``kind`` is that of the organisation."""

    username: str
    role: AccountRole
    unit_id: str | None = None
    organisation_id: str = HOUSE
    kind: str = "insurer"

    @property
    def seat(self) -> Seat:
        """What somebody of this role may do in an organisation of this kind; the database has it as ``gz_seat_of``."""
        if self.kind == "insurer":
            return "nobody" if self.role == "partner" else self.role
        if self.kind == "client":
            return "client" if self.role == "manager" else "nobody"
        if self.role == "partner":
            return "partner"
        return "surveyor" if self.kind == "tow" and self.role == "surveyor" else "nobody"


def hash_password(password: str) -> str:
    """Hash with argon2id."""
    return _hasher.hash(password)


def password_matches(password: str, hashed: str) -> bool:
    """Whether the password is the one that was hashed."""
    try:
        return _hasher.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def sign(username: str, secret: str) -> str:
    """Make a token that names its bearer."""
    return URLSafeTimedSerializer(secret, salt="session").dumps(username)


def bearer_of(token: str, secret: str) -> str | None:
    """User name in a token; None when it is forged or older than a session."""
    try:
        name = URLSafeTimedSerializer(secret, salt="session").loads(token, max_age=SESSION_S)
    except BadSignature:
        return None
    return name if isinstance(name, str) else None
