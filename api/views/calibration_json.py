"""Calibration as JSON with stable keys; docs/prediction.md lists them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from dispatch.prediction.calibration import ENOUGH, Calibration, at, by_band, by_zone, calibrate, calibrate_by
from dispatch.prediction.learned import Learned
from dispatch.prediction.moments import Moment
from dispatch.prediction.predictor import Predictor
from dispatch.prediction.trips import Statement


def as_document(statements: Sequence[Statement], predictor: Predictor | None) -> dict[str, Any]:
    """All statements of a period, by moment; within each by zone and band of hours."""
    return {
        "enough": ENOUGH,
        "model": _model(predictor),
        "models": sorted({s.model for s in statements if s.model}),
        "moments": {moment.value: _moment(at(statements, moment)) for moment in Moment},
    }


def _moment(statements: Sequence[Statement]) -> dict[str, Any]:
    return _calibration(calibrate(statements)) | {
        "by_zone": _groups(calibrate_by(statements, by_zone)),
        "by_band": _groups(calibrate_by(statements, by_band)),
    }


def _groups(groups: Mapping[str, Calibration]) -> dict[str, Any]:
    return {name: _calibration(found) for name, found in groups.items()}


def _calibration(found: Calibration) -> dict[str, Any]:
    return {
        "n": found.n,
        "simulated": found.simulated,
        "unstated": found.unstated,
        "enough": found.enough,
        "kept": asdict(found.kept),
        "stated": found.stated,
        "worst_gap": found.worst_gap,
        "brier": asdict(found.score) if found.score else None,
        "crps_s": found.crps_s,
        "covered": {f"{nominal:.0%}": asdict(seen) for nominal, seen in found.covered.items()},
        "tenths": [asdict(tenth) | {"gap": tenth.gap} for tenth in found.tenths],
    }


def _model(predictor: Predictor | None) -> dict[str, Any] | None:
    return asdict(predictor.about) | {"name": predictor.name} if isinstance(predictor, Learned) else None
