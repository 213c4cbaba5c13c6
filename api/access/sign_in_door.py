"""The door at which passwords are tried: a few wrong ones, then a wait. Right ones count for nothing."""

from datetime import datetime

from fastapi import HTTPException, Request

from api import wiring
from geo_data.stores.knocks import count, someone, take_back

WINDOW_S = 600.0
MOST_OF_NAME_HERE = 10  # wrong passwords for one name from one address in the window
MOST_HERE = 100  # from one address, whatever the names: an office shares one
MOST_OF_NAME = 100  # for one name, wherever from; higher, so that strangers cannot easily lock somebody out


class Attempt:
    """One try to sign in, counted before the password is looked at, so that tries at the same moment count too.

    Raises
    ------
    HTTPException
        429, once there were too many, whether the password is right or not.
    """

    def __init__(self, request: Request, name: str, now: datetime) -> None:
        secret = wiring.secret()
        here = request.client.host if request.client else ""
        marks = ((f"{here} {name}", MOST_OF_NAME_HERE), (here, MOST_HERE), (f"name {name}", MOST_OF_NAME))
        self._counted: list[bytes] = []
        for mark, most in marks:
            who = someone(mark, secret)
            knock = count(wiring.database(), "sign_in", who, now, WINDOW_S)
            if knock.n > most:
                wait_s = max(1, round((knock.again_at - now).total_seconds()))
                raise HTTPException(
                    429,
                    f"登录尝试过多,请 {-(-wait_s // 60)} 分钟后再试。(Too many wrong passwords: wait {-(-wait_s // 60)} min.)",
                    headers={"Retry-After": str(wait_s)},
                )
            self._counted.append(who)

    def succeeded(self) -> None:
        """The password was right: the try counts no longer."""
        for who in self._counted:
            take_back(wiring.database(), "sign_in", who)
