"""Why this unit and not the nearest: one sentence an operator can read aloud, from the stored candidates alone."""

from collections.abc import Sequence

from dispatch.events import Candidate

NOTICEABLE_S = 30.0
NOTICEABLE_P = 0.005
NOTICEABLE_COVER = 0.0005


def why(chosen: Candidate, nearest: Candidate) -> str:
    """Say in Chinese what is gained by not sending the nearest, and what it costs."""
    gains = "、".join(_gains(chosen, nearest)) or "按现行规则代价更低"
    farther = (chosen.travel_s - nearest.travel_s) / 60
    return (
        f"派{chosen.unit_name}而不派最近的{nearest.unit_name}:{gains};路上多 {farther:.1f} 分钟"
        f"({chosen.travel_s / 60:.1f} 分钟),按时到场概率 {say_probability(chosen.p_kept)}。"
    )


def why_in_english(chosen: Candidate, nearest: Candidate) -> str:
    """The same in English."""
    gains = ", ".join(_gains_in_english(chosen, nearest)) or "it costs less by the rule in use"
    farther = (chosen.travel_s - nearest.travel_s) / 60
    return (
        f"{chosen.unit_name}, not the nearest {nearest.unit_name}: {gains}; {farther:.1f} min more on the road "
        f"({chosen.travel_s / 60:.1f} min), in time with {say_probability(chosen.p_kept)}."
    )


def by_straight_line(options: Sequence[Candidate]) -> str:
    """Say a ranking that knows no roads, and that it knows none: no chance is stated."""
    best = options[0]
    return f"{best.unit_name}:直线估算(无路网)在途约 {best.travel_s / 60:.0f} 分钟,仅供参考,不给按时概率。"


def by_straight_line_in_english(options: Sequence[Candidate]) -> str:
    """The same in English."""
    best = options[0]
    return f"{best.unit_name}: about {best.travel_s / 60:.0f} min by a straight-line estimate (no roads); no chance is stated."


def say_probability(p: float) -> str:
    """A probability in per cent, never as certain as 0 or 100."""
    return "<1%" if p < 0.01 else ">99%" if p > 0.99 else f"{p:.0%}"


def _gains(chosen: Candidate, nearest: Candidate) -> list[str]:
    found = []
    if chosen.p_kept > nearest.p_kept + NOTICEABLE_P:
        found.append(f"按时概率高 {100 * (chosen.p_kept - nearest.p_kept):.1f} 个百分点")
    if (saved_s := _less(nearest.late_s, chosen.late_s)) > NOTICEABLE_S:
        found.append(f"预计迟到少 {saved_s / 60:.1f} 分钟")
    if (saved := _less(nearest.cover_loss, chosen.cover_loss)) > NOTICEABLE_COVER:
        found.append(f"保住{nearest.cover_area}片区的覆盖(全市预期覆盖少失 {100 * saved:.1f} 个百分点)")
    if (jobs := _less(nearest.jobs, chosen.jobs)) > 0:
        found.append(f"近来少接 {jobs:.0f} 单")
    return found


def _gains_in_english(chosen: Candidate, nearest: Candidate) -> list[str]:
    found = []
    if chosen.p_kept > nearest.p_kept + NOTICEABLE_P:
        found.append(f"in time more surely by {100 * (chosen.p_kept - nearest.p_kept):.1f} points")
    if (saved_s := _less(nearest.late_s, chosen.late_s)) > NOTICEABLE_S:
        found.append(f"{saved_s / 60:.1f} min less expected lateness")
    if (saved := _less(nearest.cover_loss, chosen.cover_loss)) > NOTICEABLE_COVER:
        found.append(f"keeps {nearest.cover_area} covered ({100 * saved:.1f} points of the city's expected cover)")
    if (jobs := _less(nearest.jobs, chosen.jobs)) > 0:
        found.append(f"{jobs:.0f} fewer jobs lately")
    return found


def _less(one: float | None, other: float | None) -> float:
    """How much less the other is; 0 where either is not known."""
    return 0.0 if one is None or other is None else one - other
