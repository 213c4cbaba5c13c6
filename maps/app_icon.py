"""The app's icon as PNG: the pin of ``web/img/icon.svg``, drawn anew at the size a phone asks for."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

GROUND, PIN = "#0d1217", "#62b0f5"  # as in the SVG
UNITS = 32  # its view box
FINER = 4  # drawn so many times larger, then made smaller: smooth edges
SAFE = 0.62  # a mask may cut off all but the middle; the pin keeps inside


@lru_cache(maxsize=8)
def app_icon(size_px: int, *, maskable: bool = False) -> bytes:
    """Draw the icon.

    Parameters
    ----------
    size_px : int
        Width and height.
    maskable : bool
        Whether the ground fills the square and the pin keeps to the middle, for phones that cut their own shape.

    Returns
    -------
    bytes
        A PNG.
    """
    side = size_px * FINER
    picture = Image.new("RGBA", (side, side), GROUND if maskable else (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    if not maskable:
        pen.rounded_rectangle((0, 0, side - 1, side - 1), radius=side * 7 / UNITS, fill=GROUND)
    _pin(pen, side, SAFE if maskable else 1.0)
    out = BytesIO()
    picture.resize((size_px, size_px), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _pin(pen: ImageDraw.ImageDraw, side: float, share: float) -> None:
    def at(x: float, y: float) -> tuple[float, float]:
        middle = UNITS / 2
        return tuple(((v - middle) * share + middle) * side / UNITS for v in (x, y))  # type: ignore[return-value]

    def disc(radius: float, colour: str) -> None:
        pen.ellipse((*at(16 - radius, 13 - radius), *at(16 + radius, 13 + radius)), fill=colour)

    pen.polygon([*(at(16 + x, y) for x, y in _flank(-1)), *(at(16 + x, y) for x, y in reversed(_flank(1)))], fill=PIN)
    disc(8.0, PIN)
    disc(3.2, GROUND)


def _flank(side: int) -> list[tuple[float, float]]:
    """One edge of the pin from its widest to its tip: the cubic of the SVG, (8, 0) (8, 6) (0, 14) (0, 14) from (16, 13)."""
    steps = [i / 24 for i in range(25)]
    return [
        (
            side * (8 * (1 - u) ** 3 + 24 * u * (1 - u) ** 2),
            13 + 18 * u * (1 - u) ** 2 + 42 * u**2 * (1 - u) + 14 * u**3,
        )
        for u in steps
    ]
