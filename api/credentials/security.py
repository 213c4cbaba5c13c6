"""Who is at the door: passwords, and tokens that name a session."""

from dataclasses import dataclass
from typing import Any, Literal, get_args
from unicodedata import normalize
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from itsdangerous import BadSignature, URLSafeTimedSerializer

from geo_data.tables.access_schema import HOUSE

AccountRole = Literal["dispatcher", "surveyor", "manager", "auditor", "partner", "administrator"]
Seat = Literal["dispatcher", "surveyor", "manager", "auditor", "partner", "administrator", "client", "nobody"]
ROLES: tuple[AccountRole, ...] = get_args(AccountRole)
COOKIE = "gz_session"
LONGEST_SESSION_S = 24 * 3600  # no setting makes a token live longer

_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in; ``unit_id`` is set for a surveyor, ``kind`` is that of the organisation."""

    username: str
    role: AccountRole
    unit_id: str | None = None
    organisation_id: str = HOUSE
    kind: str = "insurer"

    @classmethod
    def of(cls, row: Any) -> "Account":
        """From a row that begins with the columns of `geo_data.principal.ACCOUNT`."""
        return cls(*row[:5])

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


def in_one_form(password: str) -> str:
    """The letters of a password however a keyboard sends them, full-width ones too (NIST SP 800-63B, 5.1.1.2)."""
    return normalize("NFKC", password)


def hash_password(password: str) -> str:
    """Hash with argon2id, in one form."""
    return _hasher.hash(in_one_form(password))


def password_matches(password: str, hashed: str) -> bool:
    """Whether the password is the one that was hashed."""
    try:
        return _hasher.verify(hashed, in_one_form(password))
    except (VerifyMismatchError, InvalidHashError):
        return False


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a token names, and the seat they had at the sign-in; whether the session still lives the database alone knows."""

    username: str
    session: UUID
    seat: Seat


def sign(bearer: Bearer, secret: str) -> str:
    """Make a token that names its bearer."""
    return _serializer(secret).dumps([bearer.username, bearer.session.hex, bearer.seat])


def bearer_of(token: str, secret: str, within_s: float = LONGEST_SESSION_S) -> Bearer | None:
    """Whom a token names; None when it is forged or older than any session may be."""
    try:
        name, session, seat = _serializer(secret).loads(token, max_age=round(within_s))
        return Bearer(str(name), UUID(str(session)), seat) if seat in get_args(Seat) else None
    except (BadSignature, TypeError, ValueError):
        return None


def _serializer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="session")
