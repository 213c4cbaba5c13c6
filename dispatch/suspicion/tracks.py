"""Patterns in the positions that units sent."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations

from dispatch.location import distance_m
from dispatch.policy.suspicion_rules import SuspicionRules
from dispatch.suspicion.findings import Finding, Pattern
from dispatch.unit import GUANGZHOU_TIME, Fix

PLACE_DIGITS = 6  # a tenth of a metre: two receivers never agree on it again and again
MOST_AT_ONE_PLACE = 50  # more units at one place to a tenth of a metre: positions made by rule, and too many pairs

Tracks = Mapping[str, Sequence[Fix]]


def in_tracks(tracks: Tracks, rules: SuspicionRules) -> Iterator[Finding]:
    """Every pattern in the tracks of units, by unit id; fixes in any order."""
    for unit_id, track in tracks.items():
        ordered = sorted(track, key=lambda fix: fix.at)
        yield from _mocked(unit_id, ordered)
        yield from _jumps(unit_id, ordered, rules)
    yield from _alike(tracks, rules)


def _mocked(unit_id: str, track: Sequence[Fix]) -> Iterator[Finding]:
    mocked = [fix for fix in track if fix.mocked]
    if mocked:
        zh = f"{len(track)} 个定位中 {len(mocked)} 个由手机标明为虚拟定位。"
        en = f"{len(mocked)} of {len(track)} fixes are marked by the phone as coming from an app."
        numbers = {"mocked": len(mocked), "fixes": len(track)}
        yield Finding(pattern=Pattern.MOCKED, unit_id=unit_id, at=mocked[0].at, zh=zh, en=en, numbers=numbers)


def _jumps(unit_id: str, track: Sequence[Fix], rules: SuspicionRules) -> Iterator[Finding]:
    """Jumps that last: the fixes before agree with one another and so do those after; one fix far off is the receiver's slip."""
    for before, a, b, after in zip(track, track[1:], track[2:], track[3:], strict=False):
        slips = _jumps_between(before, a, rules, 0.5) or _jumps_between(b, after, rules, 0.5)
        if slips or not _jumps_between(a, b, rules):
            continue
        apart_m, span_s = distance_m(a.position, b.position), (b.at - a.at).total_seconds()
        zh = f"{span_s:.0f} 秒内移动 {apart_m / 1000:.1f} 公里。"
        en = f"{apart_m / 1000:.1f} km within {span_s:.0f} s."
        numbers = {"apart_m": apart_m, "span_s": span_s}
        yield Finding(pattern=Pattern.TELEPORT, unit_id=unit_id, at=b.at, zh=zh, en=en, numbers=numbers)


def _jumps_between(a: Fix, b: Fix, rules: SuspicionRules, share: float = 1.0) -> bool:
    """Whether nobody gets from one fix to the next, whatever their accuracy explains; ``share`` lowers the bounds."""
    apart_m = distance_m(a.position, b.position) - a.accuracy_m - b.accuracy_m
    span_s = (b.at - a.at).total_seconds()
    return apart_m >= share * rules.jump_m and apart_m > share * rules.fastest_mps * span_s


def _alike(tracks: Tracks, rules: SuspicionRules) -> Iterator[Finding]:
    """Tracks of two units, or of one on two days, that share many places to a tenth of a metre."""
    there: dict[tuple[float, float], set[tuple[str, date]]] = defaultdict(set)
    for unit_id, track in tracks.items():
        for fix in track:
            place = round(fix.position.lon, PLACE_DIGITS), round(fix.position.lat, PLACE_DIGITS)
            there[place].add((unit_id, fix.at.astimezone(GUANGZHOU_TIME).date()))
    shared: dict[tuple[tuple[str, date], tuple[str, date]], int] = defaultdict(int)
    for who in there.values():
        if 1 < len(who) <= MOST_AT_ONE_PLACE:
            for pair in combinations(sorted(who), 2):
                shared[pair] += 1
    for ((a, day_a), (b, day_b)), n in shared.items():
        if n >= rules.same_fixes:
            zh = f"{a}({day_a})与 {b}({day_b})的轨迹有 {n} 个位置完全相同。"
            en = f"{a} on {day_a} and {b} on {day_b} share {n} places to a tenth of a metre."
            yield Finding(pattern=Pattern.SAME_TRACK, unit_id=a, zh=zh, en=en, numbers={"places": n})
