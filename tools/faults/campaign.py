"""One service from start to judgement, with faults in between."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from api.settings import Settings
from geo_data.cluster.cluster import PrivateCluster
from geo_data.database import parse_url, plain_url
from tools.faults.crowd import Crowd
from tools.faults.door import Door
from tools.faults.judge import Verdict, judge
from tools.faults.ledger import Ledger
from tools.faults.proxy import Line
from tools.faults.seed import seed
from tools.faults.service import Database, Service
from tools.faults.site import Fault, Injected, Site, back_after

WARM_S = 4.0
PAUSE_S = (0.1, 1.2)
DISK_MB = 700
Say = Callable[[str], None]


@dataclass
class Outcome:
    """What one campaign came to."""

    injected: list[Injected] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)
    crowd: Crowd | None = None
    traces: int = 0


def run(
    folder: Path, faults: Sequence[Fault], random: Random, say: Say, *, over_a_wire: bool, minutes: float
) -> Outcome:
    """Start a service in ``folder``, commit ``faults`` in a random order for ``minutes`` at most, and judge."""
    outcome = Outcome()
    with ExitStack() as stack:
        site = stack.enter_context(_wired(folder, random) if over_a_wire else _private(folder, random))
        outcome.crowd = site.crowd
        site.crowd.start()
        until_s = time.monotonic() + 60 * minutes
        time.sleep(WARM_S)
        for number, fault in enumerate(random.sample(faults, len(faults)), start=1):
            if time.monotonic() > until_s or not site.service.is_running:
                say(f"stopped after {number - 1} of {len(faults)} faults")
                break
            time.sleep(random.uniform(*PAUSE_S))
            _commit(site, fault, outcome)
            if number % 20 == 0:
                say(f"{number} of {len(faults)} faults; {dict(site.crowd.ledger.answers)}")
        if not site.service.is_running:
            outcome.verdict.found("the service ended by itself")
        else:
            _close(site, outcome, say)
        outcome.traces = site.service.traces()
    return outcome


def _commit(site: Site, fault: Fault, outcome: Outcome) -> None:
    began_s = time.monotonic()
    if not fault.inject(site):
        return
    if not fault.is_kill:
        began_s = time.monotonic()  # such a fault takes a while itself
    answered_s, whole_s = back_after(site, began_s)
    outcome.injected.append(Injected(fault.name, began_s, answered_s, whole_s))


def _close(site: Site, outcome: Outcome, say: Say) -> None:
    say("coming to rest …")
    site.crowd.come_to_rest(outcome.verdict)
    site.crowd.agree(outcome.verdict)
    site.crowd.stop()
    say("judging …")
    if not site.service.verifies():
        outcome.verdict.found("gzdispatch audit verify found something: see the log of the service")
    found = judge(site.database.url, site.crowd.ledger)
    outcome.verdict.looked_at += found.looked_at
    outcome.verdict.wrong += found.wrong


@contextmanager
def _private(folder: Path, random: Random) -> Iterator[Site]:
    """A private cluster, which the service itself starts and looks after."""
    with Service(folder / "state", folder / "service.log") as service:
        cluster = PrivateCluster(Settings(state=folder / "state").cluster_folder)
        with _peopled(service, Database(cluster.data, plain_url(cluster.url)), random) as site:
            yield site
    if cluster.folder.is_relative_to("/var/lib/gzdispatch"):
        shutil.rmtree(cluster.folder, ignore_errors=True)


@contextmanager
def _wired(folder: Path, random: Random) -> Iterator[Site]:
    """A database of somebody else's at the other end of a line, on a small file system where we may make one."""
    with ExitStack() as stack:
        disk = stack.enter_context(_small_disk(folder / "disk"))
        cluster = PrivateCluster(folder / "disk" / "cluster")
        url = stack.enter_context(cluster)
        wire = stack.enter_context(Line(parse_url(url).port or 0))
        far = plain_url(parse_url(url).set(port=wire.port).render_as_string(hide_password=False))
        service = stack.enter_context(Service(folder / "state", folder / "service.log", far))
        site = stack.enter_context(_peopled(service, Database(cluster.data, plain_url(url)), random))
        site.wire, site.disk, site.revive = wire, disk, cluster.revive
        yield site


@contextmanager
def _peopled(service: Service, database: Database, random: Random) -> Iterator[Site]:
    sessions = seed(database.url, service.address, random)
    with Line(service.port) as line:
        crowd = Crowd(f"http://127.0.0.1:{line.port}", sessions, random)
        probe = Door(service.address, sessions["desk0"], Ledger(), random)
        yield Site(service, database, line, crowd, probe, random)
        probe.close()


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path | None]:
    """A tmpfs of our own; None where we may not mount one, and the folder is an ordinary one."""
    folder.mkdir(parents=True)
    options = ["-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "tmpfs"]
    mounted = subprocess.run(["mount", *options, folder], check=False, capture_output=True).returncode == 0  # noqa: S603, S607
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", folder], check=False)  # noqa: S603, S607
