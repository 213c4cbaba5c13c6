"""Photographs are taken on the scene, and the survey form is filled in."""

from dataclasses import dataclass

from dispatch.events.base import Event
from dispatch.evidence import Photo
from dispatch.scene_report import SceneReport


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoTaken(Event):
    """A photograph arrived; ``at`` is when it was received, ``photo.captured_at`` when it was taken."""

    photo: Photo


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneSurveyed(Event):
    """A survey form arrived; ``at`` is when it was received, ``report.captured_at`` when it was signed off.

    ``sha256`` is the hash over its canonical text. A correction is a form of its own; ``corrects`` is the hash of the one
    it stands in for, which stays: empty for the first.
    """

    report: SceneReport
    sha256: str
    corrects: str = ""
