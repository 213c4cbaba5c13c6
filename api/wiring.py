"""Putting the parts together: which network, which places, which database, which policy."""

import logging
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine

from api.built_by import mark_of_sources
from api.credentials import data_key
from api.health.degradations import degradations
from api.learned import predictor
from api.observing import desk_steps, statements
from api.place_services import enquiry_of
from api.settings import settings
from api.today import ArrivedSince, today_of
from dispatch.degradations import Part
from dispatch.desk import Desk
from dispatch.errors import InvalidInput, Unavailable
from dispatch.events import Event
from dispatch.location import Position
from dispatch.log import EventLog
from dispatch.policy.policy import Policy
from dispatch.ports import DemandReach, Fleet, Geocode, TravelTimesBetween, TravelTimesFrom, TravelTimesTo
from dispatch.prediction.predictor import Forecasting
from dispatch.service.in_force import rules_in_force
from dispatch.track_matching import MatchTrack
from geo_data.builtin.places import Place, builtin_places
from geo_data.cluster.cluster import PrivateCluster
from geo_data.cluster.wal_archive import Archive
from geo_data.database import DatabaseAway, engine, migrate, transaction
from geo_data.demand.spots import find_spots
from geo_data.demand_reach import DemandCells
from geo_data.demo_fleet import SEED
from geo_data.known_places import KnownPlaces
from geo_data.live_places import LivePlaces
from geo_data.map_matching import guarded
from geo_data.map_matching.match import Matcher
from geo_data.map_matching.track_matcher import TrackMatcher
from geo_data.online.enquiry import Enquiry
from geo_data.online.online_geocoder import OnlineGeocoder
from geo_data.places.geocoder import Geocoder
from geo_data.principal import as_owner
from geo_data.roads.live_speeds import LiveRoads
from geo_data.roads.network import Network
from geo_data.roads.network_file import load
from geo_data.roads.no_roads import NoRouter, no_match, no_roads
from geo_data.roads.onward import OnwardTimes
from geo_data.roads.routing import Router
from geo_data.roads.straight_line import StraightLineTimes
from geo_data.scenarios import Scenarios
from geo_data.service_area import ServiceArea, area_of, known_places
from geo_data.stores.condition_store import PostgisConditions
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.stores.place_store import PostgisPlaces
from geo_data.stores.postgis_log import PostgisLog
from geo_data.trip_times import TripTimes

data_key.install()
log = logging.getLogger(__name__)

STRAIGHT = StraightLineTimes()
SCHEMATIC_OFFSET_M = 15_000.0  # the schematic network lacks the small roads of the hills; they are driven slowly
_clock = partial(datetime.now, UTC)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a process knows of the world: roads, places and the policy; made once, shared by all its threads.

    The router of `ground` has the usual speeds and its geocoder the places of the network; `live_ground` has the speeds that
    hold now, a company's own places, and online place services where the settings name any.
    """

    network: Network
    router: Router
    geocoder: Geocoder
    policy: Policy
    services: Enquiry | None = None

    @property
    def area(self) -> ServiceArea:
        """Where this ground serves: Guangzhou, or another city whose roads the network has."""
        return _area(self.network)

    @property
    def geocode(self) -> Geocode:
        """Find a place: offline, and with the services where the settings name any and the answer is not sure."""
        return OnlineGeocoder(self.geocoder.geocode, self.services).geocode if self.services else self.geocoder.geocode

    def desk(
        self,
        log: EventLog,
        fleet: Fleet,
        travel_times: TravelTimesTo | None = None,
        travel_between: TravelTimesBetween | None = None,
        onward: TravelTimesFrom | None = None,
    ) -> Desk:
        """Sit a desk down on this ground; without ``travel_times`` it asks the router, which is quickest."""
        if not self.network.has_roads:
            travel_times = travel_times or STRAIGHT
        return Desk(
            geocode=self.geocode,
            travel_times=travel_times or self.router.travel_times,
            travel_between=travel_between or self.trip_times().between,
            reach=demand_reach(),
            district_of=self.area.district_of,
            fleet=fleet,
            log=log,
            policy=self.policy,
            onward=onward or self.onward,
        )

    @property
    def onward(self) -> TravelTimesFrom:
        """Travel times from a scene to the repair shops."""
        return OnwardTimes(self.router) if self.network.has_roads else STRAIGHT.onward

    def trip_times(self) -> TripTimes | StraightLineTimes:
        """Travel times through the change of hours, with scenarios; straight lines while there are no roads."""
        if not self.network.has_roads:
            return STRAIGHT
        return TripTimes(self.router, _scenarios(), _fleet_places())

    def live_desk(self, connection: Connection, *, holding: bool = False) -> Desk:
        """Sit a desk down on the database, inside the caller's transaction; see `PostgisLog` for ``holding``."""
        times = self.trip_times()
        log = PostgisLog(connection, holding=holding)

        def arrived_since(reported_since: datetime, since: datetime) -> list[list[Event]]:
            with as_owner(connection):  # kept for all who ask
                return log.arrived_since(reported_since, since)

        desk = self.desk(log, PostgisFleet(connection), times, times.between)
        return self.serving(desk, connection.engine, arrived_since)

    def serving(self, desk: Desk, database: Engine, arrived_since: ArrivedSince) -> Desk:
        """A desk as the service has it: tracks are matched, forecasts look at today and are kept as facts."""
        forecasting = self.forecasting()
        if not self.network.has_roads:
            return replace(desk, match=no_match, forecasting=forecasting)
        today = today_of(forecasting.predictor, database, arrived_since)
        return desk_steps.observed(replace(desk, match=track_matcher(), forecasting=replace(forecasting, today=today)))

    def forecasting(self) -> Forecasting:
        """How the service forecasts, at every desk of it: by what was learned, and already at the report; without roads neither."""
        if not self.network.has_roads:
            return Forecasting()
        return Forecasting(predictor=predictor(self.policy.arrival, settings().policy.parent), foresees=True)


@lru_cache(maxsize=1)
def ground() -> Ground:
    """The ground of this process, by its settings."""
    network, router = _roads_in_use()
    return Ground(
        network=network,
        router=router,
        geocoder=geocoder(network),
        policy=policy(),
    )


def _roads_in_use() -> tuple[Network, Router]:
    """The network of the settings; where it cannot be used, none at all: then the service works in manual mode."""
    try:
        network = load_network()
        router = Router(network, max_offset_m=SCHEMATIC_OFFSET_M) if network.schematic else Router(network)
    except Exception as error:  # whatever is wrong with the file: somebody waits on a motorway
        log.error("no road network, manual mode: %s", error)
        degradations().lost(Part.NETWORK, datetime.now(UTC), str(error))
        return no_roads(), cast(Router, NoRouter())
    degradations().back(Part.NETWORK)
    return network, router


@lru_cache(maxsize=1)
def track_matcher() -> MatchTrack:
    """On the usual roads: what is closed today may still have been driven."""
    match = TrackMatcher(Matcher(ground().network, ground().router.index))
    return guarded.GuardedMatching(match, degradations(), _clock, limit_s=guarded.LIMIT_S)


@lru_cache(maxsize=1)
def policy() -> Policy:
    """The policy of this process, by its settings."""
    return load_policy(settings().policy)


def geocoder(network: Network, company_places: Sequence[Place] = ()) -> Geocoder:
    """Make a geocoder that knows the network's own places, the built-in ones in its reach, and a company's own."""
    area = _area(network)
    return Geocoder(network, [*known_places(network), *company_places], area.district_of, area.city)


_area = lru_cache(maxsize=2)(area_of)


@lru_cache(maxsize=1)
def _scenarios() -> Scenarios:
    return Scenarios(ground().network)


@lru_cache(maxsize=1)
def _fleet_places() -> KnownPlaces:
    return KnownPlaces()


@lru_cache(maxsize=1)
def demand_reach() -> DemandReach | None:
    """Where accidents are expected on the network in use, and how soon they are reached; None outside Guangzhou."""
    on = ground()
    if not on.network.has_roads:
        return None
    try:
        spots = find_spots(on.network, builtin_places(), SEED)
    except InvalidInput:
        return None
    limits, zones = on.policy.arrival_commitment, on.policy.zones
    return DemandCells(on.router, spots, lambda district, at: limits.limit_s(zones.of(district, at)))


@lru_cache(maxsize=1)
def roads() -> LiveRoads:
    """The roads of this process, usual and live."""
    return LiveRoads(ground().router)


@lru_cache(maxsize=1)
def places() -> LivePlaces:
    """The places of this process, built in and imported."""
    return LivePlaces(ground().geocoder, partial(geocoder, ground().network), imported_places)


def imported_places() -> tuple[str, list[Place]]:
    """Version and list of the places a company has imported, in a transaction of its own."""
    with transaction(database()) as connection:
        store = PostgisPlaces(connection)
        return store.version(), store.all()


def conditions(connection: Connection) -> PostgisConditions:
    """Conditions on the roads, inside the caller's transaction."""
    return PostgisConditions(connection, ground().network.fingerprint)


def ground_with_live_roads(connection: Connection, now: datetime) -> Ground:
    """The ground with the road conditions that hold at ``now``: one index lookup while nothing has changed."""
    if not ground().network.has_roads:
        return ground()
    return replace(ground(), router=roads().at(conditions(connection), now))


def live_ground(connection: Connection, now: datetime) -> Ground:
    """The ground with live roads and the places imported so far (one index lookup more), and online services."""
    version = PostgisPlaces(connection).version()
    return replace(ground_with_live_roads(connection, now), geocoder=places().at(version), services=enquiry())


def look_up(connection: Connection, positions: Sequence[Position], now: datetime) -> None:
    """Find units on the roads as they are at ``now``, so that it is done before somebody has to decide."""
    if not ground().network.has_roads:
        return
    _fleet_places().snap(ground_with_live_roads(connection, now).router, positions)


@lru_cache(maxsize=1)
def enquiry() -> Enquiry | None:
    """The online place services of the settings, in the order they are asked; None when there is none."""
    return enquiry_of(ground().area.district_of, degradations())


def builtin_file() -> Path:
    """Where the compiled built-in network is kept; its name changes with what it is made from."""
    return settings().state / f"guangzhou-{mark_of_sources()}.net"


def load_network(path: Path | None = None) -> Network:
    """Load a compiled network: ``path``, else that of the settings, else the built-in schematic one (示意路网)."""
    path = path or settings().network
    if path is not None:
        return load(path)
    if not builtin_file().exists():
        from api.building import compile_builtin  # noqa: PLC0415  (slow to import, needed once)

        compile_builtin(builtin_file())
    return load(builtin_file())


def load_policy(path: Path) -> Policy:
    """Read a policy file.

    Raises
    ------
    Unavailable
        When there is no such file.
    InvalidInput
        When it is not TOML or says something the desk does not know.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Unavailable(f"No policy file at {path}: set GZ_POLICY or leave it out.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} is not valid TOML: {error}") from None
    found = Policy.from_mapping(table)
    rules_in_force(found)  # told here, where every mistake in the file is
    return found


def database_url() -> str:
    """DATABASE_URL, else that of the running private cluster; raises `DatabaseAway` when there is neither."""
    cluster = private_cluster()
    if cluster is None:
        return str(settings().database_url)
    if not cluster.is_running():
        raise DatabaseAway("No database is running: start the service with `make run`, or set DATABASE_URL.")
    return cluster.url


def private_cluster() -> PrivateCluster | None:
    """The private cluster, its log archived where a backup folder is named; None where DATABASE_URL names another database."""
    on = settings()
    archive = Archive(on.backup_folder.absolute() / "wal", on.backup_log_every_s) if on.backup_folder else None
    return None if on.database_url else PrivateCluster(on.cluster_folder, archive=archive)


@contextmanager
def database_running() -> Iterator[str]:
    """The database for the time of the block: DATABASE_URL, else the private cluster, stopped when nobody uses it."""
    cluster = private_cluster()
    if cluster is None:
        yield str(settings().database_url)
        return
    with cluster as url:
        yield url


@lru_cache(maxsize=1)
def database() -> Engine:
    """The engine of this process."""
    return statements.observed(engine(database_url()))


@contextmanager
def event_log() -> Iterator[EventLog]:
    """The service's own event log, in one transaction."""
    with transaction(database()) as connection:
        yield PostgisLog(connection)


def secret() -> str:
    """Key that signs sessions, made by set-up."""
    try:
        return (settings().state / "secret").read_text()
    except FileNotFoundError:
        raise Unavailable("No secret yet: run `make setup`.") from None


def first_password() -> str:
    """The password of the demonstration accounts, made by set-up."""
    return (settings().state / "password").read_text()


@contextmanager
def one_transaction() -> Iterator[Connection]:
    """One transaction on the database of the settings, brought up to date first: all that a small command needs."""
    with database_running() as url:
        migrate(url)
        database = engine(url, pool_size=1)
        try:
            with transaction(database) as connection:
                yield connection
        finally:
            database.dispose()
