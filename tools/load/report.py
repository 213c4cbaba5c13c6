"""What a run found, as a table."""

from collections.abc import Sequence

import numpy as np

from tools.load.plan import KINDS
from tools.load.run import Result

WORDS = {
    "fix": "fixes by tracker, one a request",
    "list": "fixes by phone page, one a list",
    "report": "reports",
    "close": "closes",
    "picture": "whole pictures",
}
AIM_MS = {"fix": 100.0, "list": 100.0, "report": 250.0}


def quantiles(seconds: Sequence[float]) -> list[float]:
    """p50, p95, p99 and the most, in milliseconds."""
    if not len(seconds):
        return [float("nan")] * 4
    return [1000 * float(q) for q in (*np.quantile(np.asarray(seconds), (0.5, 0.95, 0.99)), max(seconds))]


def breaks(result: Result) -> list[str]:
    """Which bounds a run broke."""
    found = []
    for kind in KINDS:
        p99 = quantiles(result.outcome.took_s[kind])[2]
        if kind in AIM_MS and p99 > AIM_MS[kind]:
            found.append(f"{kind}: p99 {p99:.0f} ms")
        for how, why in (("failed", result.outcome.failed[kind]), ("refused", result.outcome.refused[kind])):
            if why:  # nothing is asked that is to be refused: such a run measured something else than it says
                found.append(f"{kind}: {sum(why.values())} {how}")
    found += [f"{n} streams of {kind}s cut" for kind, n in result.outcome.streams_cut.items() if n]
    if not result.proof.holds:
        found.append("LOST OR TWICE")
    return found


def show(result: Result) -> None:
    """Print a run."""
    plan, outcome = result.plan, result.outcome
    heads = ("a second", "n", "refused", "failed", "p50", "p95", "p99", "most")
    print(f"\n{'':34}{''.join(f'{head:>9}' for head in heads)} ms")
    for kind in KINDS:
        took = outcome.took_s[kind]
        if outcome.asked[kind]:
            counts = "".join(f"{sum(why[kind].values()):9}" for why in (outcome.refused, outcome.failed))
            cells = "".join(f"{q:9.1f}" for q in quantiles(took))
            print(f"{WORDS[kind]:34}{len(took) / plan.seconds:9.1f}{len(took):9}{counts}{cells}")
    if len(outcome.seen_s):
        cells = "".join(f"{q:9.1f}" for q in quantiles(outcome.seen_s))
        print(
            f"{'from a fix to a console':34}{len(outcome.seen_s) / plan.seconds:9.1f}{len(outcome.seen_s):9}{'':18}{cells}"
        )
    for how, of_kinds in (("failed", outcome.failed), ("refused", outcome.refused)):
        for kind in KINDS:
            for why, n in sorted(of_kinds[kind].items(), key=lambda x: -x[1])[:3]:
                print(f"{how} {kind}: {n} × {why}")
    print(
        f"streams open at the end {outcome.streams_open}, cut {outcome.streams_cut}, {outcome.stream_bytes / 1e6:.0f} MB"
    )
    print(f"\n{'':20}{'cores':>7}{'MB at start':>13}{'at end':>9}{'MB/h':>8}")
    for one in result.watched:
        if one.mb:
            print(f"{one.name:20}{one.share():7.2f}{one.mb[0]:13.0f}{one.mb[-1]:9.0f}{one.slope():8.0f}")
    print(f"{'generator':20}{result.generator_share:7.2f}")
    told = result.proof
    print(
        f"\nacknowledged {told.fixes:,} fixes, missing {told.fixes_missing}, beyond those sent {told.fixes_beyond}; "
        f"{told.reports:,} reports, missing {told.reports_missing}, beyond {told.reports_beyond}; "
        f"{told.closed:,} closed, of these open {told.closed_missing}"
    )
    print("bounds: " + ("; ".join(breaks(result)) or "all kept"))
