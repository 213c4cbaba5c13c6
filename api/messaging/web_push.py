"""The notifier that speaks web push (RFC 8030): an encrypted line to every browser of a unit."""

import json
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from py_vapid import Vapid02
from pywebpush import WebPusher
from sqlalchemy import Engine

from api.messaging.push_door import PushDoor
from dispatch.errors import InvalidInput, Unavailable
from dispatch.message import Came, Outcome, Outgoing
from geo_data.database import transaction
from geo_data.stores.subscription_store import PostgisSubscriptions, Subscription

log = logging.getLogger(__name__)

SIGNED_FOR = timedelta(hours=1)
TOPIC = "offer"  # a unit has one open offer, so a newer one takes the place of an older one not yet shown
_GONE = (404, 410)  # RFC 8030, section 7.3, and what services answer for a browser that is gone
_BUSY = 429


@dataclass(frozen=True, slots=True)
class WebPush:
    """A `dispatch.message.Channel`; a message goes to every browser of the unit.

    Parameters
    ----------
    database : Engine
        Where the browsers are; no transaction is open while a push service is spoken to.
    door : PushDoor
    key : Vapid02
    contact : str
        ``mailto:`` or ``https:`` address where a push service reaches whoever runs this.
    """

    database: Engine
    door: PushDoor
    key: Vapid02
    contact: str

    def send(self, message: Outgoing) -> Outcome:
        """Push to every browser of the unit that has not got the message."""
        with transaction(self.database) as connection:
            browsers = PostgisSubscriptions(connection).of_unit(message.to)
        now = datetime.now(UTC)
        came = {one.id: self._push(one, message, now) for one in browsers if _name(one) not in message.reached}
        there = {_name(one) for one in browsers if came.get(one.id, ("",))[0] is Came.THERE}
        self._keep(came, now)
        return _together(message.reached | there, came.values())

    def _push(self, browser: Subscription, message: Outgoing, now: datetime) -> tuple[Came, str]:
        try:
            body = encrypted(browser, payload(message))
            status = self.door.post(browser.endpoint, body, self._headers(browser, message, now)).status_code
        except Unavailable as error:
            return Came.LATER, str(error)
        except InvalidInput as error:
            return Came.REFUSED, str(error)
        if 200 <= status < 300:
            return Came.THERE, ""
        what = Came.NOBODY if status in _GONE else Came.LATER if status == _BUSY or status >= 500 else Came.REFUSED
        return what, f"push service answered {status}"

    def _headers(self, browser: Subscription, message: Outgoing, now: datetime) -> Mapping[str, str]:
        until = int((now + SIGNED_FOR).timestamp())
        signed: dict[str, str] = self.key.sign(
            {"aud": self.door.check(browser.endpoint), "exp": until, "sub": self.contact}
        )
        return {
            **signed,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(max(0, int((message.until - now).total_seconds()))),
            "Urgency": "high",
            "Topic": TOPIC,
        }

    def _keep(self, came: Mapping[int, tuple[Came, str]], now: datetime) -> None:
        failed = {key: (what, why) for key, (what, why) in came.items() if what is not Came.THERE}
        if not failed:
            return
        with transaction(self.database) as connection:
            store = PostgisSubscriptions(connection)
            for key, (what, why) in failed.items():
                log.info("push to browser %s: %s", key, why)
                if what is Came.NOBODY:
                    store.gone(key)
                else:
                    store.failed(key, why, now)


def _together(reached: frozenset[str], came: Collection[tuple[Came, str]]) -> Outcome:
    """What all browsers together make of it: tried again while one may still be reached."""
    if not came and not reached:
        return Outcome(Came.NOBODY)
    later = next((why for what, why in came if what is Came.LATER), None)
    if later is not None:
        return Outcome(Came.LATER, later, reached)
    if reached:
        return Outcome(Came.THERE, reached=reached)
    return Outcome(Came.REFUSED, next(why for _, why in came))


def payload(message: Outgoing) -> bytes:
    """What is shown on a locked screen: that there is a job, and which; nothing of anybody's person."""
    return json.dumps({"title": message.title, "incident": message.incident_id}, ensure_ascii=False).encode()


def encrypted(browser: Subscription, plain: bytes) -> bytes:
    """Encrypt for one browser (RFC 8291)."""
    keys = {"p256dh": browser.p256dh, "auth": browser.auth}
    sealed = WebPusher({"endpoint": browser.endpoint, "keys": keys}).encode(plain, "aes128gcm")
    return bytes(sealed["body"])


def _name(browser: Subscription) -> str:
    return f"push:{browser.id}"
