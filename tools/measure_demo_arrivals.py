"""Measure the intervals that the demonstration (模拟) states for arrivals: by the policy's assumptions, and learned as set-up learns.

A simulated past is played as set-up plays it. The first hours of it teach; what was stated on the hours after them is checked,
as it was said and as the learned model would have said it in its place. Intervals are Wilson's, of 95 %; incidents of an hour
share its traffic, so that the true uncertainty is larger.

Run: ``python -m tools.measure_demo_arrivals [--hours 60] [--taught 24] [--until 2026-11-29T20:00:00+00:00]``
"""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from api import wiring
from api.learning import facts_of
from api.service import setup
from dispatch.prediction.calibration import calibrate_by
from dispatch.prediction.fit import fit
from dispatch.prediction.held_out import is_known
from dispatch.prediction.restate import said_by
from dispatch.prediction.trips import Statement

UNTIL = datetime(2026, 11, 29, 20, tzinfo=UTC)


def main() -> None:
    """Play, learn, check, print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--hours", type=int, default=60)
    arguments.add_argument("--taught", type=int, default=24)
    arguments.add_argument("--until", type=datetime.fromisoformat, default=UNTIL)
    asked = arguments.parse_args()
    if wiring.ground().forecasting().predictor is not None:
        raise SystemExit("Arrivals are learned here already: set GZ_STATE to a new folder, so that there is a before.")
    setup.HISTORY_H = asked.hours
    log, _ = setup.simulated_history(asked.until, print)
    trips, statements, _ = facts_of(log.all_events(), asked.until, simulated=True)
    cut = asked.until - timedelta(hours=asked.hours - asked.taught)
    taught = [t for t in trips if t.ended_s <= cut.timestamp()]
    model = fit(taught, [s for s in statements if is_known(s, cut)], wiring.policy().arrival, source="first hours")
    later = [s for s in statements if s.at >= cut and s.quantiles_s]
    print(f"\n{len(taught)} trips taught; a radius counts for {model.prior.search_most_m:g} m at most\n")
    print("| moment | model | n | within 50 % | 80 % | 90 % | CRPS, s |\n|---|---|---|---|---|---|---|")
    show("assumed", later)
    show("learned", said_by(model, later))


def show(name: str, statements: Sequence[Statement]) -> None:
    """One line a moment."""
    for moment, found in calibrate_by(statements).items():
        inside = " | ".join(f"{s.p:.1%} ({s.low:.1%} to {s.high:.1%})" for s in found.covered.values())
        print(f"| {moment} | {name} | {found.n} | {inside} | {found.crps_s:.0f} |")


if __name__ == "__main__":
    main()
