"""Quick ways of finding roads and their meetings find what the plain ways find."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_data.places.address import LONGEST_NAME, parse
from geo_data.places.place_evidence import may_tell_roads
from geo_data.places.road_index import MOST_MEETINGS, SAME_MEETING_M, STEP_M, Meeting, RoadShape, meetings
from geo_data.roads.plane import Points

WORDS = (
    "天河", "天河路", "天河路口", "环", "内环", "内环路", "东环", "石楼", "石楼镇", "镇", "街", "街道", "巷", "大道", "高速", "快速干线",
    "高架", "环线", "公路", "国道", "G4", "X1", "Ｓ４３", "1号", "广州市", "番禺区", "正佳广场", "村", "与", "交叉口", " ", ",", "鎮", "綫", "大橋", "隧道",
)  # fmt: skip
KNOWN = frozenset(
    {"天河", "天河路", "内环", "内环路", "东环", "G4", "S43", "大桥", "环线高架", "正佳广场天河路内环路东环大道石楼镇"}
)
texts = st.lists(st.sampled_from(WORDS), max_size=8).map("".join)


@given(texts)
def test_a_name_that_is_not_read_tells_of_no_road_and_no_town(text: str) -> None:
    spoken = parse(text, KNOWN)
    assert may_tell_roads(text, KNOWN) or not (spoken.roads or spoken.town)


@given(texts, st.frozensets(texts, max_size=8))
def test_roads_never_named_make_no_difference(text: str, others: frozenset[str]) -> None:
    never = {f"{name}甪" for name in others} | {"天", "甪"}
    assert parse(text, KNOWN | never) == parse(text, KNOWN)


@given(
    st.lists(st.sampled_from(sorted(name for name in KNOWN if 2 < len(name) <= LONGEST_NAME)), min_size=1, max_size=5)
)
def test_known_roads_are_found_wherever_they_stand(names: list[str]) -> None:
    assert parse("甪".join(names), KNOWN).roads == tuple(dict.fromkeys(names))


def lines() -> st.SearchStrategy[Points]:
    corners = st.lists(st.tuples(st.integers(-3000, 3000), st.integers(-3000, 3000)), min_size=2, max_size=5)
    return corners.map(along)


def along(corners: list[tuple[int, int]]) -> Points:
    """Points a step apart along a line."""
    parts = [np.linspace(a, b, max(2, round(np.hypot(*np.subtract(a, b)) / STEP_M))) for a, b in pairwise(corners)]
    return np.concatenate(parts)


@given(lines(), lines(), st.booleans(), st.booleans())
def test_meetings_are_those_of_the_plain_search(a: Points, b: Points, a_drawn: bool, b_drawn: bool) -> None:
    roads = RoadShape(a, a_drawn), RoadShape(b, b_drawn)
    found, plain = meetings(*roads), plainly(*roads)
    assert [one.gap_m for one in found] == pytest.approx([one.gap_m for one in plain])
    for one, other in zip(found, plain, strict=True):
        assert one.point == pytest.approx(other.point)


def plainly(a: RoadShape, b: RoadShape) -> list[Meeting]:
    """Every point of the one road against every point of the other, the closest first."""
    apart = np.hypot(*(a.points[:, None] - b.points[None]).transpose(2, 0, 1))
    gaps, middle = b.tree.query(a.points)[0], (a.points + b.points[b.tree.query(a.points)[1]]) / 2
    assert gaps == pytest.approx(apart.min(axis=1))
    reach = max(gaps.min() + STEP_M, 250.0 if a.drawn and b.drawn else 600.0)
    found: list[Meeting] = []
    for i in np.argsort(gaps, kind="stable"):
        if gaps[i] > reach or len(found) == MOST_MEETINGS:
            break
        if all(np.hypot(*(middle[i] - other.point)) > SAME_MEETING_M for other in found):
            close = (gaps <= gaps[i] + STEP_M) & (np.hypot(*(middle - middle[i]).T) < SAME_MEETING_M / 4)
            found.append(Meeting(middle[close].mean(axis=0), float(gaps[i])))
    return found
