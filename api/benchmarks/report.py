"""What a run found, as tables for the terminal."""

from collections.abc import Iterator
from math import isnan

from rich.console import Group, RenderableType
from rich.table import Table

from api.benchmarks.cold import Start
from api.benchmarks.contender import KINDS, OURS
from api.benchmarks.growth import MEASURED
from api.benchmarks.run import Result
from api.benchmarks.targets import Promise, Verdict
from api.benchmarks.timing import Samples, median_interval, ratio

_HEADS = dict(
    zip(
        KINDS,
        (
            "5 nearest of 500",
            "5 of 5,000",
            "200 × 2,000",
            "on two threads",
            "one path",
            "all nodes",
            "new weights",
            "of a neighbourhood",
        ),
        strict=True,
    )
)
_COLOURS = {Verdict.KEPT: "green", Verdict.BROKEN: "red", Verdict.UNCLEAR: "yellow", Verdict.NOT_MEASURED: "yellow"}


def report(result: Result) -> RenderableType:
    """All tables of a run."""
    parts: list[RenderableType] = [_times(result), *_lines(result)]
    if result.growth:
        parts.append(_growth(result))
    return Group(*parts, _promises(result.promises()))


def _times(result: Result) -> Table:
    facts = result.network
    title = (
        f"{facts['title']}: {facts['base_nodes']:,} junctions, {facts['base_edges']:,} edges; with turn copies "
        f"{facts['nodes']:,} and {facts['edges']:,}; fingerprint {facts['fingerprint']}"
    )
    table = Table(title=title, title_justify="left", caption_justify="left")
    table.caption = "Medians; n queries; × how many times as long as ours; intervals of 95 %. ~ reckoned from a part."
    for head in ("", "", "median", "interval", "n", "×", "interval"):
        table.add_column(head, justify="right" if head else "left")
    for kind, found in result.times.items():
        for name, samples in found.items():
            table.add_row(_HEADS[kind] if name == OURS else "", name, *_cells(samples, found, name))
        table.add_section()
    return table


def _cells(samples: Samples, found: dict[str, Samples], name: str) -> tuple[str, ...]:
    interval = median_interval(samples.seconds)
    about = "~" if samples.scale > 1 else ""
    spread = f"{duration(interval[0])} – {duration(interval[1])}" if interval else "–"
    own = about + duration(samples.median), spread, f"{len(samples.seconds)}"
    if name.startswith(OURS) or OURS not in found:
        return *own, "", ""
    times = ratio(samples, found[OURS])
    ends = "–" if isnan(times.low) else f"{number(times.low)} – {number(times.high)}"
    return *own, about + number(times.value), ends


def _lines(result: Result) -> Iterator[str]:
    for name, notes in result.notes.items():
        for note in notes:
            yield f"[dim]{name}: {note}[/]"
    if result.floor is not None:
        f = result.floor
        yield (
            f"Live search: {f.settled:,.0f} nodes settled, {f.settled_ns:,.0f} ns each. A read that waits for the one "
            f"before: {f.read_small_ns:.1f} ns in 256 kB, {f.read_search_ns:.1f} ns in the {f.search_mb:.0f} MB of the "
            f"search, {f.read_large_ns:.1f} ns in 256 MB; in order {f.stream_gb_s:.1f} GB/s."
        )
        yield (
            f"Matrix: {f.pair_ns:,.0f} ns a pair. "
            f"All nodes: {f.sweep_node_ns:.1f} ns a node, {f.sweep_arc_ns:.2f} ns an arc of the hierarchy."
        )
    if result.extra_bytes is not None:
        yield f"New weights take {result.extra_bytes / 1e6:.1f} MB."
    for words, start in (("compiled code on disk", result.warm), ("nothing compiled", result.empty)):
        if start is not None:
            yield f"New process, {words}: {_start(start)}"
    load = [" ".join(f"{x:.1f}" for x in result.machine[key][:1]) for key in ("load_before", "load_after")]
    yield f"{result.machine['cores']} cores; load {load[0]} before and {load[1]} after the run."


def _start(start: Start) -> str:
    return (
        f"import {duration(start.import_s)}, network {duration(start.load_s)}, router {duration(start.router_s)}, "
        f"first query {duration(start.first_query_s)}, second {duration(start.second_query_s)} (n {start.n})."
    )


def _growth(result: Result) -> Table:
    table = Table(title="Drawn cities: ours / scipy", title_justify="left")
    for head in ("junctions", "edges", "arcs", "order, arcs, twins", "router", *(_HEADS[kind] for kind in MEASURED)):
        table.add_column(head, justify="right")
    for grown in result.growth:
        ours, scipy = grown.median_s[OURS], grown.median_s["scipy"]
        table.add_row(
            *(f"{count:,}" for count in (grown.nodes, grown.edges, grown.arcs)),
            duration(grown.derive_s),
            duration(grown.router_s),
            *(f"{duration(ours[kind])} / {duration(scipy[kind])}" for kind in MEASURED),
        )
    return table


def _promises(promises: list[Promise]) -> Table:
    table = Table(title="Promises", title_justify="left")
    for head in ("", "wanted", "found", "interval", "verdict"):
        table.add_column(head, justify="left" if head in ("", "verdict") else "right")
    for p in promises:
        sign = "≥" if p.at_least else "≤"
        interval = "" if isnan(p.low) else f"{number(p.low)} – {number(p.high)}"
        verdict = f"[{_COLOURS[p.verdict]}]{p.verdict}[/]"
        found = "–" if isnan(p.found) else f"{number(p.found)} {p.unit}"
        table.add_row(p.words, f"{sign} {number(p.wanted)} {p.unit}", found, interval, verdict)
    return table


def duration(seconds: float) -> str:
    """Three digits and a unit."""
    if isnan(seconds):
        return "–"
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{number(seconds / size)} {unit}"
    return f"{number(seconds / 1e-6)} µs"


def number(value: float) -> str:
    """Three digits; none behind the point from a hundred on."""
    return f"{value:,.0f}" if abs(value) >= 99.95 else f"{value:.1f}" if abs(value) >= 9.995 else f"{value:.2f}"
