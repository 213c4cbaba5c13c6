"""The JSON forms of what is brought back from a scene."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from api.forms.request_body import Body, Moment
from api.forms.schemas import Datum, Latitude, Longitude, PointIn
from dispatch.evidence import PhotoKind, PhotoSource
from dispatch.scene_report import LONGEST_WORDS, MOST_PHOTOS, DamagedPart, Responsibility, SceneDecision

Words = Annotated[str, Field(max_length=LONGEST_WORDS)]
Yuan = Annotated[Decimal, Field(ge=0, le=10**10, decimal_places=2)]  # bounded, or reckoning in fen takes for ever


class PhotoIn(Body):
    """What is said of a photograph, in the query; the body is the photograph itself.

    ``source`` is for a dispatcher to say whose it is; what a surveyor sends is the surveyor's.
    """

    kind: PhotoKind = PhotoKind.OTHER
    source: PhotoSource = PhotoSource.SURVEYOR
    captured_at: Moment | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None
    crs: Datum = "wgs84"
    accuracy_m: Annotated[float, Field(gt=0, le=100_000)] | None = None

    @model_validator(mode="after")
    def _whole_point(self) -> "PhotoIn":
        if (self.lon is None) != (self.lat is None):
            raise ValueError("经纬度须同时给出。(Give lon and lat, or neither.)")
        return self


class BroughtBackOut(BaseModel):
    """When and where something was captured, and when it was received.

    ``from_scene_m`` is how far from the incident's place the phone was, null where either is unknown; ``sent_later`` (补传)
    says that it was received well after it was captured, ``clock_doubt`` that the phone dates it after it was received.
    """

    captured_at: datetime
    received_at: datetime
    received_by: str
    sent_later: bool
    clock_doubt: bool
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    from_scene_m: float | None


class PhotoOut(BroughtBackOut):
    """A photograph of an incident; bytes and thumbnail at ``url`` and ``thumbnail_url``, ``sha256`` is of the bytes."""

    sha256: str
    url: str
    thumbnail_url: str
    media_type: str
    size_bytes: int
    width_px: int
    height_px: int
    kind: PhotoKind
    kind_label: str
    source: PhotoSource
    source_label: str


class SceneReportIn(Body):
    """The survey form as filled in on the scene; ``loss_yuan`` to the fen, null where it was not estimated.

    ``photos`` are the sha256 of the photographs that belong to it, sent before or after.
    """

    answered_by: Words = ""
    loss_yuan: Yuan | None = None
    parts: Annotated[tuple[DamagedPart, ...], Field(max_length=len(DamagedPart))] = ()
    damage: Words = ""
    injured: int = 0
    injuries: Words = ""
    vehicles: int | None = None
    responsibility: Responsibility = Responsibility.OPEN
    decision: SceneDecision
    notes: Words = ""
    photos: Annotated[tuple[str, ...], Field(max_length=MOST_PHOTOS)] = ()
    captured_at: Moment | None = None
    point: PointIn | None = None


class SceneReportOut(BroughtBackOut):
    """A survey form, captured when it was signed off, and its hash.

    ``sha256`` is that of ``canonical`` in UTF-8. ``corrects`` is the hash of the form this one stands in for, empty for the
    first. ``photos_missing`` have not arrived yet.
    """

    sha256: str
    canonical: str
    corrects: str
    answered_by: str
    loss_yuan: str | None
    parts: list[DamagedPart]
    part_labels: list[str]
    damage: str
    injured: int
    injuries: str
    vehicles: int | None
    responsibility: Responsibility
    responsibility_label: str
    decision: SceneDecision
    decision_label: str
    notes: str
    photos: list[str]
    photos_missing: list[str]
