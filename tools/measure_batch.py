"""Print what an audit of many millions of incidents costs, by executor; the incidents are simulated (模拟).

    python -m tools.measure_batch [--incidents 10000000] [--folder DIR] [--runs 3] [--workers 2] [--executors serial processes dask]
                                  [--whole-seconds] [--peers]

Files and results are kept in the folder: called again it goes on where it was, and with ``--again`` it measures anew. Delete the
folder afterwards (1 GB for 10 million). ``--peers`` adds, on fewer incidents, what `dispatch.auditing.audit.summarise` and pandas cost.
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pandas as pd

from dispatch.auditing.audit import Basis, summarise
from dispatch.auditing.record import Record
from tools import simulated_records

LOOK_EVERY_S = 0.2
T95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262}  # Student, n runs
PEER_ROWS = 300_000


def main() -> None:
    """Make what is missing, measure what is missing, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--incidents", type=int, default=10_000_000)
    options.add_argument("--folder", type=Path, default=Path("batch_measured"))
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--executors", nargs="+", default=["serial", "processes", "dask"])
    options.add_argument("--sample", type=Path, help="a simulated day as `gzdispatch simulate --out` writes it")
    options.add_argument("--whole-seconds", action="store_true", help="times without fractions, as most logs have them")
    options.add_argument("--again", action="store_true", help="forget earlier results")
    options.add_argument("--peers", action="store_true")
    given = options.parse_args()
    name = f"{given.incidents}{'_whole_seconds' if given.whole_seconds else ''}"
    records, kept = given.folder / name, given.folder / f"{name}.jsonl"
    records.mkdir(parents=True, exist_ok=True)
    day = simulated_records.sample(given.sample or given.folder / "day.csv")
    for path in simulated_records.write(records, given.incidents, day, given.whole_seconds):
        print(f"\r{path.parent.name}", end="", file=sys.stderr)
    if given.again:
        kept.unlink(missing_ok=True)
    done = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    for run in range(given.runs):
        for executor in given.executors:
            if sum(d["executor"] == executor for d in done) <= run:
                done.append(measured(records, executor, given.workers))
                with kept.open("a") as lines:
                    lines.write(json.dumps(done[-1]) + "\n")
    show(done, records, given.incidents)
    if given.peers:
        peers(records)


def measured(records: Path, executor: str, workers: int) -> dict[str, object]:
    """One audit as a program of its own."""
    command = [sys.executable, "-m", "api.cli", "audit", "batch", "--records", str(records), "--format", "json"]
    before, began, load = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter(), os.getloadavg()[0]
    running = subprocess.Popen([*command, "--executor", executor, "--workers", str(workers)], stdout=subprocess.PIPE)  # noqa: S603
    peak, over = [0, 0], Event()
    watcher = Thread(target=_watch, args=(running.pid, peak, over), daemon=True)
    watcher.start()
    text, _ = running.communicate()
    wall_s = time.perf_counter() - began
    over.set()
    watcher.join()
    if running.returncode:
        raise SystemExit(f"{executor} failed")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "executor": executor,
        "wall_s": wall_s,
        "cpu_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "peak_mb": peak[0] / 1e6,
        "largest_mb": peak[1] / 1e6,
        "load": load,
        "sha256": hashlib.sha256(text).hexdigest(),
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
    }


def _watch(root: int, peak: list[int], over: Event) -> None:
    """Note the most memory that a process and its descendants held together, and that any of them did."""
    while not over.wait(LOOK_EVERY_S):
        held = [_resident(pid) for pid in _family(root)]
        peak[0], peak[1] = max(peak[0], sum(held)), max(peak[1], *held, 0)


def _family(root: int) -> list[int]:
    found = [root]
    for pid in found:
        for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                found += map(int, tasks.read_text().split())
            except OSError:
                continue
    return found


def _resident(pid: int) -> int:
    """Bytes, memory shared with others divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def show(done: list[dict], records: Path, incidents: int) -> None:  # type: ignore[type-arg]
    """Print means with 95 % intervals (Student) over the runs."""
    size = sum(p.stat().st_size for p in records.rglob("*.parquet")) / 1e6
    print(f"\n{incidents:,} simulated incidents, {size:,.0f} MB, {len(list(records.rglob('*.parquet')))} files")
    print(f"answers: {len({d['sha256'] for d in done})} different (1 is right)")
    print("| executor | runs | wall s | processor s | peak MB, all together | largest process MB | load at start |")
    print("|---|---|---|---|---|---|---|")
    for executor in dict.fromkeys(d["executor"] for d in done):
        own = [d for d in done if d["executor"] == executor]
        cells = [spread([d[k] for d in own]) for k in ("wall_s", "cpu_s", "peak_mb", "largest_mb", "load")]
        print(f"| {executor} | {len(own)} | {' | '.join(cells)} |")


def spread(values: list[float]) -> str:
    """Mean ± half the 95 % interval."""
    half = T95.get(len(values), 1.96) * np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
    return f"{np.mean(values):.1f} ± {half:.1f}"


def peers(records: Path) -> None:
    """What others need in processor seconds for a million incidents: our own audit of records, and pandas."""
    columns = ["reported_at", "on_scene_at", "limit_s", "zone", "district", "hour", "tier", "unit", "client", "day"]
    began = time.process_time()
    frame = pd.concat(pd.read_parquet(p, columns=columns) for p in sorted(records.rglob("*.parquet")))
    response_s = (frame["on_scene_at"] - frame["reported_at"]).dt.total_seconds()
    frame = frame.assign(response_s=response_s, kept=response_s <= frame["limit_s"])
    for group in columns[3:]:
        by = frame.groupby(group, observed=True)
        by["response_s"].quantile([0.5, 0.9])
        by["kept"].mean()
    pandas_s = (time.process_time() - began) / len(frame) * 1e6
    few = frame.head(PEER_ROWS).fillna({"response_s": 1.0})
    began = time.process_time()
    columns_of = (few[name].tolist() for name in ("response_s", "limit_s", *columns[3:9]))
    made = [
        Record(
            incident=str(n),
            limit_s=limit_s,
            legs_s=(None, None, None, took_s, None),
            zone=zone,
            district=district,
            hour=hour,
            tier=tier,
            unit=unit,
            client=client,
        )
        for n, (took_s, limit_s, zone, district, hour, tier, unit, client) in enumerate(zip(*columns_of, strict=True))
    ]
    summarise(made, Basis(title="", source="", judged_at=datetime.now(UTC)))
    ours_s = (time.process_time() - began) / len(few) * 1e6
    print(f"pandas, response P50, P90 and share kept of 7 groupings alone: {pandas_s:.1f} processor s a million")
    print(
        f"dispatch.auditing.audit.summarise of records with one leg, making them included: {ours_s:.1f} processor s a million"
    )


if __name__ == "__main__":
    main()
