"""The service wired to a database of its own, with a small fleet and three accounts."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from outages import wired_in
from pages import Complaints, OpenPage, SignIn, opening, signing_in
from patience import OF_THE_SERVICE, put_off
from playwright.sync_api import Browser, sync_playwright
from service import PASSWORD, quick_app, served
from sqlalchemy import Engine
from stoppable import StoppableDatabase

from api import wiring
from api.credentials import accounts, security
from api.credentials.security import Account
from api.streams import background_watch
from dispatch.background import BackgroundSeen
from dispatch.location import Position
from dispatch.unit import Fix, Unit
from dispatch.vocabulary import Role
from geo_data.database import transaction
from geo_data.stores.fleet_store import PostgisFleet

LIEDE = Position(113.3297, 23.1196)
UNITS = [
    Unit(id="S000", name="查勘员000", role=Role.SURVEYOR, standby=LIEDE),
    Unit(id="S001", name="查勘员001", role=Role.SURVEYOR, standby=Position(113.36, 23.13)),
    Unit(id="S002", name="查勘员002", role=Role.SURVEYOR, standby=Position(113.27, 23.13)),
    Unit(id="T01", name="施救车01", role=Role.TOW_UNIT, standby=Position(113.32, 23.13)),
]
LOOK = background_watch.look
REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾,一人受伤"


@pytest.fixture(scope="session", autouse=True)
def _passwords_are_hashed_at_once() -> Iterator[None]:
    """Six hashes as slow as the service's own would cost each test half a second; test_access.py looks at those."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(security, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def _a_busy_machine_is_no_outage() -> Iterator[None]:
    """What takes seconds to answer counts as away in the service; here nothing but a refusal does."""
    with pytest.MonkeyPatch.context() as patch:
        put_off(OF_THE_SERVICE, patch.setattr)
        yield


@pytest.fixture(scope="session")
def real_look() -> Callable[[], BackgroundSeen]:
    """How a worker looks at the background outside tests."""
    return LOOK


@pytest.fixture(scope="session", autouse=True)
def _nobody_misses_a_background() -> Iterator[None]:
    """A service inside a test has none, and its screens are not to say so; `process.Service` has a real one, and is watched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(background_watch, "look", lambda: BackgroundSeen(at=datetime.now(UTC), silence_s=0.0))
        yield


@pytest.fixture
def wired(database: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Settings, secret and caches of a process that serves the test's database, with a state folder of its own."""
    monkeypatch.setenv("DATABASE_URL", database)
    with wired_in(tmp_path_factory.mktemp("state"), monkeypatch):
        yield database


@pytest.fixture
def database_at_will(monkeypatch: pytest.MonkeyPatch) -> Iterator[StoppableDatabase]:
    """A database that a test stops and starts again, with accounts of a dispatcher and a manager."""
    with tempfile.TemporaryDirectory(prefix="gz-outage-") as folder:
        Path(folder).chmod(0o755)
        with StoppableDatabase(Path(folder, "postgres")) as database:
            monkeypatch.setenv("DATABASE_URL", database.url)
            with wired_in(Path(folder, "state"), monkeypatch):
                with transaction(wiring.database()) as connection:
                    for role in ("dispatcher", "manager"):
                        accounts.save(connection, Account(role, role), PASSWORD)
                yield database


@pytest.fixture
def fleet(wired: str, database_engine: Engine) -> Engine:
    """Four units with fresh positions, and an account for each role."""
    now = datetime.now(UTC)
    seen_at = now - timedelta(seconds=2)  # before any that a test sends in whole seconds
    with transaction(database_engine) as connection:
        store = PostgisFleet(connection)
        store.save_units(UNITS)
        store.record_fixes([Fix(unit_id=u.id, position=u.standby, at=seen_at) for u in UNITS], now)
        for account in (
            Account("dispatcher", "dispatcher"),
            Account("manager", "manager"),
            Account("surveyor", "surveyor", "S000"),
        ):
            accounts.save(connection, account, PASSWORD)
    return database_engine


@pytest.fixture
def client(fleet: Engine) -> Iterator[TestClient]:
    """Nobody in particular."""
    with TestClient(quick_app("client"), base_url="http://testserver") as made:
        yield made


@pytest.fixture
def dispatcher(client: TestClient) -> dict[str, str]:
    return bearer(client, "dispatcher")


@pytest.fixture
def surveyor(client: TestClient) -> dict[str, str]:
    return bearer(client, "surveyor")


@pytest.fixture
def manager(client: TestClient) -> dict[str, str]:
    return bearer(client, "manager")


def bearer(client: TestClient, name: str) -> dict[str, str]:
    """Sign in and return the header to send."""
    answer = client.post("/v1/session", json={"username": name, "password": PASSWORD})
    client.cookies.clear()
    return {"Authorization": f"Bearer {answer.json()['token']}"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    where = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert where, "No Chromium: apt install chromium, or name one in CHROMIUM."
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=where, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield made
        made.close()


@pytest.fixture
def address(fleet: Engine) -> Iterator[str]:
    with served() as where:
        yield where


@pytest.fixture
def complaints() -> Complaints:
    """What pages complained of; a test that provokes some says so."""
    return Complaints()


@pytest.fixture
def sign_in(browser: Browser, complaints: Complaints) -> Iterator[SignIn]:
    """Open pages as somebody; afterwards no page may have complained or asked anybody outside."""
    with signing_in(browser, complaints) as open_page:
        yield open_page


@pytest.fixture
def open_page(browser: Browser, complaints: Complaints) -> Iterator[OpenPage]:
    """Open pages as a stranger; afterwards none may have complained or asked anybody outside."""
    with opening(browser, complaints) as open_page:
        yield open_page
