"""Files that are there whole or not at all."""

from pathlib import Path

from dispatch.errors import Unavailable


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is there whole or not at all; raises `Unavailable`."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Unavailable(f"Cannot write {path} ({error.strerror}): choose another place for --out.") from None
