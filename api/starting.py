"""What a worker does with the database before its first request; where that is away, as soon as it is back."""

import logging
import time
from threading import Thread

from api import wiring
from api.errors import first_line
from api.promises_kept import keep_rules
from geo_data.database import AWAY

log = logging.getLogger(__name__)

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
        log.warning("starting without the database: %s", first_line(error))
        return False
    return True
