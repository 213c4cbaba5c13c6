"""The door at which passwords are tried: a few wrong ones, then a wait. Right ones count for nothing."""

from datetime import datetime

from fastapi import Request

from api import wiring
from api.access.knocking import address_of, too_often
from api.own_database import knocks
from geo_data.database import transaction
from geo_data.stores.knocks import Knock, count, someone, take_back

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
        here = address_of(request)
        marks = {f"{here} {name}": MOST_OF_NAME_HERE, here: MOST_HERE, f"name {name}": MOST_OF_NAME}
        self._counted: list[bytes] = []
        over = self._count(marks, now)
        if over is not None:
            raise too_often(over, now, TOO_OFTEN)

    def _count(self, marks: dict[str, int], now: datetime) -> Knock | None:
        """Count at each mark in turn, as far as the first that has had too many: whoever is refused counts no further."""
        secret = wiring.secret()
        with transaction(knocks.engine()) as connection:
            for mark, most in marks.items():
                who = someone(mark, secret)
                knock = count(connection, "sign_in", who, now, WINDOW_S)
                if knock.n > most:
                    return knock
                self._counted.append(who)
        return None

    def succeeded(self) -> None:
        """The password was right: the try counts no longer."""
        with transaction(knocks.engine()) as connection:
            for who in self._counted:
                take_back(connection, "sign_in", who)
