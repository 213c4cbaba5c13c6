"""Measure how quickly a place is found among many: names in memory, names in PostGIS, and whole texts.

The company places are invented from the names of the built-in places and roads (seed 7): a shop on a numbered address of
a real road, a branch beside a real landmark. The texts asked for name them as callers do, some with a slip. All of it
runs on one core in one thread; in memory the processor's time is taken, so that other programs do not count, of the
database the time on the wall.

Then a table of texts is asked for as ``gzdispatch geocode --batch`` does, on all cores: rows a second on the wall, which
other programs slow, and rows for a second of processor time, that of all its processes added up. Once the places are
known, and as the whole command, which starts, reads the places and makes the index too.

    python -m tools.measure_gazetteer [--places N] [--texts N] [--rows N] [--no-database]
"""

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TypeVar
from uuid import uuid4

import numpy as np
import pandas as pd
import psycopg

from api.commands.geocode import answers
from api.wiring import load_network
from dispatch.location import Position
from geo_data.builtin.places import Place, builtin_places
from geo_data.cluster.cluster import PrivateCluster
from geo_data.database import plain_url
from geo_data.districts import district_of, districts_of
from geo_data.places.gazetteer import Gazetteer
from geo_data.places.geocoder import Geocoder
from geo_data.places.place_names import plain_name
from geo_data.roads.network import GENERATED, Network

Made = TypeVar("Made")
Clock = Callable[[], float]  # processor time of this thread, or the wall's where a server does the work

SEED = 7
FIRST = "鸿福泰兴盛旺源鑫华美佳德信诚达丰宏金银玉龙凤天星海盈嘉恒瑞祥和顺安康乐宝利民富友联合创新锦绣南粤"
KINDS = re.findall(
    r"\w+",
    "便利店 酒店 宾馆 餐厅 茶餐厅 药店 超市 汽修厂 洗车场 停车场 加油站 充电站 幼儿园 小学 公寓 花园 大厦 广场 "
    "工业园 物流园 仓库 诊所 银行 邮局 家具城 建材店 五金店 服装城 美容院 培训中心",
)
BESIDE = ("", "分店", "店", "东门店", "二期", "A座", "停车场")
TAILS = ("", "门口", "附近", "对面", ",两车追尾", "旁边,车刮了一下,没有人受伤", "路边有事故,请派人来")
WARM_UP = 500
# Its indexes answer how alike two whole texts are, not which names a text contains: that would read every name.
NEAREST = "SELECT place, name FROM names ORDER BY name <-> %s LIMIT 20"
ALIKE = "SELECT place, name FROM names WHERE name %% %s ORDER BY similarity(name, %s) DESC LIMIT 20"


def main() -> None:
    """Invent, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", type=int, default=100_000)
    parser.add_argument("--texts", type=int, default=3000)
    parser.add_argument("--rows", type=int, default=20_000, help="of the table asked for in batch")
    parser.add_argument("--no-database", action="store_true", help="leave PostGIS out")
    chosen = parser.parse_args()
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    random, network = Random(SEED), load_network()  # noqa: S311  (invented places)
    company = invented(network, chosen.places - len(builtin_places()), random)
    texts = questions(company, network, chosen.texts + WARM_UP, random)
    print(f"{chosen.places:,} places, {chosen.texts:,} different texts after {WARM_UP} unmeasured ones, one core")
    places = [*builtin_places(), *company]
    gazetteer = timed("index of names made", lambda: Gazetteer(places))
    show("names in memory", gazetteer.search, texts)
    if not chosen.no_database:
        folder = Path(tempfile.gettempdir(), f"gz-measure-{uuid4().hex}")  # one that the database's account may enter
        try:
            with PrivateCluster(folder) as url:
                with_trigrams(url, gazetteer, texts)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    geocoder = timed("geocoder made", lambda: Geocoder(network, places, district_of))
    show("whole texts (Geocoder.geocode)", geocoder.geocode, texts)
    os.sched_setaffinity(0, cores)
    rows = questions(company, network, chosen.rows, random)
    print(f"{len(rows):,} different texts in batch, {len(cores)} cores, load {os.getloadavg()[0]:.1f}")
    batch("batch, places known", len(rows), lambda: answers(geocoder, rows))
    with TemporaryDirectory() as folder:
        command = as_command(Path(folder), company, rows)
        batch("batch, the whole command", len(rows), lambda: subprocess.run(command, check=True))  # noqa: S603


def batch(what: str, rows: int, ask: Callable[[], object]) -> None:
    """Ask once and print rows a second: on the wall, and for a second of processor time of this process and its children."""
    began, used = time.perf_counter(), processor_s()
    ask()
    wall_s, used_s = time.perf_counter() - began, processor_s() - used
    print(
        f"{what:<32} {rows / wall_s:8,.0f}/s  {rows / used_s:8,.0f} per processor second  {wall_s:6.1f} s  n={rows:,}"
    )


def processor_s() -> float:
    """Processor time of this process and of the children that have ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def as_command(folder: Path, company: Sequence[Place], rows: Sequence[str]) -> list[str]:
    """Write the tables and the command that reads them."""
    told = [(one.name, one.aliases[0], one.district, one.position.lon, one.position.lat) for one in company]
    pd.DataFrame(told, columns=["name", "address", "district", "lon", "lat"]).to_csv(folder / "places.csv", index=False)
    pd.DataFrame({"text": rows}).to_csv(folder / "texts.csv", index=False)
    files = ["--places", folder / "places.csv", "--batch", folder / "texts.csv", "--out", folder / "found.csv"]
    return [sys.executable, "-m", "api.cli", "geocode", *map(str, files)]


def with_trigrams(url: str, gazetteer: Gazetteer, texts: Sequence[str]) -> None:
    """The same names in PostgreSQL, the twenty most alike by trigrams, with each of the two indexes there are."""
    with psycopg.connect(plain_url(url), autocommit=True) as server:
        server.execute("CREATE EXTENSION pg_trgm")
        server.execute("CREATE TABLE names (place integer, name text)")
        with server.cursor() as cursor, cursor.copy("COPY names FROM STDIN") as copy:
            for row in gazetteer.names():
                copy.write_row(row)
        make = "CREATE INDEX {0} ON names USING {0} (name {0}_trgm_ops)"
        for kind, query in (("gist", NEAREST), ("gin", ALIKE)):
            timed(f"pg_trgm, {kind}: index made", lambda: server.execute(make.format(kind)))  # noqa: B023
            server.execute("ANALYZE names")
            answer = partial(ask, server, query)
            show(f"names by pg_trgm, {kind}", answer, [plain_name(text) for text in texts], time.perf_counter)
            server.execute(f"DROP INDEX {kind}")


def ask(server: psycopg.Connection, query: str, text: str) -> object:
    """What a query with one text answers."""
    return server.execute(query, [text] * query.replace("%%", "").count("%s")).fetchall()


def invented(network: Network, count: int, random: Random) -> list[Place]:
    """Invent company places: half on a numbered address of a road, half beside a built-in place."""
    on_roads = [
        edge for edge in range(len(network.tail)) if network.name[edge] >= 0 and not network.flags[edge] & GENERATED
    ]
    edges = random.choices(on_roads, k=count)
    landmarks = random.choices([place for place in builtin_places() if place.kind != "junction"], k=count)
    starts = network.first_point[edges]
    lon, lat = network.point_lon[starts], network.point_lat[starts]
    lon = np.where(np.arange(count) % 2, lon, [place.position.lon for place in landmarks])
    lat = np.where(np.arange(count) % 2, lat, [place.position.lat for place in landmarks])
    lon = np.round(lon + [random.gauss(0, 0.001) for _ in range(count)], 6)
    lat = np.round(lat + [random.gauss(0, 0.001) for _ in range(count)], 6)
    found = []
    for i, district in enumerate(districts_of(lon, lat)):
        road = network.names[network.name[edges[i]]]
        name, address = _named(i, road, landmarks[i], district or "", random)
        found.append(Place(name, address, "company", Position(lon[i], lat[i]), district or "", "invented"))
    return found


def _named(i: int, road: str, landmark: Place, district: str, random: Random) -> tuple[str, tuple[str, ...]]:
    brand = "".join(random.choices(FIRST, k=random.choice((2, 2, 3))))
    kind = random.choice(KINDS)
    if i % 2:
        return f"{brand}{kind}", (f"广州市{district}{road}{random.randint(1, 900)}号",)
    return f"{brand}{kind}({landmark.name}{random.choice(BESIDE)})", (f"{district}{landmark.name}旁",)


def questions(places: Sequence[Place], network: Network, count: int, random: Random) -> list[str]:
    """Write what callers would say of these places, and of built-in places, roads and corners; no text twice."""
    own = builtin_places()
    roads = sorted({network.names[i] for i in network.name[network.flags & GENERATED == 0] if i >= 0})
    texts: dict[str, None] = {}
    while len(texts) < count:
        place, known = random.choice(places), random.choice(own)
        one, other = random.sample(roads, 2)
        said = random.choice(
            (
                place.name,
                f"{place.district}{place.name}",
                place.aliases[0],
                _with_a_slip(place.name, random),
                f"{known.district}{known.name}",
                random.choice((known.name, *known.aliases)),
                f"{one}与{other}交叉口",
                f"{place.district}{one}{random.randint(1, 900)}号",
            )
        )
        texts[said + random.choice(TAILS)] = None
    return list(texts)


def _with_a_slip(name: str, random: Random) -> str:
    at = random.randrange(len(name))
    return name[:at] + random.choice(FIRST) + name[at + 1 :]


def timed(what: str, make: Callable[[], Made]) -> Made:
    """Call once and print how long it took, on the wall and of this process's processor time."""
    began, used = time.perf_counter(), time.process_time()
    made = make()
    wall_s, used_s = time.perf_counter() - began, time.process_time() - used
    print(f"{what:<32} {wall_s:8.1f} s once  {used_s:5.1f} s of processor time")
    return made


def show(what: str, ask: Callable[[str], object], texts: Sequence[str], clock: Clock = time.thread_time) -> None:
    """Ask for every text, the first ones unmeasured, and print the quantiles."""
    seconds = []
    for text in texts:
        began = clock()
        ask(text)
        seconds.append(clock() - began)
    ms = np.array(seconds[WARM_UP:]) * 1000
    p50, p99 = np.quantile(ms, (0.5, 0.99))
    rate = 1000 / ms.mean()
    print(f"{what:<32} p50 {p50:7.2f} ms  p99 {p99:7.2f} ms  longest {ms.max():6.0f} ms  {rate:6,.0f}/s  n={len(ms):,}")


if __name__ == "__main__":
    main()
