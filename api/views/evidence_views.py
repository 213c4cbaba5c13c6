"""From what was brought back from a scene to what travels over HTTP."""

from typing import Any

from api.forms import evidence_schemas as out
from dispatch.capture import LATER_S
from dispatch.events import PhotoTaken, SceneSurveyed
from dispatch.evidence import Photo
from dispatch.incident import Incident
from dispatch.location import distance_m
from dispatch.scene_report import SceneReport, canonical


def photo(i: Incident, taken: PhotoTaken) -> out.PhotoOut:
    """Show a photograph."""
    p = taken.photo
    url = f"/v1/incidents/{i.id}/photos/{p.sha256}"
    return out.PhotoOut(
        sha256=p.sha256,
        url=url,
        thumbnail_url=f"{url}/thumbnail",
        media_type=p.media_type,
        size_bytes=p.size_bytes,
        width_px=p.width_px,
        height_px=p.height_px,
        kind=p.kind,
        kind_label=p.kind.label,
        source=p.source,
        source_label=p.source.label,
        **_brought_back(i, taken, p),
    )


def photos(i: Incident) -> list[out.PhotoOut]:
    """Show the photographs of an incident, as they were taken."""
    return [photo(i, e) for e in sorted(i.photos.values(), key=lambda e: (e.photo.captured_at, e.at))]


def scene_report(i: Incident, form: SceneSurveyed) -> out.SceneReportOut:
    """Show a survey form."""
    r = form.report
    return out.SceneReportOut(
        sha256=form.sha256,
        canonical=canonical(i.id, form.by, r),
        corrects=form.corrects,
        **_brought_back(i, form, r),
        answered_by=r.answered_by,
        loss_yuan=None if r.loss_fen is None else f"{r.loss_fen // 100}.{r.loss_fen % 100:02d}",
        parts=list(r.parts),
        part_labels=[p.label for p in r.parts],
        damage=r.damage,
        injured=r.injured,
        injuries=r.injuries,
        vehicles=r.vehicles,
        responsibility=r.responsibility,
        responsibility_label=r.responsibility.label,
        decision=r.decision,
        decision_label=r.decision.label,
        notes=r.notes,
        photos=list(r.photos),
        photos_missing=[mark for mark in r.photos if mark not in i.photos],
    )


def scene_reports(i: Incident) -> list[out.SceneReportOut]:
    """Show the survey forms of an incident, the first first: each corrects the one before."""
    return [scene_report(i, form) for form in i.surveys.values()]


def _brought_back(i: Incident, arrived: PhotoTaken | SceneSurveyed, told: Photo | SceneReport) -> dict[str, Any]:
    delay_s = (arrived.at - told.captured_at).total_seconds()
    at, scene = told.position, i.location
    return {
        "captured_at": told.captured_at,
        "received_at": arrived.at,
        "received_by": arrived.by,
        "sent_later": delay_s > LATER_S,
        "clock_doubt": delay_s < -LATER_S,
        "lon": at.lon if at else None,
        "lat": at.lat if at else None,
        "accuracy_m": told.accuracy_m,
        "from_scene_m": distance_m(at, scene.position) if at and scene else None,
    }
