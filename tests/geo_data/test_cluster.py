"""The private cluster: made once, adopted, healed after a kill, stopped by the last to leave."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dispatch.errors import InvalidInput, Unavailable
from geo_data.cluster import cluster, server_programs
from geo_data.cluster.cluster import PrivateCluster
from geo_data.cluster.server_programs import find_programs
from geo_data.database import plain_url


@contextmanager
def reachable() -> Iterator[Path]:
    """A folder to be made, where the server's account may go (pytest's own folders are closed to it)."""
    parent = Path(tempfile.mkdtemp(prefix="gzdispatch-cluster-"))
    parent.chmod(0o755)
    try:
        yield parent / "pg"
    finally:
        shutil.rmtree(parent)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A folder with a cluster that is not running."""
    with reachable() as folder:
        with of(folder):
            pass
        yield folder


@pytest.fixture
def folder(made: Path) -> Iterator[Path]:
    yield made
    left = of(made)
    left.start()
    left.stop()


def of(folder: Path) -> PrivateCluster:
    return PrivateCluster(folder, durable=False)


def ask(url: str, question: str) -> object:
    with psycopg.connect(plain_url(url)) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[call-overload]
    assert row is not None
    return row[0]


def server_pid(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def test_a_started_cluster_has_postgis_at_hand_and_listens_on_this_machine_only(folder: Path) -> None:
    with of(folder) as url:
        assert ask(url, "SELECT count(*) FROM pg_available_extensions WHERE name IN ('postgis', 'pg_trgm')") == 2
        assert ask(url, "SHOW listen_addresses") == "127.0.0.1"
        assert ask(url, "SHOW unix_socket_directories") == ""
        assert ask(url, "SHOW server_encoding") == "UTF8"


def test_the_real_cluster_writes_through_to_the_disk() -> None:
    assert "fsync=off" not in PrivateCluster(Path("x"))._options


def test_nobody_gets_in_without_the_password_and_only_the_owner_can_read_it(folder: Path) -> None:
    assert (folder / "password").stat().st_mode & 0o777 == 0o600
    with of(folder) as url:
        wrong = plain_url(url).replace((folder / "password").read_text(), "guess")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)


def test_it_is_stopped_when_the_last_user_leaves_and_not_before(folder: Path) -> None:
    first, second = of(folder), of(folder)
    assert first.start() == second.start()
    assert first.stop() is False
    assert ask(second.url, "SELECT 1") == 1
    assert second.stop() is True
    assert not second.is_running()


def test_starting_twice_and_stopping_twice_changes_nothing(folder: Path) -> None:
    one = of(folder)
    assert one.start() == one.start()
    assert one.stop() is True
    assert one.stop() is False


def test_what_was_stored_is_there_after_the_next_start_at_the_same_address(folder: Path) -> None:
    with of(folder) as before, psycopg.connect(plain_url(before)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS n")
    with of(folder) as after:
        assert after == before
        assert ask(after, "SELECT n FROM kept") == 42


def test_another_port_is_taken_when_the_old_one_is_in_use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 2)
    with of(folder) as before:
        port = int((folder / "port").read_text())
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        with of(folder) as url:
            assert url != before
            assert ask(url, "SELECT 1") == 1


def test_it_starts_again_after_the_server_was_killed(folder: Path) -> None:
    bereft = of(folder)
    bereft.start()
    os.kill(server_pid(folder), signal.SIGKILL)
    assert (folder / "data" / "postmaster.pid").exists()
    with of(folder) as url:
        assert ask(url, "SELECT 1") == 1
    assert bereft.stop() is True


def test_one_that_died_is_revived_at_the_same_address_and_one_that_lives_is_left_alone(folder: Path) -> None:
    with of(folder) as url:
        assert of(folder).revive() is False
        os.kill(server_pid(folder), signal.SIGKILL)
        assert any(of(folder).revive() or time.sleep(0.05) for _ in range(1200))  # a kill takes a moment
        assert of(folder).url == url
        assert ask(url, "SELECT 1") == 1


def test_a_pid_file_that_names_some_other_program_does_not_stand_in_the_way(folder: Path) -> None:
    other = subprocess.Popen(["sleep", "60"])
    try:
        (folder / "data" / "postmaster.pid").write_text(f"{other.pid}\n{folder / 'data'}\n")
        assert not of(folder).is_running()
        with of(folder) as url:
            assert ask(url, "SELECT 1") == 1
    finally:
        other.kill()
        other.wait()


def test_a_user_that_was_killed_does_not_keep_the_cluster_alive(folder: Path) -> None:
    script = f"""
from pathlib import Path
from geo_data.cluster.cluster import PrivateCluster
PrivateCluster(Path({str(folder)!r}), durable=False).start()
print("up", flush=True)
input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(server_programs.__file__).parents[2],
    ) as user:
        assert user.stdout is not None
        assert user.stdout.readline() == b"up\n"
        user.kill()
    heir = of(folder)
    assert heir.is_running()
    heir.start()
    assert heir.stop() is True
    assert not heir.is_running()


def test_many_starts_at_once_make_one_cluster() -> None:
    with reachable() as folder, ThreadPoolExecutor(4) as pool:
        users = [of(folder) for _ in range(4)]
        urls = set(pool.map(PrivateCluster.start, users))
        assert len(urls) == 1
        assert ask(urls.pop(), "SELECT 1") == 1
        assert sorted(pool.map(PrivateCluster.stop, users)) == [False, False, False, True]
        assert not users[0].is_running()


def test_a_server_that_says_nothing_for_a_while_is_asked_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect, silent = psycopg.connect, iter([True, True])

    def slow_at_first(*words: Any, **more: Any) -> psycopg.Connection:
        if next(silent, False):
            raise psycopg.errors.ConnectionTimeout("connection timeout expired")
        return connect(*words, **more)

    with monkeypatch.context() as patch:
        patch.setattr(psycopg, "connect", slow_at_first)
        url = (one := of(folder)).start()
    assert ask(url, "SELECT 1") == 1
    assert one.stop() is True


def test_a_half_made_cluster_is_made_anew() -> None:
    with reachable() as folder:
        (folder / "data.part").mkdir(parents=True)
        (folder / "data.part" / "PG_VERSION").write_text("15")
        with of(folder) as url:
            assert ask(url, "SELECT 1") == 1


def test_there_is_no_address_before_the_first_start(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="start it first"):
        of(tmp_path).url  # noqa: B018


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InvalidInput, match="cannot hold the database"):
        of(tmp_path / "file").start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")
def test_a_folder_the_server_s_account_cannot_reach_is_refused() -> None:
    closed = Path(tempfile.mkdtemp(prefix="gzdispatch-closed-"))  # mode 0700, root's
    try:
        with pytest.raises(InvalidInput, match="out of reach"):
            of(closed / "pg").start()
    finally:
        shutil.rmtree(closed)


def test_a_missing_postgresql_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_programs, "_program_folders", list)
    with pytest.raises(Unavailable, match="apt install postgresql-15-postgis-3"):
        find_programs()
    with pytest.raises(Unavailable, match="PostgreSQL 15 with PostGIS is not installed"):
        find_programs("15")


def test_a_server_that_does_not_start_is_reported_with_the_end_of_its_log(folder: Path) -> None:
    broken = of(folder)
    broken._options += " -c shared_buffers=nonsense"
    with pytest.raises(Unavailable, match="shared_buffers"):
        broken.start()
    assert broken.stop() is False
