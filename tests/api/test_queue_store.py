"""The queue's file: what was acknowledged is there, whatever becomes of its tail, of a process, or of the disk."""

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.queue.queued import Queued, QueueState, Source, ToQueue
from api.queue.store import NotKept, ReportQueue
from dispatch.errors import UnknownId
from geo_data.stores import vault

NOON = datetime(2026, 11, 27, 4, tzinfo=UTC)
KILLED = """
import os, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from api.queue import store
from api.queue.queued import Source, ToQueue
store.WAIT_S = 600.0  # whoever writes beside us may be held up by the machine
queue = store.ReportQueue(Path(sys.argv[1]))
for n in range(100_000):
    queue.put(ToQueue(source=Source.CONSOLE, account="a", key=f"{sys.argv[2]}-{n}", path="/", body=b"x" * 500, reported_at=datetime.now(UTC)))
    print(n, flush=True)
"""
FULL = """
import resource, sys
from datetime import datetime, UTC
from pathlib import Path
from api.queue.queued import Source, ToQueue
from api.queue.store import NotKept, ReportQueue
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
queue = ReportQueue(Path(sys.argv[1]))
to_queue = lambda n: ToQueue(source=Source.CONSOLE, account="a", key=str(n), path="/", body=b"x" * 5000, reported_at=datetime.now(UTC))
queue.put(to_queue(0))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
kept = 1
try:
    for n in range(1, 1000):
        queue.put(to_queue(n))
        kept += 1
except NotKept as error:
    print(kept, "没有保存" in str(error))
"""


def to_queue(key: str, after_s: float = 0.0) -> ToQueue:
    at = NOON + timedelta(seconds=after_s)
    return ToQueue(
        source=Source.CONSOLE, account="a", key=key, path="/v1/reports", body=key.encode() * 50, reported_at=at
    )


def keys(queued: list[Queued]) -> list[str]:
    return [one.key for one in queued]


@settings(max_examples=25)
@given(st.integers(1, 12), st.data())
def test_a_torn_tail_loses_the_last_commits_and_nothing_before_them(n: int, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, torn = Path(folder, "a.sqlite"), Path(folder, "b.sqlite")
        queue = ReportQueue(path)
        queue.put(to_queue("first"))
        ends: list[int] = []
        with sqlite3.connect(path) as held:  # so that the log ahead is not folded in, as in a process that is killed
            held.execute("SELECT count(*) FROM queued").fetchone()
            for k in range(n):
                queue.put(to_queue(f"k{k}"))
                ends.append(Path(f"{path}-wal").stat().st_size)
            cut = data.draw(st.integers(0, ends[-1]))
            shutil.copy(path, torn)
            tail = Path(f"{path}-wal").read_bytes()
        held.close()
        noise = data.draw(st.binary(max_size=64))
        Path(f"{torn}-wal").write_bytes(tail[:cut] + noise)
        left = ReportQueue(torn)
        synced = sum(end <= cut for end in ends)
        found = keys(left.waiting())
        assert found[: synced + 1] == ["first", *(f"k{k}" for k in range(synced))]
        assert found == ["first", *(f"k{k}" for k in range(n))][: len(found)]
        assert left.put(to_queue("next"))[1]
        assert keys(left.waiting()) == [*found, "next"]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "enter", "fail", "set aside", "again"]),
        st.integers(0, 1),
        st.integers(0, 4),
        st.integers(0, 9),
    ),
    max_size=25,
)


@settings(max_examples=25)
@given(STEPS)
def test_two_processes_in_any_order_keep_each_report_once_and_lose_none(steps: list[tuple[str, int, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        both = [ReportQueue(Path(folder, "q.sqlite")) for _ in range(2)]
        kept: dict[str, tuple[float, int]] = {}
        state: dict[str, QueueState] = {}
        for what, who, which, after_s in steps:
            key, queue = f"k{which}", both[who]
            found = queue.find(Source.CONSOLE, "a", key)
            assert (found is None) == (key not in kept)
            if what == "put":
                queued, is_new = queue.put(to_queue(key, after_s))
                assert is_new == (key not in kept)
                kept.setdefault(key, (float(after_s), queued.number))
                state.setdefault(key, QueueState.WAITING)
            elif found is not None and state[key] is QueueState.WAITING and what == "enter":
                queue.entered(found.number, "I1", NOON)
                state[key] = QueueState.ENTERED
            elif found is not None and state[key] is QueueState.WAITING and what in ("fail", "set aside"):
                queue.failed(found.number, "why", NOON, set_aside=what == "set aside")
                state[key] = QueueState.SET_ASIDE if what == "set aside" else QueueState.WAITING
            elif found is not None and what == "again":
                if state[key] is QueueState.SET_ASIDE:
                    state[key] = queue.try_again(found.number).state
                else:
                    with pytest.raises(UnknownId):
                        queue.try_again(found.number)
        for queue in both:
            waiting = [key for key in sorted(kept, key=kept.__getitem__) if state[key] is QueueState.WAITING]
            assert keys(queue.waiting()) == waiting
            assert sum(queue.counts().values()) == len(kept)


def test_what_was_acknowledged_to_two_writers_survives_their_kill(tmp_path: Path) -> None:
    path = tmp_path / "q.sqlite"
    writers = [
        subprocess.Popen([sys.executable, "-c", KILLED, path, name], stdout=subprocess.PIPE, text=True) for name in "ab"
    ]
    acknowledged = set()
    for name, writer in zip("ab", writers, strict=True):
        assert writer.stdout is not None
        acknowledged |= {f"{name}-{writer.stdout.readline().strip()}" for _ in range(15)}
    for name, writer in zip("ab", writers, strict=True):
        writer.kill()
        rest, _ = writer.communicate()
        acknowledged |= {f"{name}-{n}" for n in rest.split("\n")[:-1]}
    assert acknowledged <= set(keys(ReportQueue(path).waiting()))


def test_a_full_disk_is_refused_in_words_and_what_was_kept_stays(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path / "q.sqlite"], capture_output=True, text=True, check=True
    )
    kept, said = done.stdout.split()
    assert said == "True"
    assert len(ReportQueue(tmp_path / "q.sqlite").waiting()) == int(kept)


@pytest.mark.parametrize("content", [b"this is no database, it is text" * 100, b""])
def test_a_file_that_is_no_queue_is_moved_aside_and_the_report_is_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "q.sqlite"
    path.write_bytes(content)
    queue = ReportQueue(path)
    assert queue.put(to_queue("k"))[1]
    assert keys(queue.waiting()) == ["k"]
    assert [one.read_bytes() for one in tmp_path.glob("q-broken-*.sqlite")] == [content]


def test_a_folder_that_cannot_be_written_is_refused_and_nothing_is_acknowledged(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotKept):
        ReportQueue(tmp_path / "file" / "q.sqlite").put(to_queue("k"))


def test_only_the_owner_may_read_what_callers_said(tmp_path: Path) -> None:
    queue = ReportQueue(tmp_path / "q.sqlite")
    queue.put(to_queue("k"))
    assert (tmp_path / "q.sqlite").stat().st_mode & 0o077 == 0
    assert queue.find(Source.CALLER, "a", "k") is None


def test_what_waits_cannot_be_read_in_the_file_and_without_its_key_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "q.sqlite"
    queue, words = ReportQueue(path), "粤A12345 两车追尾".encode()
    monkeypatch.setattr(vault._Holder, "source", lambda: ours)
    ours = vault.Keyring([vault.new_key()])
    at = {"source": Source.CONSOLE, "account": "a", "path": "/", "reported_at": NOON}
    queue.put(ToQueue(key="k", body=words, preview="猎德大道", **at))  # type: ignore[arg-type]
    on_disk = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert words not in on_disk
    assert "猎德大道".encode() not in on_disk
    assert [(one.body, one.preview) for one in queue.waiting()] == [(words, "猎德大道")]
    other = vault.Keyring([vault.new_key()])
    monkeypatch.setattr(vault._Holder, "source", lambda: other)
    assert [one.body for one in queue.waiting()] == [b""]
    monkeypatch.setattr(vault._Holder, "source", None)
    assert queue.put(ToQueue(key="k2", body=words, **at))[0].body == words, "no key at all: taken all the same"  # type: ignore[arg-type]
    monkeypatch.setattr(vault._Holder, "source", lambda: ours)
    assert [one.body for one in queue.waiting()] == [words, words]
