"""The file of a learned arrival model: written whole or not at all, and read; a service without a good one goes by its policy."""

import json
import logging
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from api.settings import settings
from api.whole_file import write_whole
from dispatch.errors import InvalidInput, Unavailable
from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.learned import Learned
from dispatch.prediction.learned_file import as_document, from_document
from dispatch.prediction.predictor import Predictor

log = logging.getLogger(__name__)

KEPT = "arrivals.json"


def write_learned(path: Path, model: Learned) -> None:
    """Write a model; raises `Unavailable` where that cannot be."""
    write_whole(path, json.dumps(as_document(model), ensure_ascii=False, indent=1) + "\n")


def read_learned(path: Path, prior: ArrivalModel) -> Learned:
    """Read a model.

    Raises
    ------
    Unavailable
        When there is no such file.
    InvalidInput
        When it is no learned model.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unavailable(
            f"No learned model at {path} ({error.strerror}): write one with gzdispatch learn, or leave [arrival] learned out."
        ) from None
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path} is not valid JSON ({error}): write it anew with gzdispatch learn.") from None
    return from_document(document, prior)


def kept_file() -> Path:
    """Where ``gzdispatch learn`` writes, and the service reads, where the policy names no file of its own."""
    return settings().state / KEPT


def predictor(prior: ArrivalModel, folder: Path, tell: Callable[[str], object] = log.warning) -> Predictor | None:
    """What the policy names, else what was learned last and kept in the state folder; None where there is none or it is no good.

    A relative name is looked for in ``folder``. What was learned from simulated trips and kept in the state folder counts for
    a demonstration only.
    """
    if prior.learned:
        return _loaded(folder / prior.learned, prior, True, tell)
    return _loaded(kept_file(), prior, settings().simulation, tell) if kept_file().exists() else None


@lru_cache(maxsize=4)
def _loaded(path: Path, prior: ArrivalModel, may_be_simulated: bool, tell: Callable[[str], object]) -> Predictor | None:
    """Read once a process; None, with a line that says so, where it is no good."""
    try:
        model = read_learned(path, prior)
        if model.about.simulated and not may_be_simulated:
            raise InvalidInput("it was learned from simulated trips (模拟): write it anew with gzdispatch learn.")
    except (InvalidInput, Unavailable) as error:
        tell(f"arrivals are forecast by the policy's assumptions, not by {path}: {error}")
        return None
    about = model.about
    kind = f"{about.simulated} of them simulated (模拟)" if about.simulated else "none simulated"
    log.info("arrivals are forecast by %s (%s): %d trips, %s", path, model.name, about.trips, kind)
    return model
