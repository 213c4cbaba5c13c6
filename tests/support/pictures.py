"""Photographs made for tests."""

import zlib
from io import BytesIO
from struct import pack

from PIL import ExifTags, Image, ImageDraw

LEFT, RIGHT = (200, 30, 30), (30, 30, 200)


def picture(form: str = "JPEG", size: tuple[int, int] = (1200, 800), *, orientation: int = 1, seed: int = 0) -> bytes:
    """A red half and a blue half, with the seed written in it; ``orientation`` as EXIF has it."""
    image = Image.new("RGB", size, LEFT)
    draw = ImageDraw.Draw(image)
    draw.rectangle((size[0] // 2, 0, size[0], size[1]), fill=RIGHT)
    draw.text((10, 10), f"test picture {seed}", fill="white")
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "a phone"
    written = BytesIO()
    image.save(written, form, exif=exif)
    return written.getvalue()


def bomb(side: int) -> bytes:
    """A small PNG that unpacks to ``side`` × ``side`` pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    row = b"\0" * (side // 8 + 1 + 1)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
