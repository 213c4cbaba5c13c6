"""What the built-in network is made from."""

import hashlib
from functools import lru_cache
from pathlib import Path

from geo_data import builtin, roads

BUILT_BY = (
    "compile",
    "compiled",
    "derived",
    "free_flow",
    "hierarchy/cuts",
    "hierarchy/elimination",
    "hierarchy/order",
    "hierarchy/small_parts",
    "network",
    "network_file",
    "plane",
    "road_edges",
    "turn_costs",
    "turns",
    "twins",
)  # what a change of recompiles, besides builtin/


@lru_cache(maxsize=1)
def mark_of_sources() -> str:
    """A mark that changes with the sources the built-in network is made from."""
    digest = hashlib.sha256()
    drawn = sorted(Path(builtin.__file__).parent.glob("*.*"))
    for source in [*drawn, *(Path(roads.__file__).parent / f"{name}.py" for name in BUILT_BY)]:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]
