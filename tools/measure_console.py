"""Measure the console under a large fleet: cost of an update, frames, memory, nodes, first useful paint.

A real Chromium shows the console of a real worker process on a PostGIS cluster of its own. Every 0.25 s a twentieth of
the units tells a new place, two forecasts are revised, and every 2 s an incident closes and another is reported (模拟).

An update is all messages of the service within 0.1 s. Its cost is told twice: as processor time of the whole main thread,
frames of the map, layout and collections with it, divided by the updates of each second; and as the time by the clock that
handlers and timers of the page take from its first message to the next update's, which grows when the machine has other
work. Heap after a forced collection.

With ``--replay`` there is no service: the real pages, a made-up picture in the service's own form, no tiles, and a stream made
in a thread beside the page. It measures the page alone, where a service and a database would take the processor from it.

Run: ``python -m tools.measure_console [--minutes 10] [--paints 7]``; CHROMIUM names the browser where it is not found by
itself. With ``--check`` exit code 1 unless the aims are met.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import httpx2 as httpx
import numpy as np
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, ViewportSize, sync_playwright
from scipy import stats

from api import wiring
from api.access import sessions
from api.credentials import accounts, security
from api.service import setup
from geo_data.cluster.cluster import PrivateCluster
from geo_data.cluster.server_programs import free_port
from geo_data.database import engine, transaction
from tools.console_replay import ADDRESS, replay
from tools.console_world import World, keep_moving

PROBE = Path(__file__).with_name("console_probe.js")
DESK: ViewportSize = {"width": 1440, "height": 900}
WARM_UP_S = 10.0
BUSY_MS = 300
PATIENCE_MS = 120_000
AIM_UPDATE_MS, AIM_PAINT_MS = 8.0, 2000.0
USER = "dispatcher"
HEAPS = 40  # looks at the heap
QUANTILES = (("median", 0.5), ("p95", 0.95), ("p99", 0.99))


@dataclass
class Found:
    """What was measured in one page."""

    seconds: float
    each_ms: list[float]  # processor time of the main thread an update, one value a second
    updates_ms: list[float]
    frames_ms: list[float]
    long_ms: list[float]
    worker_busy: float  # the same of the service's worker
    messages: int
    letters: int
    at_s: list[float] = field(default_factory=list)
    heap_bytes: list[float] = field(default_factory=list)
    nodes: list[float] = field(default_factory=list)


def main() -> int:
    """Measure and print; returns the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))  # so that nothing is left running
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--minutes", type=float, default=10.0)
    asked.add_argument("--paints", type=int, default=7)
    asked.add_argument("--units", type=int, default=5000)
    asked.add_argument("--incidents", type=int, default=500)
    asked.add_argument("--zoom", type=float, help="of the map, else as it opens")
    asked.add_argument("--replay", action="store_true", help="without a service")
    asked.add_argument("--check", action="store_true", help="exit code 1 unless the aims are met")
    given = asked.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        asked.error("install chromium or name one in CHROMIUM")
    world = World(given.units, given.incidents)
    with nullcontext() if given.replay else served(world) as service, sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--enable-precise-memory-info"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        show = partial(replayed, browser, world) if service is None else partial(opened, browser, service)
        _say("measuring paints")
        paints = [first_paint(show) for _ in range(given.paints)]
        _say("watching")
        found = watch(browser, show, service, given.minutes * 60, given.zoom)
        browser.close()
    return report(found, paints, check=given.check)


@dataclass(frozen=True)
class Service:
    """A running worker."""

    address: str
    token: str
    pid: int

    def busy_s(self) -> float:
        """Processor time it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(world: World) -> Iterator[Service]:
    """A worker on a cluster of its own, and a process that keeps the city moving."""
    folder = Path(tempfile.mkdtemp(prefix="gzdispatch-console-"))
    folder.chmod(0o755)
    os.environ |= {"GZ_SIMULATION": "false", "GZ_STATE": os.environ.get("GZ_STATE", str(folder / "state"))}

    try:
        with PrivateCluster(folder / "cluster", durable=False) as url:
            os.environ["DATABASE_URL"] = url
            setup.prepare(url, _say)
            with living(url, world) as service:
                yield service
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def living(url: str, world: World) -> Iterator[Service]:
    """A worker on a prepared database, named in DATABASE_URL too, and a process that keeps the city moving."""
    token = _sign_up(url)
    context = get_context("spawn")
    stop, ready = context.Event(), context.Event()
    mover = context.Process(target=keep_moving, args=(url, world, stop, ready))
    mover.start()
    _say("founding the city")
    try:
        while not ready.wait(0.5):
            if not mover.is_alive():
                raise SystemExit("The city was not founded: see above.")
        with serving_worker() as (address, pid):
            yield Service(address, token, pid)
    finally:
        stop.set()
        mover.join(20)


def _say(step: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {step}", file=sys.stderr, flush=True)


def _sign_up(url: str) -> str:

    database = engine(url)
    with transaction(database) as connection:
        who = security.Account(USER, "dispatcher")
        accounts.save(connection, who, wiring.first_password())
        token = sessions.begin(connection, who, datetime.now(UTC), way="password")
    database.dispose()
    return token


@contextmanager
def serving_worker() -> Iterator[tuple[str, int]]:
    """A worker on the database of the environment; yields its address and process id."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "api.main:create_app",
        "--port",
        str(port),
        "--log-level",
        "warning",
    ]
    with subprocess.Popen(command, env=os.environ) as process:  # noqa: S603
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address)
            yield address, process.pid
        finally:
            process.terminate()


def _wait(address: str) -> None:
    limit = time.monotonic() + 120
    while time.monotonic() < limit:
        try:
            if httpx.get(f"{address}/health", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("The worker did not answer.")


def opened(browser: Browser, service: Service) -> Page:
    """The console in a profile of its own, with the probe in it."""
    context = browser.new_context(locale="zh-CN", viewport=DESK)
    context.set_default_timeout(PATIENCE_MS)
    context.add_cookies([{"name": "gz_session", "value": service.token, "url": service.address}])
    return _shown(context, service.address)


def replayed(browser: Browser, world: World) -> Page:
    """The console without a service."""
    context = browser.new_context(locale="zh-CN", viewport=DESK)
    context.set_default_timeout(PATIENCE_MS)
    replay(context, world)
    return _shown(context, ADDRESS)


def _shown(context: BrowserContext, address: str) -> Page:
    context.add_init_script(path=PROBE)
    page = context.new_page()
    page.on("console", lambda said: print(f"console: {said.text}", file=sys.stderr) if said.type == "error" else None)
    page.on("pageerror", lambda error: print(f"page: {error}", file=sys.stderr))
    page.goto(f"{address}/", wait_until="commit")
    page.locator("[data-testid=queue-item]").first.wait_for(state="attached")
    page.locator("#map[data-ready=true]").wait_for(state="attached")
    return page


def first_paint(show: Callable[[], Page]) -> float:
    """Milliseconds from navigation, with nothing cached, to the queue and the map on the screen."""
    page = show()
    page.wait_for_timeout(500)  # the probe looks once a frame
    paint: dict[str, float] = page.evaluate("probe.paint")
    page.context.close()
    return max(paint.values())


def watch(
    browser: Browser, show: Callable[[], Page], service: Service | None, seconds: float, zoom: float | None
) -> Found:
    """Let the console run and look at it at intervals."""
    page = show()
    if zoom is not None:
        page.evaluate(
            "zoom => import('/assets/js/console/map_view.js').then(({theMap}) => theMap().setZoom(zoom))", zoom
        )
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    main_thread = _main_thread(browser, page)
    page.wait_for_timeout(WARM_UP_S * 1000)
    page.evaluate("Object.assign(probe, {updates: [], frames: [], long: [], messages: 0, bytes: 0})")
    worker_before, began = service.busy_s() if service else 0.0, time.monotonic()
    samples, each_ms = [_sample(devtools, 0.0)], []
    patience_s = max(seconds, PATIENCE_MS / 1000)  # until an update was seen, where the machine has other work
    while (now := time.monotonic() - began) < (seconds if each_ms else patience_s):
        if now - samples[-1][0] > seconds / HEAPS:
            samples.append(_sample(devtools, now))
        each_ms += _second(page, main_thread)
    samples.append(_sample(devtools, now))
    elapsed, probe = time.monotonic() - began, page.evaluate("probe")
    page.context.close()
    at_s, heap, nodes = zip(*samples, strict=True)
    return Found(
        seconds=elapsed,
        each_ms=each_ms,
        updates_ms=probe["updates"],
        frames_ms=probe["frames"],
        long_ms=probe["long"],
        worker_busy=(service.busy_s() - worker_before) / elapsed if service else 0.0,
        messages=probe["messages"],
        letters=probe["bytes"],
        at_s=list(at_s),
        heap_bytes=list(heap),
        nodes=list(nodes),
    )


def _main_thread(browser: Browser, page: Page) -> Path:
    """Where the kernel tells how long the page's main thread has run: that of the process which runs when the page is made to."""
    running = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    threads = [Path(f"/proc/{one['id']}/task/{one['id']}/schedstat") for one in running if one["type"] == "renderer"]
    before = [_ran_ns(thread) for thread in threads]
    for _ in range(100):  # where the machine has other work, little of it is run at a time
        page.evaluate("ms => { const end = performance.now() + ms; while (performance.now() < end); }", BUSY_MS)
        ran_ns = [_ran_ns(thread) - then for thread, then in zip(threads, before, strict=True)]
        if max(ran_ns) > BUSY_MS * 1e6 / 2:
            break
    return threads[ran_ns.index(max(ran_ns))]


def _ran_ns(thread: Path) -> int:
    return int(thread.read_text().split()[0])


def _second(page: Page, main_thread: Path) -> list[float]:
    """Milliseconds of processor time an update in the next second; empty without an update."""

    def look() -> tuple[int, int]:
        return page.evaluate("probe.updates.length"), _ran_ns(main_thread)

    updates, used_ns = look()
    page.wait_for_timeout(1000)
    updates_then, used_then_ns = look()
    return [(used_then_ns - used_ns) / 1e6 / (updates_then - updates)] if updates_then > updates else []


def _metrics(devtools: CDPSession) -> dict[str, float]:
    listed: list[dict[str, Any]] = devtools.send("Performance.getMetrics")["metrics"]
    return {one["name"]: one["value"] for one in listed}


def _sample(devtools: CDPSession, at_s: float) -> tuple[float, float, float]:
    devtools.send("HeapProfiler.collectGarbage")
    seen = _metrics(devtools)
    return at_s, seen["JSHeapUsedSize"], seen["Nodes"]


def quantile(values: Sequence[float], p: float) -> str:
    """A quantile with its 95 % interval by order statistics, as if values were independent."""
    ordered, n = np.sort(values), len(values)
    low, high = (int(np.clip(stats.binom.ppf(q, n, p), 0, n - 1)) for q in (0.025, 0.975))
    return f"{np.quantile(ordered, p):.2f} [{ordered[low]:.2f}, {ordered[high]:.2f}]"


def slope(at_s: Sequence[float], values: Sequence[float]) -> str:
    """Change in a minute with its 95 % interval (least squares)."""
    if len(values) < 4:
        return "too few samples"
    line = stats.linregress(np.divide(at_s, 60), values)
    half = stats.t.ppf(0.975, len(values) - 2) * line.stderr
    return f"{line.slope:+.3f} [{line.slope - half:+.3f}, {line.slope + half:+.3f}] a minute"


def report(found: Found, paints: Sequence[float], *, check: bool) -> int:
    """Print all figures; returns the exit code."""
    n = len(found.updates_ms)
    heap_mb = np.divide(found.heap_bytes, 1e6)
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {found.seconds:.0f} s watched")
    print(f"updates: n = {n}, {found.messages / n:.1f} messages and {found.letters / n / 1000:.1f} kB each")
    for what, values in (("processor time of the main thread", found.each_ms), ("by the clock", found.updates_ms)):
        told = ", ".join(f"{name} {quantile(values, p)}" for name, p in QUANTILES)
        print(f"  {what}: {told} ms (n = {len(values)})")
    print(
        f"frames: n = {len(found.frames_ms)}, {len(found.frames_ms) / found.seconds:.1f} a second; median {quantile(found.frames_ms, 0.5)} ms, p95 {quantile(found.frames_ms, 0.95)} ms"
    )
    print(
        f"tasks above 50 ms: {len(found.long_ms)}" + (f", longest {max(found.long_ms):.0f} ms" if found.long_ms else "")
    )
    print(f"heap: {heap_mb[0]:.1f} → {heap_mb[-1]:.1f} MB (n = {len(heap_mb)}), slope {slope(found.at_s, heap_mb)} MB")
    print(f"nodes: {found.nodes[0]:.0f} → {found.nodes[-1]:.0f}, slope {slope(found.at_s, found.nodes)}")
    print(f"worker: {1000 * found.worker_busy:.0f} ms of processor time a second")
    if paints:
        print(f"first useful paint: median {quantile(paints, 0.5)} ms, n = {len(paints)}")
    met = np.median(found.each_ms) < AIM_UPDATE_MS and (not paints or np.median(paints) < AIM_PAINT_MS)
    print(
        f"aims (update below {AIM_UPDATE_MS:.0f} ms, paint below {AIM_PAINT_MS:.0f} ms): {'met' if met else 'NOT met'}"
    )
    return int(check and not met)


if __name__ == "__main__":
    sys.exit(main())
