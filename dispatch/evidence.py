"""What is brought back from a scene: photographs, and the words for them."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.location import Position
from dispatch.vocabulary import Labelled


class PhotoKind(Labelled):
    """What a photograph shows."""

    SCENE = "scene", "现场全景"
    DAMAGE = "damage", "车损"
    PLATE = "plate", "车牌"
    DOCUMENT = "document", "证件"
    INJURY = "injury", "人伤"
    OTHER = "other", "其他"


class PhotoSource(Labelled):
    """Who took a photograph."""

    SURVEYOR = "surveyor", "查勘员"
    CALLER = "caller", "报案人"


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """What is known of a photograph; its bytes lie in the photo store.

    Parameters
    ----------
    sha256 : str
        Of the bytes as they were received, 64 hexadecimal digits; with the incident it names the photograph.
    media_type : str
        ``image/jpeg``, ``image/png`` or ``image/webp``, found by decoding.
    size_bytes, width_px, height_px : int
        Width and height as it is looked at, the right way up.
    kind : PhotoKind
    source : PhotoSource
    captured_at : datetime
        When it was taken (aware), as the phone says.
    position : Position or None
        Where the phone was; None where it did not know.
    accuracy_m : float or None
        Of the position, metres.
    """

    sha256: str
    media_type: str
    size_bytes: int
    width_px: int
    height_px: int
    kind: PhotoKind
    source: PhotoSource
    captured_at: datetime
    position: Position | None = None
    accuracy_m: float | None = None
