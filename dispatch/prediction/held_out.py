"""Whether what is learned holds on what came later: learn until a moment, check on what was reported from then on."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import isfinite

from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.calibration import Calibration, calibrate_by
from dispatch.prediction.fit import fit
from dispatch.prediction.restate import said_by
from dispatch.prediction.trips import Statement, Trip

HELD_OUT = 0.25  # of the time that facts are from: the last of it


def held_out(
    trips: Sequence[Trip], statements: Sequence[Statement], prior: ArrivalModel, now: datetime
) -> Mapping[str, Calibration]:
    """How a model that was learned from the first three quarters of the time does on the last.

    Parameters
    ----------
    trips, statements
        See `dispatch.prediction.fit.fit`.
    prior : ArrivalModel
    now : datetime
        The end of the time; its beginning is the first trip.

    Returns
    -------
    mapping
        `Calibration` by moment, of what the model would have said in the place of what was said, today's level left out; empty where
        there is nothing to learn from, or nothing to check on.
    """
    if not trips:
        return {}
    cut = now - HELD_OUT * (now - min(t.at for t in trips))
    known = [t for t in trips if t.ended_s <= cut.timestamp()]
    taught = [s for s in statements if is_known(s, cut)]
    later = [s for s in statements if s.at >= cut and isfinite(s.travel_s)]
    if not known or not later:
        return {}
    return calibrate_by(said_by(fit(known, taught, prior, source="held out"), later))


def is_known(statement: Statement, at: datetime) -> bool:
    """Whether by then it was known what came of a statement."""
    return isfinite(statement.arrived_s) and statement.at + timedelta(seconds=statement.arrived_s) <= at
