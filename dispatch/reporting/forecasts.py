"""Whether the probabilities stated in the period came true, at each moment they are stated."""

from collections.abc import Mapping, Sequence

from dispatch.prediction.calibration import Calibration, at, calibrate
from dispatch.prediction.moments import Moment
from dispatch.reporting.line import Line


def forecasts(lines: Sequence[Line]) -> Mapping[Moment, Calibration]:
    """Check every statement of the period by moment; moments at which nothing was stated of a promise that is due are left out."""
    said = [statement for line in lines for statement in line.statements]
    found = {moment: calibrate(at(said, moment)) for moment in Moment}
    return {moment: calibration for moment, calibration in found.items() if calibration.n}
