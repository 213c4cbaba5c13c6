"""Fixtures shared by all tests."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import sample
from uuid import uuid4

import pytest
from clones import administration, cloned, database_url, when_left
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from patience import OF_THE_GROUND, put_off
from sqlalchemy import Connection, Engine

from api.credentials import data_key
from geo_data.cluster import server_programs
from geo_data.cluster.cluster import PrivateCluster
from geo_data.database import MIGRATION_LOCK, MIGRATIONS, engine, migrate

ROOT = Path(__file__).resolve().parent.parent
CLUSTER_VARIABLE = "GZ_TEST_CLUSTER"
TEST_KEY = "dGVzdHMgb25seTogMzIgYnl0ZXMsIG5vdCBzZWNyZXQ="

# No test may fail because the machine is busy, and `make test` draws the same examples each time, so that a change is
# judged by what it changed. `make thorough` draws new ones, and many more.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("thorough", settings.get_profile("patient"), max_examples=2000, derandomize=False)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data kept outside the repository; tests that need it skip where there is none."""
    folder = Path(os.environ.get("GZ_SHARED", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("no shared data: set GZ_SHARED to the folder that holds osm/, guangzhou/ and response_logs/")
    return folder


def pytest_configure(config: pytest.Config) -> None:
    """Name the folders that all workers share before any of them starts: of the test cluster, of the compiled network."""
    gc.disable()  # until all is collected
    os.environ["GZ_STATE"] = str(ROOT / ".state" / "test")
    if not config.getoption("--hypothesis-profile"):
        _draw_the_same_whatever_ran_before()
    os.environ.setdefault("GZ_DATA_KEY", TEST_KEY)
    data_key.install()
    if CLUSTER_VARIABLE not in os.environ:
        folder = Path(tempfile.gettempdir(), f"gzdispatch-tests-{uuid4().hex[:12]}")
        os.environ[CLUSTER_VARIABLE] = str(folder)
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_collection_finish() -> None:
    """Take what was imported and collected, a million objects that stay to the end, out of every look for garbage."""
    gc.collect()
    gc.freeze()
    gc.enable()


def _draw_the_same_whatever_ran_before() -> None:
    """Mix no constants of our modules into examples.

    Hypothesis takes them from whichever modules are imported when it draws, and some are imported by other tests alone: even
    derandomized, an example would hang on what this worker ran before, and a test fail now and then, and not when run alone.
    """
    none_of_ours = providers._local_constants
    assert not len(none_of_ours), "somebody drew already"
    providers._get_local_constants = lambda: none_of_ours


@pytest.fixture(scope="session", autouse=True)
def _nobody_is_hurried() -> Iterator[None]:
    """PostgreSQL and whoever is asked outside may take their time."""
    with pytest.MonkeyPatch.context() as patch:
        put_off(OF_THE_GROUND, patch.setattr)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_port_is_drawn_twice() -> Iterator[None]:
    """Neither here nor in another worker: it may be that of a server which a test has stopped to start it again."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    own = server_programs.PORTS[number :: int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))]
    ports = sample(own, len(own))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server_programs, "drawn", lambda: iter(ports.pop, None))
        yield


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    """A PostgreSQL server for the tests: DATABASE_URL's, else a private one, which the last worker to leave stops."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    with PrivateCluster(Path(os.environ[CLUSTER_VARIABLE]), durable=False) as url:
        yield url


@pytest.fixture(scope="session")
def template(cluster_url: str) -> str:
    """Name of a migrated database to clone; made once for all workers, anew when a migration changes."""
    digest = sha256(b"".join(p.read_bytes() for p in sorted(MIGRATIONS.rglob("*.py")))).hexdigest()[:12]
    name = f"gz_template_{digest}"
    with administration(cluster_url) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            server.execute(f"DROP DATABASE IF EXISTS {name}_part WITH (FORCE)")
            server.execute(f"CREATE DATABASE {name}_part")
            migrate(database_url(cluster_url, f"{name}_part"))
            when_left(server, f"ALTER DATABASE {name}_part RENAME TO {name}")
    return name


@pytest.fixture
def database(cluster_url: str, template: str) -> Iterator[str]:
    """Address of a fresh, migrated, empty database, dropped after the test."""
    with cloned(cluster_url, template) as url:
        yield url


@pytest.fixture
def database_engine(database: str) -> Iterator[Engine]:
    """An engine on the `database` of this test."""
    made = engine(database)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def _common_engine(cluster_url: str, template: str) -> Iterator[Engine]:
    with cloned(cluster_url, template) as url:
        made = engine(url)
        yield made
        made.dispose()


@pytest.fixture
def connection(_common_engine: Engine) -> Iterator[Connection]:
    """A connection whose work is undone after the test: quicker than `database` where nothing need be committed."""
    with _common_engine.connect() as connection, connection.begin() as work:
        yield connection
        work.rollback()
