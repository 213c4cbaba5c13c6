"""The notifier that speaks web push (RFC 8030): an encrypted line to every browser of a unit."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from py_vapid import Vapid02
from pywebpush import WebPusher
from sqlalchemy import Engine

from api.push_door import PushDoor
from dispatch.errors import InvalidInput, Unavailable
from dispatch.notices import Delivery, Notice
from geo_data.database import transaction
from geo_data.subscription_store import PostgisSubscriptions, Subscription

log = logging.getLogger(__name__)

SIGNED_FOR = timedelta(hours=1)
TITLE = "新任务,请打开查看"
TOPIC = "offer"  # a unit has one open offer, so a newer one takes the place of an older one not yet shown
_GONE = (404, 410)  # RFC 8030, section 7.3, and what services answer for a browser that is gone
_BUSY = 429


class Came(Enum):
    """What a push came to."""

    THERE = "there"
    GONE = "gone"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class WebPush:
    """A `dispatch.notices.Notifier`.

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

    def __call__(self, notice: Notice, now: datetime) -> Delivery:
        """Push to every browser of the unit that has not got the notice."""
        with transaction(self.database) as connection:
            browsers = PostgisSubscriptions(connection).of_unit(notice.unit_id)
        came = {one.id: self._push(one, notice, now) for one in browsers if _name(one) not in notice.reached}
        there = {_name(one) for one in browsers if came.get(one.id, ("",))[0] is Came.THERE}
        self._keep(came, now)
        how = [what for what, _ in came.values()]
        return Delivery(
            reached=notice.reached | there,
            again=Came.LATER in how,
            refused=Came.REFUSED in how or Came.GONE in how,
        )

    def _push(self, browser: Subscription, notice: Notice, now: datetime) -> tuple[Came, str]:
        try:
            body = encrypted(browser, payload(notice))
            status = self.door.post(browser.endpoint, body, self._headers(browser, notice, now)).status_code
        except Unavailable as error:
            return Came.LATER, str(error)
        except InvalidInput as error:
            return Came.REFUSED, str(error)
        if 200 <= status < 300:
            return Came.THERE, ""
        what = Came.GONE if status in _GONE else Came.LATER if status == _BUSY or status >= 500 else Came.REFUSED
        return what, f"push service answered {status}"

    def _headers(self, browser: Subscription, notice: Notice, now: datetime) -> Mapping[str, str]:
        until = int((now + SIGNED_FOR).timestamp())
        signed: dict[str, str] = self.key.sign(
            {"aud": self.door.check(browser.endpoint), "exp": until, "sub": self.contact}
        )
        return {
            **signed,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(max(0, int((notice.until - now).total_seconds()))),
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
                if what is Came.GONE:
                    store.gone(key)
                else:
                    store.failed(key, why, now)


def payload(notice: Notice) -> bytes:
    """What is shown on a locked screen: that there is a job, and which; nothing of anybody's person."""
    return json.dumps({"title": TITLE, "incident": notice.incident_id}, ensure_ascii=False).encode()


def encrypted(browser: Subscription, plain: bytes) -> bytes:
    """Encrypt for one browser (RFC 8291)."""
    keys = {"p256dh": browser.p256dh, "auth": browser.auth}
    sealed = WebPusher({"endpoint": browser.endpoint, "keys": keys}).encode(plain, "aes128gcm")
    return bytes(sealed["body"])


def _name(browser: Subscription) -> str:
    return f"push:{browser.id}"
