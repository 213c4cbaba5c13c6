"""Another network and policy while requests never stop: none is refused or lost, and afterwards all answers are by the new."""

import shutil
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx2 as httpx
import pytest
from process import Service
from service import signed_in
from sqlalchemy import Engine, select, text
from typer.testing import CliRunner, Result

from api import wiring
from api.cli import app
from api.settings import settings
from geo_data.database import transaction
from geo_data.roads.network_file import load, save
from geo_data.tables.schema import incidents
from geo_data.tables.service_schema import service_facts

PLACE = "天河区黄埔大道西与猎德大道交叉口"
PATIENCE_S = 300.0  # a guard


class Callers:
    """Two who never stop: one keeps its connection, the other opens one for each request; and a console's stream."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._over = threading.Event()
        self.acknowledged: list[str] = []
        self.wrong: list[str] = []
        self.hellos = 0

    @contextmanager
    def calling(self) -> Iterator[None]:
        work = (self._report, self._look, self._listen)
        threads = [threading.Thread(target=self._safely, args=(one,)) for one in work]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join(120)

    def _safely(self, work: object) -> None:
        try:
            work()  # type: ignore[operator]
        except httpx.HTTPError as error:
            self.wrong.append(repr(error))

    def _report(self) -> None:
        with signed_in(self._address, "dispatcher") as client:
            while not self._over.wait(0.2):
                answer = client.post("/v1/reports", json={"text": f"{PLACE},两车追尾"})
                self._judge(answer, 201)
                if answer.status_code == 201:
                    self.acknowledged.append(answer.json()["id"])

    def _look(self) -> None:
        while not self._over.wait(0.1):
            self._judge(httpx.get(f"{self._address}/health", timeout=120), 200)

    def _listen(self) -> None:
        with signed_in(self._address, "dispatcher") as client:
            while not self._over.is_set():
                with client.stream("GET", "/v1/live") as stream:
                    self._judge(stream, 200)
                    for line in stream.iter_lines():
                        self.hellos += line == "event: hello"
                        if self._over.is_set():
                            return

    def wait_for_hellos(self, n: int) -> None:
        limit_s = time.monotonic() + PATIENCE_S
        while self.hellos < n:
            assert time.monotonic() < limit_s, f"the stream was opened {self.hellos} times: {self.wrong}"
            time.sleep(0.05)

    def _judge(self, answer: httpx.Response, wanted: int) -> None:
        if answer.status_code != wanted:
            self.wrong.append(f"{answer.request.url.path}: {answer.status_code}")


@pytest.fixture
def files(wired: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The service's network and policy as files of this test."""
    wiring.load_network()
    shutil.copyfile(wiring.builtin_file(), tmp_path / "roads.net")
    shutil.copyfile(settings().policy, tmp_path / "policy.toml")
    monkeypatch.setenv("GZ_NETWORK", str(tmp_path / "roads.net"))
    monkeypatch.setenv("GZ_POLICY", str(tmp_path / "policy.toml"))
    settings.cache_clear()
    return tmp_path


def reload(service: Service, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("GZ_PORT", service.address.rpartition(":")[2])
    settings.cache_clear()
    return CliRunner().invoke(app, ["reload"])


def fingerprints(address: str) -> set[str]:
    """By both workers, in all likelihood."""
    with signed_in(address, "dispatcher") as client:
        headers = {**client.headers, "Connection": "close"}
        return {
            httpx.get(f"{address}/v1/network", headers=headers, timeout=120).json()["fingerprint"] for _ in range(12)
        }


def test_another_network_and_policy_come_without_a_request_refused_or_lost(
    files: Path, fleet: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy, roads = files / "policy.toml", files / "roads.net"
    usual = policy.read_text(encoding="utf-8")
    version = tomllib.loads(usual)["version"]
    with Service() as service:
        callers = Callers(service.address)
        with callers.calling():
            before = load(roads).fingerprint
            policy.write_text(usual.replace("[", "[[", 1), encoding="utf-8")
            refused = reload(service, monkeypatch)
            assert refused.exit_code == 1
            assert "policy.toml" in str(refused.exception)
            assert fingerprints(service.address) == {before}

            policy.write_text(usual.replace(version, "another", 1), encoding="utf-8")
            known = load(roads)
            save(replace(known, names=("新路名", *known.names[1:])), roads)
            done = reload(service, monkeypatch)
            assert done.exit_code == 0, done.exception
            after = load(roads).fingerprint
            assert after != before
            assert fingerprints(service.address) == {after}
            with signed_in(service.address, "dispatcher") as client:
                made = client.post("/v1/reports", json={"text": PLACE}).json()
            assert made["commitment"]["policy_version"] == "another"
            callers.wait_for_hellos(2)  # its stream was told to come again
        assert callers.wrong == []
        with transaction(fleet) as connection:
            kept = set(connection.execute(select(incidents.c.id)).scalars())
            editions = list(
                connection.execute(
                    select(text("body->>'version'")).select_from(service_facts).where(text("kind = 'RulesSet'"))
                ).scalars()
            )
        assert kept == {*callers.acknowledged, made["id"]}
        assert sorted(editions) == sorted([version, "another"])


def test_where_no_service_runs_a_reload_says_so(wired: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GZ_PORT", "1")
    settings.cache_clear()
    told = CliRunner().invoke(app, ["reload"])
    assert "No service of this state folder runs at port 1" in str(told.exception)
