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
from tools.faults import campaign, clocks, plan
from tools.faults.figures import leaps, table

CAMPAIGNS = ("clocks", "private", "wire")


def main() -> int:
    """Run the campaigns and print the table; 1 when anything was lost."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--cycles", type=int, default=200, help="kill -9 of worker and database, all together")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--minutes", type=float, default=60.0, help="of each campaign: no fault is begun later")
    asked.add_argument("--only", choices=CAMPAIGNS, help="one of the campaigns")
    asked.add_argument("--histories", type=int, default=45, help="accidents on leaping clocks")
    given = asked.parse_args()
    outcomes, is_clean = [], True
    for name in [given.only] if given.only else CAMPAIGNS:
        random, folder = Random(f"{given.seed} {name}"), _folder(name)  # noqa: S311
        print(f"{name}: {folder}", flush=True)
        if name == "clocks":
            turned = clocks.run_alone(folder, given.histories, random)
            told, is_clean = leaps(turned)
            print(told)
            continue
        faults, say = plan.faults(name, given.cycles), _saying(time.monotonic())
        wired = name == "wire"
        outcomes.append(campaign.run(folder, faults, random, say, over_a_wire=wired, minutes=given.minutes))
    if outcomes:
        told, is_whole = table(outcomes)
        is_clean = is_clean and is_whole
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
