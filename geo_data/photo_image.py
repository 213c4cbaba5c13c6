"""Looking into the bytes of a photograph: is it one, how large, and what does it look like when small."""

from dataclasses import dataclass
from io import BytesIO
from threading import Lock

from PIL import ExifTags, Image, ImageFile, ImageOps

from dispatch.errors import InvalidInput

MEDIA_TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
ALIASES = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg"}
UNNAMED = ("", "application/octet-stream")  # the sender does not say what it is
LONGEST_SIDE_PX = 20_000
MOST_SCANS = 100  # a photograph has some ten; each one of thousands would be worked through over the whole picture
SIDEWAYS = 5  # EXIF orientations from here on lie on their side
QUALITY = 80

_one_at_a_time = Lock()  # unpacked pictures are large: however many arrive at once, a process holds one


@dataclass(frozen=True, slots=True)
class Picture:
    """What was found in the bytes; width and height as it is looked at, ``thumbnail`` a JPEG without EXIF."""

    media_type: str
    width_px: int
    height_px: int
    thumbnail: bytes


def examine(content: bytes, declared: str = "", *, max_megapixels: float, thumbnail_px: int) -> Picture:
    """Decode a photograph.

    Parameters
    ----------
    content : bytes
    declared : str
        Media type the sender gave; empty where none.
    max_megapixels : float
        Refused by its header when it would unpack to more than this.
    thumbnail_px : int
        Longer side of the thumbnail.

    Raises
    ------
    InvalidInput
        When it is no whole JPEG, PNG or WebP, is too large, or is not what the sender calls it.
    """
    with _one_at_a_time:
        ImageFile.LOAD_TRUNCATED_IMAGES = (
            False  # WeasyPrint, where a process has loaded it, lets half pictures pass for all
        )
        try:
            with Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as image:
                _require_size(image, max_megapixels)
                _require_few_scans(image, content)
                media_type = _media_type(image, declared)
                width_px, height_px = _upright_size(image)
                return Picture(media_type, width_px, height_px, _thumbnail(image, thumbnail_px))
        except InvalidInput:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _too_large(max_megapixels) from None
        except Exception:  # decoders fail on broken bytes in more ways than they document
            raise InvalidInput(
                "无法识别的照片:请用 JPEG、PNG 或 WebP,并确认文件完整。(Not a whole JPEG, PNG or WebP: take it again.)"
            ) from None


def _require_size(image: Image.Image, max_megapixels: float) -> None:
    if image.width * image.height > max_megapixels * 1e6 or max(image.size) > LONGEST_SIDE_PX:
        raise _too_large(max_megapixels)


def _require_few_scans(image: Image.Image, content: bytes) -> None:
    if image.format in ("JPEG", "MPO") and content.count(b"\xff\xda") > MOST_SCANS:  # start-of-scan markers
        raise InvalidInput("这张 JPEG 扫描次数异常:请重拍。(No camera writes so many scans: take it again.)")


def _too_large(max_megapixels: float) -> InvalidInput:
    return InvalidInput(f"照片尺寸过大(最多 {max_megapixels:g} 百万像素):请缩小。(Too many pixels: send it smaller.)")


def _media_type(image: Image.Image, declared: str) -> str:
    found = MEDIA_TYPES[image.format or ""]
    said = declared.partition(";")[0].strip().lower()
    if said not in UNNAMED and ALIASES.get(said, said) != found:
        raise InvalidInput(
            f"文件类型与内容不符:内容是 {found}。(It calls itself {said} and is {found}: send it as that.)"
        )
    return found


def _upright_size(image: Image.Image) -> tuple[int, int]:
    sideways = image.getexif().get(ExifTags.Base.Orientation, 1) >= SIDEWAYS
    return (image.height, image.width) if sideways else (image.width, image.height)


def _thumbnail(image: Image.Image, longest_px: int) -> bytes:
    image.draft("RGB", (2 * longest_px, 2 * longest_px))  # a JPEG is unpacked at a fraction of its size
    image.load()
    small = ImageOps.exif_transpose(image)
    small.thumbnail((longest_px, longest_px))
    flat = Image.new("RGB", small.size, "white")
    flat.paste(small, mask=small.convert("RGBA").getchannel("A") if small.has_transparency_data else None)
    written = BytesIO()
    flat.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()
