"""Faults of each kind in the real service while people work with it: nothing lost, nothing twice, everybody agrees.

The long form is ``python -m tools.faults`` (docs/faults.md).
"""

import gc
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from api import wiring
from api.settings import PROJECT
from tools.faults import campaign, crowd, people, site
from tools.faults.figures import table
from tools.faults.kinds import cuts, kills, writers

FAULTS = [
    kills.WEB,
    kills.BACKGROUND,
    kills.POSTMASTER,
    kills.BACKEND,
    cuts.Terminate(),
    cuts.HTTP_ALL,
    cuts.HTTP_QUESTION,
    cuts.HTTP_ANSWER,
    writers.Writers(),
]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the database's account may enter, with the network that other tests have compiled."""
    with tempfile.TemporaryDirectory(prefix="gzdispatch-faults-") as made:
        Path(made).chmod(0o755)
        state = Path(made, "state")
        state.mkdir()
        compiled = PROJECT / ".state" / "test" / wiring.builtin_file().name
        if compiled.exists():
            (state / compiled.name).symlink_to(compiled)
        yield Path(made)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")  # cut lines
def test_some_faults_of_each_kind_are_survived_with_nothing_lost(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, limit in ((site, "BACK_LIMIT_S"), (crowd, "QUIET_LIMIT_S"), (people, "END_LIMIT_S")):
        monkeypatch.setattr(module, limit, 600.0)  # how soon is not asked here: the machine may be busy
    said: list[str] = []
    outcome = campaign.run(folder, FAULTS, Random(1), said.append, over_a_wire=False, minutes=15)
    told, is_clean = table([outcome])
    assert is_clean, f"{told}\n{said}\n{_worst(folder / 'service.log')}"
    assert outcome.verdict.looked_at["reports"] > 0
    assert outcome.verdict.looked_at["fixes"] > 0
    gc.collect()  # sockets whose line was cut are let go of here, not in another test


def _worst(log: Path) -> str:
    """What the log holds from its first trace on, else its end."""
    lines = log.read_text().splitlines()
    first = next((n for n, line in enumerate(lines) if "Traceback" in line), len(lines) - 25)
    return "\n".join(line[:600] for line in lines[max(first - 5, 0) : first + 60])
