"""The units for systemd: what they start exists, they are locked down alike, and systemd itself finds no fault."""

import re
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
from command_lines import fault

from api.service import service_manager
from api.settings import PROJECT

UNITS = PROJECT / "ops" / "systemd"
PROGRAM = "/opt/gzdispatch/.venv/bin/gzdispatch"
LOCKED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
}


def values(unit: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", (UNITS / unit).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("unit", ["gzdispatch.service", "gzdispatch-backup.service"])
def test_what_a_unit_starts_is_a_command_of_ours_and_it_may_do_nothing_else(unit: str) -> None:
    started = [*values(unit, "ExecStart"), *values(unit, "ExecReload")]
    assert started
    assert [fault(line) for line in started] == [""] * len(started)
    assert all(line.startswith(PROGRAM + " ") for line in started)
    assert {key: values(unit, key) for key in LOCKED} == {key: [value] for key, value in LOCKED.items()}
    assert values(unit, "MemoryMax")


def test_a_command_that_is_not_there_would_be_found() -> None:
    assert "no such" in fault("gzdispatch backup undo").lower()
    assert fault("gzdispatch backup prune --keep none")
    assert fault("gzdispatch backup verify extra")


def test_the_service_is_restarted_watched_and_reloaded_and_the_timer_starts_the_backup() -> None:
    assert values("gzdispatch.service", "Restart") == ["always"]
    assert values("gzdispatch.service", "Type") == ["notify"]
    assert values("gzdispatch.service", "WatchdogSec") == ["180"]
    assert (UNITS / "gzdispatch-backup.timer").with_suffix(".service").exists()
    assert values("gzdispatch-backup.timer", "Persistent") == ["yes"]


def test_systemd_finds_no_fault(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze here: apt install systemd")
    for unit in UNITS.iterdir():
        text = unit.read_text(encoding="utf-8").replace(PROGRAM, "/bin/true").replace("/opt/gzdispatch", "/opt")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    units = sorted(map(str, tmp_path.iterdir()))
    found = subprocess.run([program, "verify", "--man=no", *units], check=False, capture_output=True, text=True)
    ours = [line for line in found.stderr.splitlines() if "gzdispatch" in line]
    assert (found.returncode, ours) == (0, [])


def test_the_service_manager_hears_where_it_listens_and_nothing_happens_where_it_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"{folder}/notify")
        monkeypatch.setenv("NOTIFY_SOCKET", f"{folder}/notify")
        service_manager.tell(service_manager.READY)
        assert manager.recv(100) == b"READY=1"
    service_manager.tell(service_manager.ALIVE)  # the socket has gone
    monkeypatch.delenv("NOTIFY_SOCKET")
    service_manager.tell(service_manager.ALIVE)
