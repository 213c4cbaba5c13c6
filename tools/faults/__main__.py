"""Inject faults into the real service while people work with it, and judge afterwards what was lost: nothing may be (模拟).

Run: ``python -m tools.faults [--cycles 200] [--seed 1] [--minutes 40]``; docs/faults.md says what is done and what came out.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from api.settings import settings
from tools.faults import campaign, plan
from tools.faults.figures import table


def main() -> int:
    """Run both campaigns and print the table; 1 when anything was lost."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--cycles", type=int, default=200, help="kill -9 of worker and database, all together")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--minutes", type=float, default=60.0, help="of each campaign: no fault is begun later")
    asked.add_argument("--only", choices=["private", "wire"], help="one of the two campaigns")
    given = asked.parse_args()
    outcomes = []
    for name in [given.only] if given.only else ["private", "wire"]:
        random = Random(f"{given.seed} {name}")  # noqa: S311
        folder = _folder(name)
        print(f"{name}: {folder}", flush=True)
        faults = plan.faults(name, given.cycles)
        say = _saying(time.monotonic())
        outcomes.append(campaign.run(folder, faults, random, say, over_a_wire=name == "wire", minutes=given.minutes))
    told, is_clean = table(outcomes)
    print(told)
    return 0 if is_clean else 1


def _folder(name: str) -> Path:
    """A folder of our own that the database's account may enter, with the compiled network where there is one."""
    folder = Path(tempfile.mkdtemp(prefix=f"gzdispatch-faults-{name}-"))
    folder.chmod(0o755)
    (folder / "state").mkdir()
    for compiled in settings().state.glob("guangzhou-*.net"):
        shutil.copy(compiled, folder / "state")
    return folder


def _saying(began_s: float) -> campaign.Say:
    return lambda told: print(f"{time.monotonic() - began_s:6.0f} s  {told}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
