"""`gzdispatch backup` on an installation of its own: taken, verified, restored, gone live."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from api import wiring
from api.backup import work
from api.cli import app
from api.sealing import keeping
from api.service import setup
from api.settings import PROJECT, Settings, settings
from geo_data.cluster.cluster import PrivateCluster
from geo_data.database import close, transaction

CACHED = (settings, wiring.database, wiring.policy)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """State folder, backup folder and a place for the keys, all new; no database yet."""
    made = Path(tempfile.mkdtemp(prefix="gzdispatch-home-"))
    made.chmod(0o755)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("GZ_STATE", str(PROJECT / ".state" / "test"))
    settings.cache_clear()
    wiring.load_network()
    monkeypatch.setenv("GZ_NETWORK", str(wiring.builtin_file()))  # compiling it takes longer than all the rest
    for name, value in {"STATE": "state", "BACKUP_FOLDER": "backup", "BACKUP_KEYS_FOLDER": "safe"}.items():
        monkeypatch.setenv(f"GZ_{name}", str(made / value))
    monkeypatch.setattr(Settings, "cluster_folder", made / "pg")
    for cached in CACHED:
        cached.cache_clear()
    setup.make_secrets()
    yield made
    close(wiring.database()) if wiring.database.cache_info().currsize else None
    for cached in CACHED:
        cached.cache_clear()
    shutil.rmtree(made)


def told(*command: str | Path) -> Result:
    return CliRunner().invoke(app, ["backup", *map(str, command)])


def worked(*command: str | Path) -> str:
    result = told(*command)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def test_an_installation_is_backed_up_verified_restored_and_goes_live_with_its_keys(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wiring.one_transaction() as connection, work.own_cluster():
        connection.execute(text("CREATE TABLE note (words text)"))
        connection.execute(text("INSERT INTO note VALUES ('kept')"))
    with work.own_cluster():
        keeping.seal(wiring.database())
        said = worked("base")
        assert "environment" in said
        assert "keys lie beside" not in said
        worked("verify")
        assert "archive" in worked("list") or "mode on" in worked("list")
        at = datetime.now(UTC)
        keeping.seal(wiring.database())  # after the moment
        with transaction(wiring.database()) as connection:
            connection.execute(text("SELECT pg_switch_wal()"))
        close(wiring.database())
    secret = (home / "state" / "secret").read_text()
    assert secret not in "".join(p.read_text(errors="replace") for p in (home / "backup" / "files").rglob("*.*"))

    assert "no moment with a zone" in str(told("restore", "--to", "2026-11-27T03:00", "--into", home / "x").exception)
    said = worked("restore", "--to", at.isoformat(), "--into", home / "then")
    assert "all fits" in said
    assert "seals 2 to 2" in said

    shutil.rmtree(home / "state")
    with PrivateCluster(home / "pg"):
        assert "stop the service" in str(told("live", home / "then").exception)
    worked("live", home / "then")
    assert (home / "state" / "secret").read_text() == secret
    assert len(list(home.glob("pg.before-*"))) == 1
    wiring.database.cache_clear()
    with work.own_cluster(), transaction(wiring.database()) as connection:
        assert connection.execute(text("SELECT words FROM note")).scalar_one() == "kept"
        assert connection.execute(text("SELECT count(*) FROM seals")).scalar_one() == 1


def test_what_was_altered_since_is_named_and_old_ones_are_thrown_away_with_their_keys(home: Path) -> None:
    with wiring.one_transaction(), work.own_cluster():
        worked("base")
        (first,) = (home / "backup" / "base").glob("*.json")
        (home / "safe" / "keys" / first.stem / "secret").write_text("another")
        victim = home / "backup" / "base" / first.stem / "PG_VERSION"
        victim.write_text("14")
        refused = told("verify")
        assert refused.exit_code == 1
        assert "secret is not what was kept" in refused.output
        assert "PG_VERSION" in refused.output
        time.sleep(1)  # names are of the second
        worked("base")
        assert first.stem in worked("prune", "--keep", "1")
    assert len(list((home / "backup" / "base").glob("*.json"))) == 1
    assert not (home / "safe" / "keys" / first.stem).exists()


def test_a_company_s_own_database_is_told_where_to_look_and_its_files_are_kept(
    wired: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="gzdispatch-files-"))
    monkeypatch.setenv("GZ_BACKUP_FOLDER", str(folder))
    settings.cache_clear()
    assert "docs/backup.md" in str(told("base").exception)
    said = worked("base", "--files-only")
    assert "keys lie beside the data" in said
    assert list(folder.glob("keys/*/secret"))
    shutil.rmtree(folder)
