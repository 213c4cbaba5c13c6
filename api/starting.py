"""What a worker does with the database before its first request; where that is away, as soon as it is back."""

import time
from threading import Thread

from api import wiring
from api.outage import tell_away
from api.promises_kept import keep_rules
from geo_data.database import AWAY

AGAIN_S = 1.0


def begin() -> None:
    """Take in the company's places and keep the rules in force; a worker that finds no database serves without them."""
    if not _has_begun():
        Thread(target=_catch_up, name="starting", daemon=True).start()


def _catch_up() -> None:
    while not _has_begun():
        time.sleep(AGAIN_S)


def _has_begun() -> bool:
    try:
        wiring.places().load()
        keep_rules()
    except AWAY as error:
        tell_away("starting", error)
        return False
    return True
