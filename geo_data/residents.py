"""Where people live: residents of the districts, to share things out by."""

from collections.abc import Mapping

# Thousands. Seventh National Population Census, 1 November 2020, bulletin of the city of Guangzhou.
RESIDENTS: Mapping[str, int] = {
    "白云区": 3743, "番禺区": 2658, "天河区": 2242, "海珠区": 1819, "花都区": 1642, "增城区": 1466,
    "黄埔区": 1264, "荔湾区": 1238, "越秀区": 1039, "南沙区": 847, "从化区": 718,
}  # fmt: skip


def shared_out(n: int, weights: Mapping[str, float] = RESIDENTS) -> dict[str, int]:
    """Share ``n`` whole things out by weight (largest remainders), at least one each when there are enough."""
    least = 1 if n >= len(weights) else 0
    total, left = sum(weights.values()), n - least * len(weights)
    exact = {name: left * weight / total for name, weight in weights.items()}
    given = {name: least + int(share) for name, share in exact.items()}
    for name in sorted(exact, key=lambda name: exact[name] % 1, reverse=True)[: n - sum(given.values())]:
        given[name] += 1
    return given
