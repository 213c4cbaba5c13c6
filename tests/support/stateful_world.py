"""A desk with its log and fleet, in memory or on PostGIS, that is looked through after every step of a random sequence."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from scene import SCENE, district_of, place, straight_times
from sqlalchemy import Connection, text

from dispatch.auditing.audit import audit
from dispatch.auditing.record import Problem
from dispatch.bookings import Booking, demands
from dispatch.desk import Desk
from dispatch.errors import DispatchError
from dispatch.events import AssignmentAccepted, CommitmentMade, Event
from dispatch.folding import fold
from dispatch.incident import Incident
from dispatch.location import Location, NotLocated, Position
from dispatch.log import EventLog, MemoryLog
from dispatch.needs import is_finished
from dispatch.policy.policy import Policy
from dispatch.ports import Fleet, MemoryFleet
from dispatch.unit import Fix, OpenAssignment, PartnerRepairShop, Shift, Unit, UnitState
from dispatch.vocabulary import Role, Skill
from geo_data.stores.event_codec import IN_COLUMNS, decode, encode
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.stores.postgis_log import PostgisLog

JOBS_WITHIN = timedelta(hours=12)


def _at(lon: float) -> Position:
    return Position(lon, SCENE.lat)


def _surveyor(key: str, lon: float, **more: Any) -> Unit:
    return Unit(id=key, name=f"查勘员{key}", role=Role.SURVEYOR, standby=_at(lon), **more)


def _tow(key: str, lon: float, **more: Any) -> Unit:
    return Unit(id=key, name=f"施救车{key}", role=Role.TOW_UNIT, standby=_at(lon), **more)


UNITS = (  # by id: the order of both fleets
    _surveyor("B1", 113.31, backup_rank=1, contacts=("手机", "固话")),
    _surveyor("B2", 113.29, backup_rank=2, skills=frozenset(Skill)),
    _tow("B3", 113.30, backup_rank=1),
    Unit(id="P1", name="人伤专员P1", role=Role.SPECIALIST, standby=_at(113.35)),
    _surveyor("S1", 113.34),
    _surveyor("S2", 113.36, skills=frozenset(Skill)),
    _surveyor("S3", 113.20, shift=Shift(time(22), time(6, 30))),
    _tow("T1", 113.35),
    _tow("T2", 113.40, skills=frozenset(Skill)),
    _tow("T3", 113.25, shift=Shift(time(8), time(20))),
)
SHOPS = (
    PartnerRepairShop(id="R1", name="一厂", position=_at(113.37), capacity=1),
    PartnerRepairShop(id="R2", name="二厂", position=_at(113.32), makes=frozenset({"丰田"}), capacity=2),
    PartnerRepairShop(
        id="R3", name="三厂", position=_at(113.33), designated=False, hours=Shift(time(20), time(8)), capacity=1
    ),
    PartnerRepairShop(id="R4", name="四厂", position=_at(113.60), hours=Shift(time(8), time(22)), capacity=2),
)
FOSHAN = {
    "city": "佛山市",
    "name": "佛山示例救援",
    "telephone": "000-0000-0001",
    "contact_within_s": 600,
    "on_scene_within_s": 3600,
}
POLICY = Policy.from_mapping({"recovery": {"partners": [FOSHAN]}})


def find(text: str, *, hint: Position | None = None, hint_accuracy_m: float | None = None) -> Location | NotLocated:
    """Know a few other cities besides what the scene knows."""
    city = next((c for c in ("佛山", "深圳", "北京") if c in text), None)
    return NotLocated("不在广州市", city=city) if city else place(text)


class LateFleet:
    """A fleet that has not heard of any assignment: the view of a desk that is about to lose a race."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fleet, name)

    def states(self, now: datetime) -> list[UnitState]:
        return [replace(state, assignment=None) for state in self._fleet.states(now)]


class LateLog:
    """A log that has not heard of any booking."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def shop_load(self, days: object) -> dict[Booking, int]:
        return dict.fromkeys(self._log.shop_load(days), 0)


class World:
    """One desk over one log; ``histories`` and ``states`` are as they were when it was last looked through."""

    def __init__(self, log: EventLog, fleet: Fleet, see: Callable[[Fix, datetime], object]) -> None:
        self.see = see
        self.histories: dict[str, list[Event]] = {}
        self.states: dict[str, Incident] = {}
        self.desk = Desk(
            geocode=find,
            travel_times=straight_times,
            district_of=district_of,
            fleet=fleet,
            log=log,
            policy=POLICY,
        )

    def rule(self, *, auto_offer: bool, auto_backup: bool) -> None:
        """Put the switches of the policy."""
        choosing, duty = POLICY.choosing, POLICY.duty
        policy = replace(
            POLICY,
            choosing=replace(choosing, auto_offer=auto_offer),
            duty=replace(duty, auto_backup=auto_backup),
        )
        self.desk = replace(self.desk, policy=policy)

    def late_desk(self) -> Desk:
        """The desk of somebody who sees the fleet and the shops as they were."""
        return replace(self.desk, fleet=LateFleet(self.desk.fleet), log=LateLog(self.desk.log))

    def attempt(self, step: Callable[["World"], object]) -> type[DispatchError] | None:
        """Do a step; one that is refused must leave nothing behind. Any other error is left to fail the test."""
        refused = None
        try:
            step(self)
        except DispatchError as error:
            refused = type(error)
        assert refused is None or self._read() == self.histories, "a refused step left something behind"
        return refused

    def look_through(self, now: datetime) -> None:
        """Hold everything that must always be true against the log."""
        before, self.histories = self.histories, self._read()
        self.states = {key: fold(history) for key, history in self.histories.items()}
        changed = [key for key, history in self.histories.items() if before.get(key) != history]
        for key, known in before.items():
            assert self.histories[key][: len(known)] == known, "the past has changed"
        self._check_incidents(changed)
        self._check_open()
        self._check_shops()
        self._check_audit(now)

    def _read(self) -> dict[str, list[Event]]:
        return {history[0].incident_id: history for history in self.desk.log.all_events()}

    def _check_incidents(self, changed: Sequence[str]) -> None:
        log = self.desk.log
        for key in changed:
            state, history = self.states[key], self.histories[key]
            assert state.version == len(history)
            assert log.incident(key) == state
            assert log.history(key) == history
            promised = [e for e in history if isinstance(e, CommitmentMade)]
            assert promised == [state.commitment]
            assert all(stored_and_read(e) == e for e in history)
            assert all(log.incident_of(a) == key for a in state.assignments)
            assert not (state.closed_at is not None and state.open_assignments)
            assert state.closed_at is not None or not is_finished(state, self.desk.plan(state)), "done but still open"
            assert not (state.held and (state.open_assignments or state.closed_at)), "held and yet served, or over"
            ours = state.partner is None or state.location is not None
            assert ours or not state.assignments, "one of our own was sent to a partner's incident"

    def _check_open(self) -> None:
        still_open = [s for s in self.states.values() if s.closed_at is None]
        assert self.desk.log.open_incidents() == still_open
        bound = [(a, s.id) for s in self.states.values() for a in s.open_assignments]
        assert max(Counter(a.unit_id for a, _ in bound).values(), default=1) == 1, "a unit has two assignments"
        assert max(Counter((key, a.role) for a, key in bound).values(), default=1) == 1, "two in one role"
        assert self.desk.log.open_assignments() == {
            a.unit_id: OpenAssignment(assignment_id=a.id, incident_id=key, status=a.status) for a, key in bound
        }

    def _check_shops(self) -> None:
        wanted = Counter(d.booking for s in self.states.values() for d in demands(s).values())
        assert self.desk.log.shop_load({place.day for place in wanted}) == wanted
        capacity = {shop.id: shop.capacity for shop in SHOPS}
        assert all(n <= (capacity[shop_id] or n) for (shop_id, _), n in wanted.items()), "more than the shop takes"

    def _check_audit(self, now: datetime) -> None:
        account = audit(self.histories.values(), now)
        assert account.totals.reported == len(self.histories)
        assert Problem.BROKEN_HISTORY not in account.not_judged
        since = now - JOBS_WITHIN
        recent = [h for h in self.histories.values() if h[0].at >= since]
        jobs = Counter(e.unit_id for h in recent for e in h if isinstance(e, AssignmentAccepted))
        assert self.desk.log.jobs_since(since) == jobs


def stored_and_read(event: Event) -> Event:
    """Carry an event through the codec, as the table of events does."""
    kind, body = encode(event)
    columns = dict(zip(sorted(IN_COLUMNS), (event.at.isoformat(), event.incident_id), strict=True))
    return decode(kind, json.dumps({**json.loads(body), **columns}))


def in_memory() -> World:
    """A world without a database."""
    log = MemoryLog()
    fleet = MemoryFleet(UNITS, SHOPS, open_assignments=log.open_assignments)
    return World(log, fleet, lambda fix, _: fleet.record(fix))


def on_postgis(connection: Connection) -> World:
    """A world in the transaction of ``connection``, whose incidents are numbered from 1 as they are in memory."""
    connection.execute(text("ALTER SEQUENCE incident_numbers RESTART"))
    fleet = PostgisFleet(connection)
    fleet.save_units(UNITS)
    fleet.save_shops(SHOPS)
    return World(PostgisLog(connection), fleet, lambda fix, now: fleet.record_fixes([fix], now))
