"""An OpenStreetMap file that cannot be read is told of in plain words."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import osmium

from dispatch.errors import InvalidInput, Unavailable

_BROKEN = (RuntimeError, ValueError, OSError, osmium.InvalidLocationError)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Read the file in the block.

    Raises
    ------
    Unavailable
        When there is no such file.
    InvalidInput
        When it is broken, cut short or empty.
    """
    if not path.is_file():
        raise Unavailable(f"No file at {path}: give the path of an OpenStreetMap extract.")
    if path.stat().st_size == 0:
        raise InvalidInput(f"{path} is empty: download the extract again.")
    try:
        yield
    except _BROKEN as error:
        detail = " ".join(str(error).split())
        raise InvalidInput(f"{path} is not a whole OpenStreetMap file ({detail}): download it again.") from None
