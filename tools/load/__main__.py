"""Load the real service as a city of 2,000 units would, and say what it held.

Two workers and the background on a durable PostgreSQL of their own, the built-in schematic network, on this machine;
the generator is one more process that shares its processors, and its share is told. Made-up units and reports (模拟).

Run: ``python -m tools.load [--minutes 10]``; ``--level 0.5`` sends half of everything; ``--find`` raises one kind after the
other, and then all, until a bound breaks. Exit code 1 when something acknowledged is lost or twice, and with ``--check`` when
any bound breaks.
"""

import argparse
import shutil
import signal
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tools.load import report, run
from tools.load.plan import Plan

LEVELS = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
STEP_S, STEP_WARM_S = 30.0, 10.0


def main() -> int:
    """Measure and print; returns the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--minutes", type=float, default=10.0)
    asked.add_argument("--warm", type=float, default=20.0, help="seconds before the measure")
    asked.add_argument("--level", type=float, default=1.0, help="of all rates and streams")
    for name, value in (("fixes", 1000.0), ("reports", 50.0), ("consoles", 200), ("phones", 2000)):
        asked.add_argument(f"--{name}", type=type(value), default=value)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--find", action="store_true", help="raise the level until a bound breaks")
    asked.add_argument("--check", action="store_true", help="exit code 1 when a bound breaks")
    wished = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="gz-load-"))
    folder.chmod(0o755)
    try:
        with run.service(folder, Plan().units, wished.workers) as on:
            plan = scaled(
                Plan(
                    seconds=60 * wished.minutes,
                    warm_s=wished.warm,
                    fixes=wished.fixes,
                    reports=wished.reports,
                    consoles=wished.consoles,
                    phones=wished.phones,
                ),
                wished.level,
            )
            if wished.find:
                return find(on, plan)
            result = run.once(on, plan)
            report.show(result)
            _show_log(on.log)
            return int(not result.proof.holds or (wished.check and bool(report.breaks(result))))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def scaled(plan: Plan, level: float) -> Plan:
    """The plan with all rates and streams times ``level``."""
    return replace(
        plan,
        fixes=plan.fixes * level,
        reports=plan.reports * level,
        consoles=round(plan.consoles * level),
        phones=min(plan.units, round(plan.phones * level)),
    )


def find(on: run.Service, plan: Plan) -> int:
    """Raise each kind alone, then all together, and say at which level a bound broke."""
    short = replace(plan, seconds=STEP_S, warm_s=STEP_WARM_S)
    nothing = replace(short, fixes=0.0, reports=0.0, consoles=0, phones=0, pictures=0.0)
    probe = {"fixes": 20.0, "reports": 1.0}  # so that there is something to wait for
    alone = {
        "fixes": lambda x: replace(nothing, **probe | {"fixes": plan.fixes * x}),
        "reports": lambda x: replace(nothing, **probe | {"reports": plan.reports * x}),
        "consoles, at a quarter of the fixes": lambda x: replace(
            nothing, reports=1.0, fixes=plan.fixes / 4, consoles=round(plan.consoles * x)
        ),
        "phones, at a quarter of the fixes": lambda x: replace(
            nothing, reports=1.0, fixes=plan.fixes / 4, phones=min(plan.units, round(plan.phones * x))
        ),
        "all": lambda x: scaled(short, x),
    }
    for name, at in alone.items():
        held = 0.0
        for level in LEVELS:
            result = run.once(on, at(level))
            broken = report.breaks(result)
            print(f"{name} × {level}: {'; '.join(broken) or 'held'}", flush=True)
            if broken:
                break
            held = level
        print(f"→ {name}: held at × {held}", flush=True)
    return 0


def _show_log(log: Path) -> None:
    lines = log.read_text(errors="replace").splitlines()
    faults = [line for line in lines if "ERROR" in line or "Error" in line]
    print(f"the service's log: {len(lines)} lines, {len(faults)} of errors", *faults[:5], sep="\n  ")


if __name__ == "__main__":
    sys.exit(main())
