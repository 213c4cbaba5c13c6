"""What times alone say against a response: the one rule for csv logs and for columns in bulk."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from dispatch.auditing.record import Problem

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
NONE = -1
PROBLEMS = tuple(Problem)


def problem_codes(
    response_s: Floats, limit_s: Floats, no_start: Flags, longest_s: float | None, stated: Mapping[Problem, Flags]
) -> npt.NDArray[np.int64]:
    """Name the first reason why a finished incident has no usable response time.

    Parameters
    ----------
    response_s, limit_s : (n,) float64
        Seconds, NaN where there is none.
    no_start : (n,) bool
        Whether nothing starts the clock.
    longest_s : float or None
        A longer response is a slip of the clock; None where any length is believed.
    stated : mapping
        What the source says of incidents beyond their times, in order of weight; it comes before all else.

    Returns
    -------
    (n,) int64
        Index into `PROBLEMS`, `NONE` where the response can be judged.
    """
    holds = dict(stated) | {
        Problem.NO_START: no_start,
        Problem.NO_ARRIVAL: np.isnan(response_s),
        Problem.ARRIVAL_BEFORE_START: response_s < 0,
        Problem.ZERO_INTERVAL: response_s == 0,
        Problem.TOO_LONG: response_s > (np.inf if longest_s is None else longest_s),
        Problem.NO_LIMIT: np.isnan(limit_s),
    }
    return np.select(list(holds.values()), [PROBLEMS.index(p) for p in holds], default=NONE).astype(np.int64)
