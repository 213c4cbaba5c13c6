"""Files that are there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dispatch.errors import Unavailable


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path to write to beside ``path``: it takes its place when the block ends well, and is gone otherwise.

    Raises
    ------
    Unavailable
        When the block, or the change of names, raises an `OSError`.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise Unavailable(
            f"无法写入 {path}。(Cannot write it, {error.strerror or error}: choose another place for --out.)"
        ) from None
    finally:
        with suppress(OSError):
            part.unlink()


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file at once; raises `Unavailable`."""
    with whole_file(path) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
