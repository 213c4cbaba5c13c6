"""What one more set of weights costs in memory."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geo_data.roads.routing import Router


def extra_bytes(router: Router, other: Router) -> int:
    """Bytes of the arrays that ``other`` holds and does not share with ``router``."""
    known = list(_arrays(router, set()))
    return sum(
        array.nbytes for array in _arrays(other, set()) if not any(np.may_share_memory(array, old) for old in known)
    )


def _arrays(thing: object, seen: set[int]) -> Iterator[npt.NDArray[Any]]:
    """Arrays within an object, through its attributes, tuples and mappings; each once."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        if thing.dtype != object:
            yield thing
        return
    for part in _parts(thing):
        yield from _arrays(part, seen)


def _parts(thing: object) -> list[object]:
    if isinstance(thing, (tuple, list)):
        return list(thing) if len(thing) < 1000 else []
    if isinstance(thing, dict):
        return list(thing.values()) if len(thing) < 1000 else []
    if is_dataclass(thing) and not isinstance(thing, type):
        return [getattr(thing, field.name) for field in fields(thing)]
    if type(thing).__module__.split(".")[0] in {"geo_data", "dispatch"}:
        return list(getattr(thing, "__dict__", {}).values())
    return []
