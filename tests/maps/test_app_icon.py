"""The app's icon at the sizes that phones ask for."""

from io import BytesIO

import pytest
from PIL import Image

from maps.app_icon import app_icon


def drawn(size: int, *, maskable: bool = False) -> Image.Image:
    return Image.open(BytesIO(app_icon(size, maskable=maskable)))


@pytest.mark.parametrize("size", [180, 192, 512])
def test_an_icon_has_the_size_asked_for_and_round_corners(size: int) -> None:
    icon = drawn(size)
    assert (icon.format, icon.size) == ("PNG", (size, size))
    assert icon.getpixel((0, 0))[3] == 0


def test_a_maskable_icon_fills_the_square_and_keeps_the_pin_in_the_middle() -> None:
    icon, ground = drawn(512, maskable=True).convert("RGB"), (0x0D, 0x12, 0x17)
    assert icon.getpixel((0, 0)) == ground
    pin = [(x, y) for x in range(0, 512, 4) for y in range(0, 512, 4) if icon.getpixel((x, y)) != ground]
    assert pin
    assert all((x - 256) ** 2 + (y - 256) ** 2 < (0.4 * 512) ** 2 for x, y in pin)  # the safe zone of a mask
