"""A first answer in a new process: with compiled code kept on disk, and with none."""

import json
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from api.benchmarks.timing import median_interval
from dispatch.errors import Unavailable

_CHILD = """
import sys, time
begin = time.perf_counter()
from numba import config
if sys.argv[2]:
    config.CACHE_DIR = sys.argv[2]
import json
from pathlib import Path
from dispatch.location import Position
from geo_data.roads.network_file import load
from geo_data.roads.routing import Router
from datetime import datetime, timezone
imported = time.perf_counter()
network = load(Path(sys.argv[1]))
loaded = time.perf_counter()
router = Router(network)
fleet = router.snap([Position(lon, lat) for lon, lat in zip(network.node_lon[::300], network.node_lat[::300])])
now = datetime(2025, 6, 4, tzinfo=timezone.utc)
goal = Position(float(network.node_lon[7]), float(network.node_lat[7]))
ready = time.perf_counter()
router.nearest(fleet, goal, 5, now)
first = time.perf_counter()
router.nearest(fleet, goal, 5, now)
second = time.perf_counter()
print(json.dumps([imported - begin, loaded - imported, ready - loaded, first - ready, second - first]))
"""


@dataclass(frozen=True)
class Start:
    """Seconds of a new process, medians over ``n``.

    Parameters
    ----------
    import_s, load_s, router_s : float
        Libraries; the network file; the router and its fleet.
    first_query_s, second_query_s : float
        The nearest 5 of a fleet, goal given as a position.
    n : int
    first_queries_s : tuple of float
        Each of them.
    """

    import_s: float
    load_s: float
    router_s: float
    first_query_s: float
    second_query_s: float
    n: int
    first_queries_s: tuple[float, ...] = ()

    @property
    def first_query_interval_ms(self) -> tuple[float, float]:
        """Ends of the interval of the median of first queries; nan below 6 processes."""
        low, high = median_interval(self.first_queries_s) or (float("nan"), float("nan"))
        return low * 1e3, high * 1e3

    def as_dict(self) -> dict[str, object]:
        """All figures by name."""
        return asdict(self)


def warm_start(network: Path, n: int) -> Start:
    """With compiled code on disk: an earlier process has left it there."""
    _child(network, "")
    return _median([_child(network, "") for _ in range(n)])


def empty_start(network: Path) -> Start:
    """With nothing compiled: once, for it takes long."""
    with tempfile.TemporaryDirectory() as folder:
        return _median([_child(network, folder)])


def _child(network: Path, cache: str) -> list[float]:
    words = [sys.executable, "-c", _CHILD, str(network), cache]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603  (our own words)
    if done.returncode != 0:
        raise Unavailable(f"A new process did not answer: {done.stderr.strip()[-500:]}")
    found: list[float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _median(runs: list[list[float]]) -> Start:
    import_s, load_s, router_s, first_s, second_s = np.median(runs, axis=0).tolist()
    return Start(import_s, load_s, router_s, first_s, second_s, len(runs), tuple(run[3] for run in runs))
