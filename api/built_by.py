"""What the built-in network is made from."""

import hashlib
from functools import lru_cache
from pathlib import Path

import geo_data

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
    folder = Path(geo_data.__file__).parent
    for source in [*sorted((folder / "builtin").glob("*.*")), *(folder / f"{name}.py" for name in BUILT_BY)]:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]
