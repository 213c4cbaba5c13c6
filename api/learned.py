"""The file of a learned arrival model: written whole or not at all, and read; a service without a good one goes by its policy."""

import json
import logging
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from api.whole_file import write_whole
from dispatch.errors import InvalidInput, Unavailable
from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.learned import Learned
from dispatch.prediction.learned_file import as_document, from_document
from dispatch.prediction.predictor import Predictor

log = logging.getLogger(__name__)


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


@lru_cache(maxsize=4)
def predictor(prior: ArrivalModel, folder: Path, tell: Callable[[str], object] = log.warning) -> Predictor | None:
    """What the policy names, once a process; None, with a line that says so, where there is none or it is no good.

    A relative name is looked for in ``folder``.
    """
    if not prior.learned:
        return None
    path = folder / prior.learned
    try:
        model = read_learned(path, prior)
    except (InvalidInput, Unavailable) as error:
        tell(f"arrivals are forecast by the policy's assumptions, not by {path}: {error}")
        return None
    about = model.about
    kind = f"{about.simulated} of them simulated (模拟)" if about.simulated else "none simulated"
    log.info("arrivals are forecast by %s (%s): %d trips, %s", path, model.name, about.trips, kind)
    return model
