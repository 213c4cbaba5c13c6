"""When seals are made, and by whom: at every Guangzhou midnight by the background, and whenever a person asks."""

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine

from api import wiring
from api.health.degradations import degradations
from api.sealing.mail import send
from api.sealing.publish import OUTBOX, publish
from api.settings import settings
from dispatch.degradations import Part
from dispatch.errors import DispatchError, Unavailable
from dispatch.seals import Seal
from dispatch.unit import GUANGZHOU_TIME
from geo_data.database import transaction
from geo_data.roads.network import Network
from geo_data.roads.no_roads import no_roads
from geo_data.stores.seal_store import PostgisSeals


def keep(database: Engine, now: datetime) -> None:
    """Seal once a Guangzhou day has passed since the last seal, publish what is not yet, send what waits."""
    with transaction(database) as connection:
        last = PostgisSeals(connection).last()
    if is_due(last, now):
        seal(database, now)
    else:
        publish_all(database)
    _send_mail()


def is_due(last: Seal | None, now: datetime) -> bool:
    """Whether midnight has passed in Guangzhou since the last seal; a first one is due at once."""
    return last is None or last.sealed_at.astimezone(GUANGZHOU_TIME).date() < now.astimezone(GUANGZHOU_TIME).date()


def seal(database: Engine, now: datetime | None = None) -> Seal:
    """Make a seal and publish it."""
    with transaction(database) as connection:
        fingerprint = _network_in_use().fingerprint
        made = PostgisSeals(connection).seal(now or datetime.now(UTC), fingerprint, policy_text())
    publish_all(database)
    return made


def _network_in_use() -> Network:
    try:
        return wiring.load_network()
    except DispatchError:  # the service works without roads then, and a seal says so
        return no_roads()


def last_seal() -> Seal | None:
    """The newest seal."""
    with transaction(wiring.database()) as connection:
        return PostgisSeals(connection).last()


def seal_what_waits(database: Engine) -> None:
    """Make a seal if there is an event without one, or none was ever made."""
    with transaction(database) as connection:
        store = PostgisSeals(connection)
        is_wanted = store.last() is None or store.waiting() > 0
    if is_wanted:
        seal(database)


def publish_all(database: Engine) -> list[Seal]:
    """Publish every seal that is not in the folder yet."""
    with transaction(database) as connection:
        seals = PostgisSeals(connection).all()
    return publish(folder(), seals, settings().seal_mail_from, settings().seal_mail_to)


def folder() -> Path:
    """Where seals are published."""
    return settings().seals_folder or settings().state / "seals"


@lru_cache(maxsize=1)
def policy_text() -> str:
    """The policy file as this process read it first."""
    try:
        return settings().policy.read_text(encoding="utf-8")
    except OSError as error:
        raise Unavailable(f"No policy file at {settings().policy} ({error.strerror}): set GZ_POLICY.") from None


def _send_mail() -> None:
    on = settings()
    if on.smtp_host and on.seal_mail_to:
        outbox = folder() / OUTBOX
        try:
            send(outbox, on.smtp_host, on.smtp_port, user=on.smtp_user, password=on.smtp_password, tls=on.smtp_tls)
        except Unavailable:
            degradations().lost(Part.MAIL, datetime.now(UTC))
            raise
        degradations().back(Part.MAIL)
