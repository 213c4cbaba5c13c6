"""Sends messages, beside the desk's watch, so that a slow gateway holds nothing up."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import count
from threading import Event, Thread

from sqlalchemy import Engine

from api import wiring
from api.health.degradations import degradations
from api.health.enduring import keep_doing
from api.messaging.kept import Kept
from api.messaging.mail import Mail
from api.messaging.making_out import House
from api.messaging.post import Post
from api.messaging.push_door import PushDoor
from api.messaging.real_cases import RealCases
from api.messaging.sms_gateway import SmsGateway
from api.messaging.telling import Telling
from api.messaging.vapid import vapid
from api.messaging.web_push import WebPush
from api.settings import settings
from dispatch.degradations import Part
from dispatch.message import Channel, Means
from geo_data.database import transaction
from geo_data.stores.message_store import PostgisMessages

PAUSE_S = 0.5
AT_ONCE = 8  # messages sent side by side
FORGET_EVERY = 7200  # rounds, about an hour
KEPT_FOR = timedelta(days=30)
PARTS = {Means.PUSH: Part.PUSH, Means.SMS: Part.SMS, Means.MAIL: Part.MAIL}


@dataclass(frozen=True, slots=True)
class Courier:
    """Empties the outbox."""

    post: Post

    def round(self, now: datetime) -> int:
        """Take every message that is due; returns how many were tried."""
        with transaction(self.post.database) as connection:
            due = PostgisMessages(connection).due(now)
        if not due:
            return 0
        with ThreadPoolExecutor(min(AT_ONCE, len(due))) as pool:
            return sum(pool.map(partial(self.post.take, now=now), due))

    def forget(self, now: datetime) -> None:
        """Drop what was kept instead of being sent; rows go by retention (`api.privacy.sweeping`)."""
        if isinstance(self.post.kept, Kept):
            self.post.kept.forget_before(now - KEPT_FOR)


def courier(database: Engine) -> Courier:
    """The courier of this process, by its settings."""
    on, policy = settings(), wiring.policy()
    house = House(
        company=policy.caller.company,
        telephone=policy.caller.telephone,
        duty_phone=on.duty_phone.get_secret_value().strip() if on.duty_phone else "",
        duty_mail=on.duty_mail.strip(),
    )
    return Courier(
        Post(
            database,
            channels(database),
            Kept(on.state / "messages"),
            policy.messages,
            policy.offers.answer_timeout_s,
            house,
            f"{str(on.public_url or f'http://{on.host}:{on.port}').rstrip('/')}/case/",
        )
    )


def channels(database: Engine) -> dict[Means, Channel]:
    """The channels that the settings name; each refuses what is simulated."""
    on = settings()
    found: dict[Means, Channel] = {}
    if on.push_hosts:
        found[Means.PUSH] = WebPush(database, push_door(), vapid(), on.push_contact)
    if on.sms_url and on.sms_key:
        found[Means.SMS] = SmsGateway(on.sms_url, on.sms_key, on.sms_sign)
    if on.smtp_host:
        found[Means.MAIL] = Mail(
            on.smtp_host, on.smtp_port, on.seal_mail_from, on.smtp_user, on.smtp_password, on.smtp_tls
        )
    clock = partial(datetime.now, UTC)
    return {means: RealCases(Telling(channel, PARTS[means], degradations(), clock)) for means, channel in found.items()}


def push_door() -> PushDoor:
    """Where pushes may go, by the settings."""
    return PushDoor(tuple(settings().push_hosts))


@contextmanager
def working(make: Callable[[], Courier]) -> Iterator[None]:
    """Let a courier work in a thread for the time of the block; the round it is in is finished."""
    stop = Event()
    thread = Thread(target=keep_doing, args=("notices", _rounds(make), PAUSE_S, stop), name="courier", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _rounds(make: Callable[[], Courier]) -> Callable[[], None]:
    """One round after the other, by a courier made when that first succeeds."""
    courier_, number = cache(make), count()

    def next_round() -> None:
        at_work, now = courier_(), datetime.now(UTC)
        at_work.round(now)
        if next(number) % FORGET_EVERY == 0:
            at_work.forget(now)

    return next_round
