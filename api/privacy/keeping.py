"""Retention in the background: once an hour what is due is erased."""

import logging
from datetime import UTC, datetime
from threading import Event

from sqlalchemy import Engine

from api import wiring
from api.health.enduring import keep_doing
from api.privacy.sweeping import sweep

log = logging.getLogger(__name__)

EVERY_S = 3600.0


def keep_sweeping(database: Engine, told_to_stop: Event) -> None:
    """Sweep until told to stop."""
    keep_doing("retention", lambda: _sweep(database), EVERY_S, told_to_stop)


def _sweep(database: Engine) -> None:
    done = {name: n for name, n in sweep(database, wiring.policy().retention, datetime.now(UTC)).items() if n}
    if done:
        log.info("erased by retention: %s", done)
