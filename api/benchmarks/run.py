"""One run: everything measured side by side in one process, and what was found as plain data."""

import gc
import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from api import wiring
from api.benchmarks import cold
from api.benchmarks.contender import KINDS, MATRIX, MATRIX_2, OURS, WEIGHTS, Contender, Peer, version_of
from api.benchmarks.floor import Floor, floor
from api.benchmarks.growth import SIZES, Grown, grow
from api.benchmarks.memory import extra_bytes
from api.benchmarks.oracle import Oracle, WrongAnswer, check
from api.benchmarks.ours import by_place, by_position, undrawn
from api.benchmarks.peers import PEERS
from api.benchmarks.targets import Promise, promises
from api.benchmarks.timing import Plan, Samples, measure, median_interval, ratio
from api.benchmarks.work import Sizes, Work
from api.settings import settings
from geo_data.roads.network import Network
from geo_data.roads.routing import Router

Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What is asked of a run.

    Parameters
    ----------
    kinds : sequence of str
        See `KINDS`.
    quick : bool
        Few rounds; nothing is compiled from nothing.
    growth : bool
        Whether drawn cities of 10,000 to 1,000,000 junctions are measured as well: takes long.
    whole : bool
        Whether memory, floor and new processes are looked at.
    """

    kinds: Sequence[str] = KINDS
    quick: bool = False
    growth: bool = False
    whole: bool = True

    def plan(self, kind: str) -> Plan:
        """Rounds and queries of a kind."""
        rounds = 6 if self.quick else 12 if kind in (MATRIX, MATRIX_2, WEIGHTS) else 25
        queries = 1 if kind in (MATRIX, MATRIX_2, WEIGHTS) else 10
        return Plan(rounds, queries, limit_s=4.0 if self.quick else 30.0)


@dataclass
class Result:
    """What a run found.

    Parameters
    ----------
    machine, network, versions : dict
    times : dict
        Samples by kind and contender.
    notes : dict
        Remarks by contender: why it is absent, what was extrapolated, which answer was wrong.
    """

    machine: dict[str, Any]
    network: dict[str, Any]
    versions: dict[str, str] = field(default_factory=dict)
    times: dict[str, dict[str, Samples]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    floor: Floor | None = None
    extra_bytes: int | None = None
    warm: cold.Start | None = None
    empty: cold.Start | None = None
    growth: list[Grown] = field(default_factory=list)

    def promises(self) -> list[Promise]:
        """See `api.benchmarks.targets.promises`."""
        return promises(self.times, self.extra_bytes, self.network["base_nodes"], self.warm)

    def note(self, name: str, words: str) -> None:
        """Remember a remark."""
        self.notes.setdefault(name, []).append(words)


def run(network_file: Path | None, options: Options, say: Say) -> Result:
    """Measure on a compiled network, else on that of the settings, else on the built-in one."""
    say("network")
    network = wiring.load_network(network_file)
    path = network_file or settings().network or wiring.builtin_file()
    router = Router(network, max_offset_m=wiring.SCHEMATIC_OFFSET_M) if network.schematic else Router(network)
    result = Result(machine=machine(), network=_facts(network))
    work = Work(network, router)
    compare(work, PEERS, options, result, say)
    if options.whole:
        say("memory, floor, new processes")
        result.extra_bytes = extra_bytes(router, router.reweighted(work.speeds[0]))
        result.floor = floor(work, {kind: found[OURS] for kind, found in result.times.items() if OURS in found})
        result.warm = cold.warm_start(path, 6 if options.quick else 9)
        result.empty = None if options.quick else cold.empty_start(path)
    if options.growth:
        for n in SIZES:
            say(f"drawn city of {n:,} junctions")
            result.growth.append(grow(n, Plan(3, 10, 20.0), Sizes()))
    result.machine["load_after"] = os.getloadavg()
    return result


def compare(work: Work, peers: Sequence[Peer], options: Options, result: Result, say: Say) -> None:
    """Build all contenders, check their answers, then time them in turn; ``result`` is added to."""
    contenders = [by_place(work), by_position(work), undrawn(work)]
    for peer in peers:
        say(f"{peer.name}: getting ready")
        found = peer.contender(work)
        if isinstance(found, Contender):
            contenders.append(found)
        else:
            result.note(peer.name, found)
    oracles = {unit_s: Oracle(work, unit_s) for unit_s in {contender.unit_s for contender in contenders}}
    for contender in contenders:
        result.versions[contender.name] = contender.version
    for kind in options.kinds:
        asks = {}
        for contender in contenders:
            say(f"{kind}: checking {contender.name}")
            if _passes(contender, kind, oracles[contender.unit_s], result):
                asks[contender.name] = contender.asks[kind]
        gc.collect()
        gc.freeze()  # else one library's objects are looked through in another's time
        say(f"{kind}: {', '.join(asks)}")
        result.times[kind] = measure(asks, options.plan(kind))


def _passes(contender: Contender, kind: str, oracle: Oracle, result: Result) -> bool:
    """Whether it answers this kind, and rightly; our own answers must be right."""
    if kind in contender.notes:
        result.note(contender.name, f"{kind}: {contender.notes[kind]}")
    if kind not in contender.asks:
        return False
    try:
        check(contender, kind, oracle)
    except WrongAnswer as error:
        if contender.name.startswith(OURS):
            raise
        result.note(contender.name, f"{kind}: wrong answer, not counted ({error})")
        return False
    return True


def machine() -> dict[str, Any]:
    """What the run was made on."""
    return {
        "cores": os.cpu_count(),
        "processor": platform.machine(),
        "python": sys.version.split()[0],
        "load_before": os.getloadavg(),
        **{name: version_of(name) for name in ("numpy", "numba", "scipy")},
    }


def _facts(network: Network) -> dict[str, Any]:
    return {
        "title": str(network.meta.get("title", "")),
        "fingerprint": network.fingerprint,
        "schematic": network.schematic,
        "nodes": network.n_nodes,
        "edges": network.n_edges,
        "base_nodes": int(network.meta.get("base_nodes", network.n_nodes)),
        "base_edges": int(network.meta.get("base_edges", network.n_edges)),
    }


def as_json(result: Result) -> dict[str, Any]:
    """All of it for a file: raw times, intervals, ratios, promises."""
    return {
        "machine": result.machine,
        "network": result.network,
        "versions": result.versions,
        "notes": result.notes,
        "times": {kind: _kind_json(found) for kind, found in result.times.items()},
        "floor": result.floor.as_dict() if result.floor else None,
        "extra_bytes": result.extra_bytes,
        "warm_start": result.warm.as_dict() if result.warm else None,
        "empty_start": result.empty.as_dict() if result.empty else None,
        "growth": [grown.as_dict() for grown in result.growth],
        "promises": [{**asdict(promise), "verdict": promise.verdict.value} for promise in result.promises()],
    }


def _kind_json(found: dict[str, Samples]) -> dict[str, Any]:
    return {
        name: {
            **asdict(samples),
            "median": samples.median,
            "interval": median_interval(samples.seconds),
            "times_ours": asdict(ratio(samples, found[OURS])) if OURS in found else None,
        }
        for name, samples in found.items()
    }
