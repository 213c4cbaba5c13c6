"""Retention in the background: once an hour what is due is erased."""

import logging
from datetime import UTC, datetime
from threading import Event

from sqlalchemy import Engine

from api import wiring
from api.health.outage import tell_away
from api.privacy.sweeping import sweep
from geo_data.database import AWAY

log = logging.getLogger(__name__)

EVERY_S = 3600.0


def keep_sweeping(database: Engine, told_to_stop: Event) -> None:
    """Sweep until told to stop; what fails is logged and tried again an hour later."""
    while not told_to_stop.is_set():
        try:
            done = {name: n for name, n in sweep(database, wiring.policy().retention, datetime.now(UTC)).items() if n}
            if done:
                log.info("erased by retention: %s", done)
        except AWAY as error:
            tell_away("retention", error)
        except Exception:
            log.exception("retention failed")
        told_to_stop.wait(EVERY_S)
