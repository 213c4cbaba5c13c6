"""Packed files from outside, unpacked within bounds: a small file that unpacks without end would take all memory."""

import gzip
from io import BufferedReader, RawIOBase
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from dispatch.errors import InvalidInput

MOST_TIMES = 100  # tables pack to a tenth or so, maps to a fifth; a bomb to a thousandth
AT_LEAST = 16 << 20  # bytes that are harmless whatever they came from


def open_gzip(path: Path) -> BufferedReader:
    """Open a gzipped file for reading; reading raises `InvalidInput` once it yields beyond all reason."""
    return BufferedReader(_Bounded(gzip.open(path), path, _bound(path)))


def check_zip(path: Path) -> None:
    """Look at what a zipped file (an Excel workbook is one) says of its parts; raises `InvalidInput` where it is too much."""
    try:
        with ZipFile(path) as packed:
            whole = sum(part.file_size for part in packed.infolist())
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return  # whoever reads it will say what is wrong with it
    if whole > _bound(path):
        raise _too_much(path)


def _bound(path: Path) -> int:
    return max(AT_LEAST, MOST_TIMES * path.stat().st_size)


def _too_much(path: Path) -> InvalidInput:
    return InvalidInput(
        f"{path} 解压后超过自身的 {MOST_TIMES} 倍,已拒绝 (it unpacks to more than {MOST_TIMES} times its size: pack it anew)."
    )


class _Bounded(RawIOBase):
    def __init__(self, packed: gzip.GzipFile, path: Path, most: int) -> None:
        self._packed, self._path, self._left = packed, path, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._packed.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise _too_much(self._path)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._packed.close()
        super().close()
