"""One run against the real service: a durable cluster of its own, two workers, no simulation, on loopback."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import httpx2 as httpx
from sqlalchemy import Engine

from api import wiring
from api.service import setup
from geo_data.cluster.cluster import PrivateCluster
from geo_data.cluster.server_programs import free_port
from geo_data.database import engine, transaction
from geo_data.stores.fix_days import FixDays
from tools.load import city, proof
from tools.load.generator import Who, generate
from tools.load.plan import Outcome, Plan
from tools.load.processes import Watch, Watched

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT_S = 180.0
LOOK_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class Service:
    """The service under load."""

    supervisor: int
    postmaster: int
    who: Who
    database: Engine
    log: Path


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a run."""

    plan: Plan
    outcome: Outcome
    watched: list[Watched]
    generator_share: float
    proof: proof.Proof


@contextmanager
def service(folder: Path, units: int, workers: int) -> Iterator[Service]:
    """The service on a fresh database, for the time of the block."""
    port = free_port()
    state = Path(os.environ.setdefault("GZ_STATE", str(folder / "state")))  # a kept one saves compiling the network
    os.environ |= {"GZ_SIMULATION": "false", "GZ_PORT": str(port), "GZ_WORKERS": str(workers)}
    state.mkdir(parents=True, exist_ok=True)
    with PrivateCluster(folder / "cluster") as url:
        os.environ["DATABASE_URL"] = url
        setup.prepare(url, lambda step: print(f"· {step}", flush=True))
        database = engine(url, pool_size=2)
        with transaction(database) as connection:
            FixDays(connection).make_ahead(datetime.now(UTC))  # as the background has on a service that runs already
        who = city.found(database, units, "127.0.0.1", port)
        postmaster = int((folder / "cluster" / "data" / "postmaster.pid").read_text().split()[0])
        log = folder / "service.log"
        with log.open("wb") as said, _running(port, said.fileno()) as supervisor:
            yield Service(supervisor, postmaster, who, database, log)
        database.dispose()
        wiring.database.cache_clear()


@contextmanager
def _running(port: int, said: int) -> Iterator[int]:
    command = [sys.executable, "-m", "api.cli", "run"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=said, stderr=said) as process:  # noqa: S603
        try:
            _wait(port, process)
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    limit = time.monotonic() + START_LIMIT_S
    while time.monotonic() < limit and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise SystemExit("The service did not start: see its log.")


def once(on: Service, plan: Plan) -> Result:
    """Send a plan and look at what it does."""
    before = proof.counted(on.database)
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(theirs, plan, on.who), name="generator", daemon=True)
    process.start()
    theirs.close()
    watch = Watch(on.supervisor, on.postmaster)
    began = time.monotonic()
    limit_s = plan.seconds + plan.warm_s + 180
    said = began
    while not ours.poll(LOOK_EVERY_S) and time.monotonic() - began < limit_s and process.is_alive():
        watch.look(time.monotonic() - began)
        if time.monotonic() - said > 60:
            said = time.monotonic()
            print(f"· {said - began:.0f} s", flush=True)
    if not ours.poll(0):
        process.kill()
        raise SystemExit("The generator did not end: the run says nothing.")
    try:
        outcome, cpu_s = ours.recv()
    except EOFError:
        raise SystemExit("The generator broke off: see above.") from None
    process.join(10)
    return Result(
        plan,
        outcome,
        list(watch.watched.values()),
        cpu_s / (time.monotonic() - began),
        proof.prove(on.database, outcome, on.who.unit_ids, before),
    )


def _send(pipe: Pipe, plan: Plan, who: Who) -> None:
    pipe.send(generate(plan, who))
