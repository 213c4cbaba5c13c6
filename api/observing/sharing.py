"""Numbers of several processes as one: each forked process writes its own in a file of one folder, and any can add them up.

That is the multiprocess mode of prometheus-client. It chooses when it is first imported, so `share` comes before that.
"""

import os
import shutil
import sys
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def share(folder: Path) -> None:
    """Let this process and all forked from it count together in ``folder``, from nothing.

    Raises
    ------
    RuntimeError
        When counting has begun already, each process for itself.
    """
    if "prometheus_client" in sys.modules:
        raise RuntimeError("share() comes too late: prometheus_client is imported already.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[VARIABLE] = str(folder)


def shared_folder() -> Path | None:
    """Where the processes of this service count together; None where this one counts for itself."""
    return Path(os.environ[VARIABLE]) if VARIABLE in os.environ else None


def dead_processes(folder: Path) -> set[int]:
    """Processes that counted in ``folder`` and are no more: what they last said of themselves no longer holds."""
    pids = {int(file.stem.rpartition("_")[2]) for file in folder.glob("gauge_live*.db")}
    return {pid for pid in pids if not Path(f"/proc/{pid}").exists()} if Path("/proc/self").exists() else set()
