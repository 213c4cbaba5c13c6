"""One message on its way: looked at, sent, and written down; see `api.messaging.courier` for when."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import random

from sqlalchemy import Connection, Engine

from api.health.outage import tell_away
from api.messaging.making_out import Context, House, made_out
from dispatch.errors import UnknownId
from dispatch.events import ClientTold
from dispatch.message import Came, Channel, Kind, Means, Outcome, Outgoing, State
from dispatch.messages.trying import Next, after
from dispatch.messages.worth import still_true
from dispatch.policy.message_rules import MessageRules, channels
from dispatch.unit import Unit
from dispatch.vocabulary import ToldBy
from geo_data.database import AWAY, transaction
from geo_data.stores.case_links import PostgisCaseLinks
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.stores.message_store import PostgisMessages, Waiting
from geo_data.stores.postgis_log import PostgisLog

log = logging.getLogger(__name__)

BY = "messages"
RESULTS = (Kind.PAID, Kind.REFUSED)


@dataclass(frozen=True, slots=True)
class Post:
    """Sends messages of an outbox.

    Parameters
    ----------
    database : Engine
        No transaction is open while somebody outside is spoken to.
    channels : mapping of Means to Channel
        Those that the settings name.
    kept : Channel
        Takes what no channel is there for, and everything simulated.
    rules : MessageRules
    answer_limit_s : float
        Seconds a unit has for its answer; no offer is announced later.
    house : House
    case_url : str
        What the token of a case is put behind.
    jitter : callable
        From 0 to 1; see `dispatch.messages.trying.after`.
    """

    database: Engine
    channels: Mapping[Means, Channel]
    kept: Channel
    rules: MessageRules
    answer_limit_s: float
    house: House = field(default_factory=House)
    case_url: str = "/case/"
    jitter: Callable[[], float] = random

    def take(self, one: Waiting, now: datetime) -> bool:
        """Do what is due with a message; returns whether it was tried.

        It is settled after it was sent. Whoever is stopped in between sends it once more, under the same id.
        """
        try:
            with transaction(self.database) as connection:
                outgoing = self._ready(connection, one, now)
            if outgoing is None:
                return False
            outcome = self._channel(one).send(outgoing)
        except AWAY as error:  # it stays due
            tell_away("sending a message", error)
            return False
        except Exception:  # one message's trouble is not another's
            log.exception("message %s of %s", one.message.kind, one.message.incident_id)
            outcome = Outcome(Came.LATER, "internal error; see the log", one.reached)
        with transaction(self.database) as connection:
            self._settle(connection, one, outcome, now)
        return True

    def _ready(self, connection: Connection, one: Waiting, now: datetime) -> Outgoing | None:
        store, message = PostgisMessages(connection), one.message
        begins_at, until = self.rules.begins_at(message), self.rules.until(message, self.answer_limit_s)
        incident = PostgisLog(connection).incident(message.incident_id)
        told_eta = store.told_eta(message.incident_id, message.about) if message.kind is Kind.LATER else None
        ended = None
        if not self.rules.template(message.kind):
            ended = State.OFF
        elif not still_true(message, incident, told_eta, self.rules.slip_s):
            ended = State.MOOT
        elif now >= until:
            ended = State.EXPIRED
        if ended is not None:
            store.settle(one, Next(State.SENT if one.reached else ended), now)
            return None
        if now < begins_at:
            store.put_off(one, begins_at)
            return None
        about = Context(
            house=self.house,
            rules=self.rules,
            incident=incident,
            unit=lambda key: _unit(connection, key),
            link=lambda: self.case_url + PostgisCaseLinks(connection).issue(incident.id, now, by=BY),
        )
        return made_out(message, self._means(one), about, until=until, reached=one.reached)

    def _ways(self, one: Waiting) -> tuple[Means, ...]:
        if one.message.simulated:  # what is simulated never leaves the house
            return (Means.KEPT,)
        return tuple(m for m in channels(one.message.kind) if m in self.channels) or (Means.KEPT,)

    def _means(self, one: Waiting) -> Means:
        ways = self._ways(one)
        return ways[min(one.on, len(ways) - 1)]

    def _channel(self, one: Waiting) -> Channel:
        means = self._means(one)
        return self.kept if means is Means.KEPT else self.channels[means]

    def _settle(self, connection: Connection, one: Waiting, outcome: Outcome, now: datetime) -> None:
        means, ways = self._means(one), self._ways(one)
        following = after(
            outcome,
            tries=one.tries,
            on=min(one.on, len(ways) - 1),
            channels=ways,
            now=now,
            until=self.rules.until(one.message, self.answer_limit_s),
            most=self.rules.tries,
            jitter=self.jitter(),
        )
        if following.state is State.SENT and means is Means.KEPT:
            following = Next(State.KEPT)
        if following.state is State.FAILED:
            log.warning("message %s of %s given up: %s", one.message.kind, one.message.incident_id, outcome.why)
        reached = sorted(one.reached | outcome.reached)
        said = {"channel": means.value, "reached": reached, "why": outcome.why[:200]}
        PostgisMessages(connection).settle(one, following, now, **said)
        if following.state is State.SENT and means is Means.SMS and one.message.kind in RESULTS:
            _record_told(connection, one, now)


def _unit(connection: Connection, key: str) -> Unit | None:
    try:
        return PostgisFleet(connection).unit(key)
    except UnknownId:
        return None


def _record_told(connection: Connection, one: Waiting, now: datetime) -> None:
    """Record that the client was told the result by text message, unless that is known or the result has changed."""
    events = PostgisLog(connection)
    events.hold(one.message.incident_id)
    incident = events.incident(one.message.incident_id)
    known = any(told.means is ToldBy.SMS for told in incident.claim.told)
    if known or not still_true(one.message, incident, None, 0.0):
        return
    told = ClientTold(incident_id=incident.id, at=now, recorded_at=now, by=BY, means=ToldBy.SMS)
    events.append([told], after=incident.version)
