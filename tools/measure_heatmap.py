"""Measure how soon a month of incidents is on the management map: from the click to the picture, service warm (模拟).

Incidents are made up and appended to the log of a PostGIS cluster of its own as the service would (`tools.many_incidents`);
the projection is then made from their events. A real worker serves a real Chromium. Each time, the period is changed to
another of the same length and back; what is told is the time by the page's own clock from the click to the first frame
drawn with the new areas. Also told: what the answer costs the worker alone, what the projection costs, and the map that is
drawn by folium as a page of its own.

Run: ``python -m tools.measure_heatmap [--incidents 45000] [--days 30] [--times 15]``; with ``--folder`` the database is kept
there and used again. With ``--check`` exit code 1 unless the median is below 2 s.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2 as httpx
from playwright.sync_api import Page, ViewportSize, sync_playwright
from sqlalchemy import text

from api import wiring
from api.access import sessions
from api.credentials import accounts, security
from api.service import setup
from api.service.keeping_judged import catch_up
from dispatch.unit import GUANGZHOU_TIME
from geo_data.builtin.places import builtin_places
from geo_data.cluster.cluster import PrivateCluster
from geo_data.database import engine, transaction
from geo_data.demo_fleet import demo_units
from geo_data.stores.fleet_store import PostgisFleet
from tools.many_incidents import Made, write
from tools.measure_console import Service, quantile, serving_worker

DESK: ViewportSize = {"width": 1440, "height": 1000}
PATIENCE_MS = 120_000
AIM_MS = 2000.0
USER = "dispatcher"
DRAWN = "#heat-map[data-drawn='{n}']"


def main() -> int:
    """Measure and print; returns the exit code."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--incidents", type=int, default=45_000)
    asked.add_argument("--days", type=float, default=30.0)
    asked.add_argument("--times", type=int, default=15)
    asked.add_argument("--folder", type=Path, help="keep the database here and use it again")
    asked.add_argument("--check", action="store_true", help="exit code 1 unless the aim is met")
    given = asked.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        asked.error("install chromium or name one in CHROMIUM")
    with filled(given.folder, given.incidents, given.days) as token, serving_worker() as (address, pid):
        answers(address, token, given.times, pid)
        clicks = in_browser(chromium, address, token, given.times)
    print(f"click to picture: median {quantile(clicks, 0.5)} ms, P90 {quantile(clicks, 0.9)} ms, n = {len(clicks)}")
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    met = sorted(clicks)[len(clicks) // 2] < AIM_MS
    print(f"aim (median below {AIM_MS / 1000:.0f} s): {'met' if met else 'NOT met'}")
    return int(given.check and not met)


@contextmanager
def filled(folder: Path | None, incidents: int, days: float) -> Iterator[str]:
    """A database with many incidents, named in DATABASE_URL; yields a session's token."""
    whole = folder or Path(tempfile.mkdtemp(prefix="gzdispatch-heat-"))
    whole.mkdir(parents=True, exist_ok=True)
    whole.chmod(0o755)
    os.environ |= {"GZ_SIMULATION": "false", "GZ_STATE": str(whole / "state")}
    try:
        with PrivateCluster(whole / "cluster", durable=False) as url:
            os.environ["DATABASE_URL"] = url
            setup.prepare(url, _say)
            yield _fill(url, incidents, days)
    finally:
        if folder is None:
            shutil.rmtree(whole, ignore_errors=True)


def _fill(url: str, incidents: int, days: float) -> str:
    database = engine(url)
    with transaction(database) as connection:
        who = security.Account(USER, "dispatcher")
        accounts.save(connection, who, wiring.first_password())
        token = sessions.begin(connection, who, datetime.now(UTC), way="password")
        PostgisFleet(connection).save_units(demo_units(builtin_places()))
        there = connection.execute(text("SELECT count(*) FROM incidents WHERE id LIKE '%-M%'")).scalar_one()
    if there < incidents * 0.9:
        _say(f"appending {incidents} incidents")
        began = time.process_time()
        done = write(Made(incidents, days, datetime.now(UTC)), database)
        print(f"appended {done} incidents: {1000 * (time.process_time() - began) / done:.2f} ms of processor time each")
    began, clock = time.process_time(), time.monotonic()
    done = catch_up(database)
    if done > 1000:
        spent = time.process_time() - began
        print(
            f"projection of {done} incidents: {1000 * spent / done:.2f} ms each, {time.monotonic() - clock:.0f} s by the clock"
        )
    with transaction(database) as connection:
        n, size = connection.execute(text("SELECT count(*), pg_total_relation_size('judged') FROM judged")).one()
        print(f"projection: {n} rows, {size / 1e6:.0f} MB with its indexes")
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    database.dispose()
    return token


def answers(address: str, token: str, times: int, pid: int) -> None:
    """Print what answers cost by the clock of somebody who asks from beside, and the processor time of the worker in them."""
    worker = Service(address, token, pid)
    with httpx.Client(base_url=address, cookies={"gz_session": token}, timeout=PATIENCE_MS / 1000) as client:
        since, until = _month()
        n = client.get("/v1/heat", params={"since": since, "until": until}).json()["provenance"]["n"]
        print(f"incidents in the month asked about: {n}")
        month = {"since": since, "until": until}
        for name, path, query in (
            ("layer of a month", "/v1/heat", month),
            ("layer by district", "/v1/heat", month | {"by": "district"}),
            ("two months compared", "/v1/heat", {"earlier_since": since, "earlier_until": until} | month),
            ("units", "/v1/heat/tables/units", month),
            ("crossings", "/v1/heat/tables/crossings", month),
            ("page by folium", "/management/heatmap", month),
            ("audit of a month", "/v1/audit", month),
        ):
            took, size, busy_s = [], 0, 0.0
            for n in range(times):
                busy_s = worker.busy_s() if n == 1 else busy_s  # the first one is not counted: libraries are read in it
                began = time.perf_counter()
                answer = client.get(path, params=query)
                took.append(1000 * (time.perf_counter() - began))
                if answer.status_code != 200:
                    print(f"{name}: {answer.status_code} {answer.text[:200]}")
                    break
                size = len(answer.content)
            else:
                each_ms = 1000 * (worker.busy_s() - busy_s) / (times - 1)
                clock = quantile(took[1:], 0.5)
                print(
                    f"{name}: {clock} ms by the clock (median), {each_ms:.0f} ms of the worker's processor time (mean), n = {times - 1}, {size / 1000:.0f} kB"
                )


def _month() -> tuple[str, str]:
    today = datetime.now(GUANGZHOU_TIME).date()
    return str(today - timedelta(days=29)), str(today)


def in_browser(chromium: str, address: str, token: str, times: int) -> Sequence[float]:
    """Milliseconds from the click to the picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(locale="zh-CN", viewport=DESK)
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([{"name": "gz_session", "value": token, "url": address}])
        page = context.new_page()
        page.on(
            "console", lambda said: print(f"console: {said.text}", file=sys.stderr) if said.type == "error" else None
        )
        page.on("pageerror", lambda error: print(f"page: {error}", file=sys.stderr))
        page.goto(f"{address}/management")
        _drawn(page, 1)
        found = [_click(page, n) for n in range(2, 2 * times + 2)]
        browser.close()
    return found[1::2]


def _click(page: Page, n: int) -> float:
    """Change the period; the page stamps the click and the first frame with the new areas."""
    page.get_by_test_id("heat-week" if n % 2 == 0 else "heat-month").click()
    _drawn(page, n)
    took: float = page.evaluate("performance.getEntriesByName('heat-drawn').at(-1).duration")
    return took


def _drawn(page: Page, n: int) -> None:
    page.locator(DRAWN.format(n=n)).wait_for(state="attached")


def _say(step: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {step}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
