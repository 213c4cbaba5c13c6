"""The door at which passwords are tried: a few wrong ones, then a wait. Right ones count for nothing."""

from collections.abc import Collection
from datetime import datetime, timedelta

from fastapi import Request
from sqlalchemy import Connection

from api import wiring
from api.access.knocking import address_of, too_often
from api.own_database import knocks
from geo_data.database import transaction
from geo_data.principal import as_owner
from geo_data.stores.knocks import Knock, count, forgive, many, someone, take_back

DOOR = "sign_in"
PREFIX_BYTES = 8  # marks of one name begin alike, wherever it was tried from
WINDOW_S = 600.0
MOST_OF_NAME_HERE = 10  # wrong passwords for one name from one address in the window
MOST_HERE = 100  # from one address, whatever the names: an office shares one
MOST_OF_NAME = 100  # for one name, wherever from; higher, so that strangers cannot easily lock somebody out
TOO_OFTEN = "登录尝试过多,请 {minutes} 分钟后再试。(Too many wrong passwords: wait {minutes} min.)"


class Attempt:
    """One try to sign in, counted before the password is looked at, so that tries at the same moment count too.

    Raises
    ------
    HTTPException
        429, once there were too many, whether the password is right or not.
    """

    def __init__(self, request: Request, name: str, now: datetime) -> None:
        secret = wiring.secret()
        here, of_name = address_of(request), _of_name(name, secret)
        from_here = of_name[:PREFIX_BYTES] + someone(f"{here} {name}", secret)[PREFIX_BYTES:]
        marks = {from_here: MOST_OF_NAME_HERE, someone(here, secret): MOST_HERE, of_name: MOST_OF_NAME}
        self._counted: list[bytes] = []
        over = self._count(marks, now)
        if over is not None:
            raise too_often(over, now, TOO_OFTEN)

    def _count(self, marks: dict[bytes, int], now: datetime) -> Knock | None:
        """Count at each mark in turn, as far as the first that has had too many: whoever is refused counts no further."""
        with transaction(knocks.engine()) as connection:
            for who, most in marks.items():
                knock = count(connection, DOOR, who, now, WINDOW_S)
                if knock.n > most:
                    return knock
                self._counted.append(who)
        return None

    def succeeded(self) -> None:
        """The password was right: the try counts no longer."""
        with transaction(knocks.engine()) as connection:
            for who in self._counted:
                take_back(connection, DOOR, who)


def locked(connection: Connection, names: Collection[str], now: datetime) -> dict[str, datetime]:
    """Which of some names have to wait, from one address at least, and until when the longest wait lasts."""
    secret = wiring.secret()
    known = {mark[:PREFIX_BYTES]: (name, mark) for name in names for mark in [_of_name(name, secret)]}
    window, found = timedelta(seconds=WINDOW_S), dict[str, datetime]()
    with as_owner(connection):
        often = many(connection, DOOR, min(MOST_OF_NAME_HERE, MOST_OF_NAME), now - window, window)
    for who, knock in often.items():
        name, whole = known.get(who[:PREFIX_BYTES], ("", b""))
        if name and knock.n >= (MOST_OF_NAME if who == whole else MOST_OF_NAME_HERE):
            found[name] = max(knock.again_at, found.get(name, knock.again_at))
    return found


def unlock(connection: Connection, name: str) -> None:
    """Forget the wrong passwords for a name, wherever they came from; those of an address with other names stay."""
    with as_owner(connection):
        forgive(connection, DOOR, _of_name(name, wiring.secret())[:PREFIX_BYTES])


def _of_name(name: str, secret: str) -> bytes:
    return someone(f"name {name}", secret)
