"""Measure what writing one tick of the live stream costs a worker, by how many consoles listen (模拟).

A tick is 250 units of 5,000 that moved and two incidents that changed. Processor time of writing the messages and putting
them into each console's queue; reading them from the database before, and sending them after, is not in it.

Run: ``python -m tools.measure_stream [--ticks 200]``.
"""

import argparse
import time

import numpy as np
from scipy import stats

from api.credentials.security import Account
from api.forms.schemas import PictureOut
from api.streams.case_live import CaseFeed
from api.streams.live import Listener, LiveFeed, News
from tools.console_replay import picture
from tools.console_world import ROUND_S, TICK_S, World

CONSOLES = (1, 50, 200)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--ticks", type=int, default=200)
    ticks = asked.parse_args().ticks
    whole = picture(World())
    for consoles in CONSOLES:
        spent_ms, size = measure(whole, consoles, ticks)
        half = stats.t.ppf(0.975, ticks - 1) * np.std(spent_ms, ddof=1) / ticks**0.5
        mean = np.mean(spent_ms)
        print(
            f"{consoles} consoles: {mean:.2f} [{mean - half:.2f}, {mean + half:.2f}] ms a tick, n = {ticks}; {size / 1000:.1f} kB to each"
        )


def measure(whole: PictureOut, consoles: int, ticks: int) -> tuple[list[float], float]:
    """Processor time of each tick in milliseconds, and bytes of the last to one console."""
    feed = LiveFeed(CaseFeed())
    listeners = [Listener(Account("dispatcher", "dispatcher")) for _ in range(consoles)]
    feed._listeners.update(listeners)  # as if they had joined, without a network
    share = round(len(whole.units) * TICK_S / ROUND_S)
    spent_ms, size = [], 0
    for tick in range(ticks + len(whole.units) // share):  # the first round tells each unit in full
        first = tick * share % len(whole.units)
        news = News(whole.incidents[:2], whole.units[first : first + share])
        began = time.process_time()
        feed.tell(news)
        spent_ms.append(1000 * (time.process_time() - began))
        size = sum(len(listeners[0].queue.get_nowait() or b"") for _ in range(listeners[0].queue.qsize()))
        for listener in listeners[1:]:
            while not listener.queue.empty():
                listener.queue.get_nowait()
    return spent_ms[-ticks:], size


if __name__ == "__main__":
    main()
