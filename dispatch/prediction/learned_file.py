"""A learned model as a plain document that a person can read, and back; its fingerprint is its name."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from hashlib import sha256
from math import isfinite
from typing import Any

from dispatch.errors import InvalidInput
from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.learned import BANDS, KINDS, LENGTHS_MIN, About, Cell, Learned
from dispatch.prediction.moments import Moment
from dispatch.prediction.shape import Shape
from dispatch.prediction.today import Varying

FORM = 3
NUMBERS = ("wet_factor", "pace_power", "rest_power")
NAME_LENGTH = 12


def named(model: Learned) -> Learned:
    """The model with its fingerprint as its name: the same numbers always have the same."""
    text = json.dumps(_content(model), ensure_ascii=False, sort_keys=True)
    return replace(model, name=sha256(text.encode()).hexdigest()[:NAME_LENGTH])


def as_document(model: Learned) -> dict[str, Any]:
    """Plain values: counts, period, source and whether simulated come first."""
    return {"form": FORM, "fingerprint": named(model).name, **_content(model)}


def from_document(document: Any, prior: ArrivalModel) -> Learned:
    """Read a document back; what it does not hold comes from ``prior``.

    Raises
    ------
    InvalidInput
        For another form, anything missing or impossible, or a fingerprint that does not fit what it names.
    """
    try:
        found = _read(document, prior)
    except InvalidInput:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise InvalidInput(f"Not a learned model ({error}): write it anew with gzdispatch learn.") from None
    if found.name != document.get("fingerprint"):
        raise InvalidInput("The learned model was changed by hand: its fingerprint does not fit. Write it anew.")
    return found


def _content(model: Learned) -> dict[str, Any]:
    return {
        "about": asdict(model.about),
        "lengths_min": list(LENGTHS_MIN),
        "bands": {name: [hours.start, hours.stop] for name, hours in BANDS.items()},
        **{name: getattr(model, name) for name in NUMBERS},
        "search_most_m": float(model.prior.search_most_m),  # a policy may say 50000
        "rest_spread": list(model.rest_spread),
        "varying": asdict(model.varying),
        "cells": {name: _lists(asdict(cell)) for name, cell in model.cells.items()},
        "shapes": {moment.value: _lists(asdict(shape)) for moment, shape in model.shapes.items()},
        "nearly_there": _lists(asdict(model.nearly_there)),
    }


def _lists(table: dict[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in table.items()}


def _read(document: Any, prior: ArrivalModel) -> Learned:
    if not isinstance(document, Mapping) or document["form"] != FORM:
        raise InvalidInput(f"This is not a learned model of form {FORM}: write it anew with gzdispatch learn.")
    if document["lengths_min"] != list(LENGTHS_MIN):
        raise InvalidInput(
            "The learned model has other lengths than this version: write it anew with gzdispatch learn."
        )
    cells = {f"{kind}-{band}": _cell(document["cells"][f"{kind}-{band}"]) for kind in KINDS for band in BANDS}
    shapes = {Moment(name): _shape(table) for name, table in document["shapes"].items()}
    about = About(**{f.name: document["about"][f.name] for f in fields(About)})
    wet_factor, pace_power, rest_power = (_number(document[name]) for name in NUMBERS)
    prior = replace(prior, search_most_m=_above_0(document["search_most_m"]))
    rest_spread = tuple(map(_above_0, document["rest_spread"]))
    if len(rest_spread) != len(LENGTHS_MIN):
        raise ValueError("rest_spread has too few numbers")
    varying = Varying(**{f.name: _not_below_0(document["varying"][f.name]) for f in fields(Varying)})
    nearly_there = _shape(document["nearly_there"])
    found = Learned(about, cells, wet_factor, pace_power, rest_power, rest_spread, shapes, nearly_there, varying, prior)
    return named(found)


def _cell(table: Mapping[str, Any]) -> Cell:
    cell = Cell(
        trips=int(table["trips"]),
        factors=tuple(map(_above_0, table["factors"])),
        log_sds=tuple(map(_above_0, table["log_sds"])),
        turnout_median_s=_above_0(table["turnout_median_s"]),
        turnout_log_sd=_above_0(table["turnout_log_sd"]),
    )
    if len(cell.factors) != len(LENGTHS_MIN) or len(cell.log_sds) != len(LENGTHS_MIN):
        raise ValueError("a cell has too few numbers")
    return cell


def _shape(table: Mapping[str, Any]) -> Shape:
    return Shape(tuple(map(_number, table["forecast"])), tuple(map(_number, table["real"])))


def _number(value: Any) -> float:
    number = float(value)
    if isinstance(value, bool) or not isfinite(number):
        raise ValueError(f"{value!r} is not a number")
    return number


def _not_below_0(value: Any) -> float:
    number = _number(value)
    if number < 0:
        raise ValueError(f"{value!r} is below 0")
    return number


def _above_0(value: Any) -> float:
    number = _number(value)
    if number <= 0:
        raise ValueError(f"{value!r} is not above 0")
    return number
