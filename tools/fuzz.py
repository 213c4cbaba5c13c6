"""Feed every reader of outside bytes with mutations, led by the code they reach (atheris).

``python -m tools.fuzz`` runs all for a minute each; ``python -m tools.fuzz osm xlsx --seconds 600`` some for longer.
Install it with ``pip install -e .[fuzz]``. Each reader runs in a process of its own with a bound on its memory; one that
crashes, hangs, outgrows its bound or raises anything but the house's own errors is a finding, and its input is kept.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.fuzz_targets import TARGETS, run

MEMORY_MB = 3000
HANGS_S = 20
ROOT = Path(__file__).parents[1]


def main() -> int:
    """Run the command."""
    given = _arguments()
    if given.one:
        _fuzz(given.one, given.seconds, given.folder)
        return 0
    found = {}
    for name in given.targets or TARGETS:
        print(f"{name}: {given.seconds} s …", flush=True)
        found[name] = _apart(name, given.seconds, given.folder)
        print(f"{name}: {found[name] or 'nothing found'}", flush=True)
    return int(any(found.values()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="target", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="for each (60)")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir(), "gzdispatch-findings"))
    parser.add_argument("--one", choices=TARGETS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if unknown := [name for name in given.targets if name not in TARGETS]:
        parser.error(f"no target {unknown[0]}; there are {', '.join(TARGETS)}")
    return given


def _apart(name: str, seconds: int, folder: Path) -> str:
    command = [sys.executable, "-m", "tools.fuzz", "--one", name, "--seconds", str(seconds), "--folder", str(folder)]
    limit_s = 3 * seconds + 300
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=limit_s, check=False)  # noqa: S603
    lines = done.stderr.splitlines()
    runs = next((line for line in reversed(lines) if line.startswith("Done ")), "")
    print(f"  {runs}")
    return "" if done.returncode == 0 else "\n".join(lines[-25:])


def _compiled() -> list[str]:
    """Modules with machine code made by numba, which cannot be watched."""
    sources = [path.relative_to(ROOT) for path in (ROOT / "geo_data").rglob("*.py") if "numba" in path.read_text()]
    return [".".join(path.with_suffix("").parts) for path in sources]


def _fuzz(name: str, seconds: int, folder: Path) -> None:
    import atheris  # noqa: PLC0415  (only for this command)

    seeds = TARGETS[name][1]()
    with atheris.instrument_imports(include=["dispatch", "geo_data", "api"], exclude=_compiled()):
        for seed in (b"", *seeds):  # all that is imported late, and slowly, is there before the first input is timed
            run(name, seed)
    corpus = folder / name / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={HANGS_S}",
        f"-artifact_prefix={folder / name}/",
        "-max_len=20000",
    ]
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_MB << 20, MEMORY_MB << 20))
    atheris.Setup([sys.argv[0], *options, f"-rss_limit_mb={MEMORY_MB}", str(corpus)], lambda data: run(name, data))
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
