"""What is in the bytes of a photograph."""

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import LEFT, bomb, picture
from PIL import Image

from dispatch.errors import InvalidInput
from geo_data.photo_image import Picture, examine


def look(content: bytes, declared: str = "") -> Picture:
    return examine(content, declared, max_megapixels=50, thumbnail_px=480)


@pytest.mark.parametrize(("form", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_the_three_forms_are_known_by_what_is_in_them(form: str, media_type: str) -> None:
    found = look(picture(form), media_type)
    assert (found.media_type, found.width_px, found.height_px) == (media_type, 1200, 800)
    with Image.open(BytesIO(found.thumbnail)) as small:
        assert (small.format, small.size) == ("JPEG", (480, 320))


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_thumbnail_stands_upright_and_carries_no_exif(orientation: int) -> None:
    found = look(picture(orientation=orientation))
    upright = (800, 1200) if orientation in (6, 8) else (1200, 800)
    with Image.open(BytesIO(found.thumbnail)) as small:
        assert (found.width_px, found.height_px) == upright
        assert (small.width > small.height) == (upright[0] > upright[1])
        assert len(small.getexif()) == 0
        where = {1: (5, 160), 3: (475, 160), 6: (160, 5), 8: (160, 475)}[orientation]  # the red half, turned with it
        assert all(abs(a - b) < 30 for a, b in zip(small.getpixel(where), LEFT, strict=True))  # type: ignore[arg-type]


def test_a_small_or_see_through_picture_is_made_no_larger_and_laid_on_white() -> None:
    written = BytesIO()
    Image.new("RGBA", (40, 20), (0, 0, 0, 0)).save(written, "PNG")
    with Image.open(BytesIO(look(written.getvalue()).thumbnail)) as small:
        assert (small.size, small.getpixel((5, 5))) == ((40, 20), (255, 255, 255))


@pytest.mark.parametrize("side", [8_000, 12_000, 21_000])
def test_a_bomb_is_refused_by_its_header(side: int) -> None:
    with pytest.raises(InvalidInput, match="尺寸过大"):
        look(bomb(side))


def test_a_line_longer_than_any_photograph_is_refused() -> None:
    written = BytesIO()
    Image.new("1", (20_001, 1)).save(written, "PNG")
    with pytest.raises(InvalidInput, match="尺寸过大"):
        look(written.getvalue())


def test_a_jpeg_of_very_many_scans_is_refused_before_they_are_worked_through() -> None:
    written = BytesIO()
    Image.new("RGB", (64, 64)).save(written, "JPEG", progressive=True)
    ordinary = written.getvalue()
    assert look(ordinary).width_px == 64
    start = ordinary.rindex(b"\xff\xda")
    last_scan = ordinary[start:-2]
    with pytest.raises(InvalidInput, match="扫描"):
        look(ordinary[:-2] + 200 * last_scan + ordinary[-2:])


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_photograph_is_refused(form: str) -> None:
    whole = picture(form, seed=7)
    with pytest.raises(InvalidInput, match="完整"):
        look(whole[: len(whole) // 2])


def test_other_forms_and_a_name_that_lies_are_refused() -> None:
    written = BytesIO()
    Image.new("RGB", (10, 10)).save(written, "GIF")
    for content in (written.getvalue(), b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"x"):
        with pytest.raises(InvalidInput, match="无法识别"):
            look(content)
    with pytest.raises(InvalidInput, match="不符"):
        look(picture("PNG"), "image/jpeg")
    assert look(picture(), "image/jpg; charset=binary").media_type == "image/jpeg"


WHOLE = picture(size=(64, 48))


@given(places=st.lists(st.integers(2, len(WHOLE) - 1), max_size=30), values=st.binary(min_size=30, max_size=30))
def test_whatever_the_bytes_it_is_a_picture_or_a_clear_refusal(places: list[int], values: bytes) -> None:
    broken = bytearray(WHOLE)
    for place, value in zip(places, values, strict=False):
        broken[place] = value
    with suppress(InvalidInput):
        assert look(bytes(broken)).thumbnail
