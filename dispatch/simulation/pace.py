"""How far along its way a simulated unit (模拟) is by a moment: some stretches go slower than others.

A way has stretches that the network holds to be equally long in time. Their pace scatters (assumed), and neighbours are
alike: who is slow early on is likely, but not certain, to be slow later. All of them together take as long as the trip.
"""

from itertools import accumulate
from math import exp, sqrt

from dispatch.simulation.draws import Draws

STRETCHES = 8
LOG_SD = 0.35
MEMORY = 0.6  # correlation of one stretch with the next


def share_done(draws: Draws, incident_id: str, unit_id: str, share_of_time: float) -> float:
    """Share of the way, in the network's seconds, that lies behind when a share of the trip's time is over."""
    pace, states = 0.0, []
    for k in range(STRETCHES):
        noise = draws.normal("pace", incident_id, unit_id, k)
        pace = noise if k == 0 else MEMORY * pace + sqrt(1 - MEMORY**2) * noise
        states.append(exp(LOG_SD * pace))
    spent = [0.0, *accumulate(states)]
    at = min(max(share_of_time, 0.0), 1.0) * spent[-1]
    k = next((k for k in range(STRETCHES) if at <= spent[k + 1]), STRETCHES - 1)
    return (k + (at - spent[k]) / states[k]) / STRETCHES
