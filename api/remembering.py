"""Who asks where the database may be away: by their session while it answers, by the signed token alone while it does not.

The token names the seat its bearer had at the sign-in. The account may have been closed since, so this opens nothing but
pages without data, the list of what is away, and the queue of reports, which looks the account up before a report enters.
"""

from typing import Annotated

from fastapi import Depends, Request

from api import wiring
from api.access import sessions
from api.access.dependencies import Now, let_in, token_of
from api.credentials import security
from api.credentials.security import Account, Bearer
from api.health.database_watch import watch
from api.observing import asked
from api.privacy import reading
from api.settings import settings
from geo_data.database import AWAY, transaction


def whom(request: Request, now: Now) -> Account | Bearer | None:
    """Who asks; None for a stranger. What they read is written down where there is a database to write it into."""
    try:
        watch.check()
        with transaction(wiring.database()) as connection:
            present = sessions.enter(connection, token_of(request), now)
            if present is None:
                return None
            asked.note_account(present.account.username)
            reading.note(request, connection, now, present.account)
            return present.account
    except AWAY:
        watch.doubt()
        return security.bearer_of(token_of(request), wiring.secret(), settings().session_h * 3600)


PerhapsRemembered = Annotated[Account | Bearer | None, Depends(whom, scope="function")]


def remembered(request: Request, who: PerhapsRemembered) -> Account | Bearer:
    """Who asks; 401 for a stranger, refused where the table of doors does not let them in."""
    return let_in(who, request)


Remembered = Annotated[Account | Bearer, Depends(remembered, scope="function")]
