"""What simulated callers say (模拟): a spot on a road, told by a crossing or by the named place nearest to it.

Names of generated streets are never said: nobody could find them. The words are made up.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from random import Random

from dispatch.location import Position
from dispatch.report import Report
from dispatch.simulation.calls import Call
from dispatch.vocabulary import Channel
from geo_data.builtin.places import Place
from geo_data.day_kinds import guangzhou_clock
from geo_data.demand.spots import find_spots
from geo_data.demand.weather import Weather, weather_of
from geo_data.roads.network import GENERATED, RAMP, Network

TELLS_CROSSING = 0.6  # of callers at the end of a stretch where two named roads meet
TELLS_ROAD = 0.6  # of the others on a named road; the rest say the place alone
FAST = ("motorway", "trunk")  # they cross nothing; callers name an interchange

EVENTS = (
    "两车追尾,无人受伤",
    "小车与货车剐蹭,车辆可行驶",
    "三车连环追尾,一人受伤",
    "环卫车倒车碰到护栏",
    "小车撞上隔离墩,车辆无法行驶",
    "电动车与小车碰撞,骑车人受伤",
    "变道剐蹭,双方争执",
    "停车场出口擦碰",
)
WEATHER_EVENTS = {
    Weather.DRY: (),
    Weather.RAIN: ("雨天打滑撞树,无人受伤", "雨天刹车不及追尾"),
    Weather.TYPHOON: ("大风吹倒树木砸中车顶,无人受伤", "车辆涉水熄火,无法行驶", "雨天打滑撞护栏"),
}
WEATHER_TOLD = 0.4  # of callers on a day of such weather


class CallerWords:
    """Draws simulated reports.

    Parameters
    ----------
    network : Network
        Accidents lie on its roads.
    places : sequence of Place
        What callers name; at least one.
    seed : int
        Of the spots and of the weather.
    """

    def __init__(self, network: Network, places: Sequence[Place], seed: int) -> None:
        self._network = network
        self._places = list(places)
        self._seed = seed
        self.spots = find_spots(network, places, seed)
        self._until = list(accumulate(self.spots.weight.tolist()))

    def __call__(self, random: Random, at: datetime) -> Report:
        """One caller's report, labelled as simulated."""
        return self.call(random, at).report

    def call(self, random: Random, at: datetime) -> Call:
        """The same with the place where it really happened, which the desk is not told."""
        spot = self.draw(random)
        where = self.where(random, spot)
        plate = "粤A" + "".join(random.choices("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=5))
        text = f"{where},{self._event(random, at)}"
        report = Report(text=text, received_at=at, channel=Channel.SIMULATION, plate=plate, simulated=True)
        return Call(report, Position(float(self.spots.lon[spot]), float(self.spots.lat[spot])))

    def draw(self, random: Random) -> int:
        """Where the next accident happens: a row of `spots`."""
        return random.choices(range(len(self._until)), cum_weights=self._until)[0]

    def where(self, random: Random, spot: int) -> str:
        """How a caller tells a spot, e.g. ``天河区黄埔大道西与猎德大道交叉口``."""
        edge, district = int(self.spots.edge[spot]), str(self.spots.district[spot])
        place, road = self._places[self.spots.place[spot]], self._said_name(edge)
        if road and self.spots.road_class[spot] not in FAST:
            other = self._crossing(edge, road)
            if other and random.random() < TELLS_CROSSING:
                return f"{district}{road}与{other}交叉口"
        if road and road not in place.name and random.random() < TELLS_ROAD:
            return f"{district}{road}{place.name}附近"
        named = place.name if place.name.startswith(place.district) else f"{place.district}{place.name}"
        return f"{named}附近" if road else f"{named}旁边的小路"

    def _said_name(self, edge: int) -> str:
        flags, name = int(self._network.flags[edge]), int(self._network.name[edge])
        return "" if name < 0 or flags & (GENERATED | RAMP) else self._network.names[name]

    def _crossing(self, edge: int, road: str) -> str:
        """Name of another road at the end of ``edge``; empty where there is none."""
        head = int(self._network.head[edge])
        first, last = self._network.first_out[head : head + 2]
        names = {self._said_name(out) for out in range(int(first), int(last))} - {"", road}
        return min(names, default="")

    def _event(self, random: Random, at: datetime) -> str:
        of_weather = WEATHER_EVENTS[weather_of(guangzhou_clock(at).date(), self._seed)]
        return random.choice(of_weather if of_weather and random.random() < WEATHER_TOLD else EVENTS)
