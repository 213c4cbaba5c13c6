"""The benchmark on a small network: same questions, same answers, plain reasons for what is absent."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from api.benchmarks import contender, oracle, peers, run
from api.benchmarks.contender import (
    KINDS,
    MATRIX,
    NEAREST_FEW,
    OURS,
    OURS_BY_POSITION,
    OURS_UNDRAWN,
    PATH,
    REACH,
    Contender,
    Peer,
)
from api.benchmarks.floor import floor
from api.benchmarks.growth import city
from api.benchmarks.memory import extra_bytes
from api.benchmarks.oracle import Oracle, WrongAnswer, check
from api.benchmarks.report import duration, number, report
from api.benchmarks.run import Options, Result, as_json, compare
from api.benchmarks.timing import Ask, Plan
from api.benchmarks.work import NOW, Sizes, Work
from api.commands.bench import app
from dispatch.errors import InvalidInput
from geo_data.roads.routing import Router

SMALL = Sizes(few=30, many=60, rows=4, columns=12, queries=20)


@pytest.fixture(scope="module")
def work() -> Work:
    network = city(900)
    return Work(network, Router(network), SMALL)


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Options, "plan", lambda *_: Plan(rounds=2, queries=1, limit_s=60.0))
    monkeypatch.setattr("api.benchmarks.floor.IN_MEMORY", 1 << 22)  # what is read is drawn at random first


def installed() -> list[Peer]:
    """Peers that can be built here; scipy and networkx always can."""
    return [peer for peer in peers.PEERS if peer.name in ("scipy", "networkx")]


def result_of(work: Work, some: list[Peer], kinds: tuple[str, ...] = KINDS) -> Result:
    result = Result(machine=run.machine(), network=run._facts(work.network))
    compare(work, some, Options(kinds), result, lambda _: None)
    result.machine["load_after"] = (0.0, 0.0, 0.0)
    return result


def test_a_drawn_city_is_the_same_each_time_and_connected_like_a_city() -> None:
    one, other = city(900), city(900)
    assert one.fingerprint == other.fingerprint
    assert 500 < one.n_nodes < 1000
    assert len(set(zip(one.tail.tolist(), one.head.tolist(), strict=True))) == one.n_edges
    assert one.n_edges > 2 * one.n_nodes


def test_places_of_a_run_lie_on_junctions_and_repeat_with_the_same_network(work: Work) -> None:
    again = Work(work.network, work.router, SMALL)
    assert np.array_equal(work.goals, again.goals)
    at = work.snapped(work.few)
    ends = np.where(at.fraction == 1, work.network.head[at.edge], work.network.tail[at.edge])
    assert np.array_equal(ends, work.node(work.few))


@pytest.mark.parametrize("peer", peers.PEERS, ids=lambda peer: peer.name)
def test_every_peer_that_is_there_answers_as_the_oracle_does(work: Work, peer: Peer) -> None:
    found = peer.contender(work)
    if isinstance(found, str):
        pytest.skip(found)
    right = Oracle(work, found.unit_s)
    for kind in found.asks:
        check(found, kind, right)
    assert {NEAREST_FEW, MATRIX, PATH, REACH} <= set(found.asks)


def test_all_contenders_are_timed_on_all_questions_they_answer(work: Work) -> None:
    result = result_of(work, installed())
    assert set(result.times) == set(KINDS)
    assert set(result.times[NEAREST_FEW]) == {OURS, OURS_BY_POSITION, "scipy", "networkx"}
    assert all(len(samples.seconds) == 2 for found in result.times.values() for samples in found.values())
    assert result.times[MATRIX]["networkx"].scale == SMALL.rows
    assert "one row at a time" in result.notes["networkx"][0]


def test_a_missing_peer_is_left_out_with_its_reason(work: Work) -> None:
    result = result_of(work, [Peer("nowhere", "no_such_library", None)], (PATH,))
    assert set(result.times[PATH]) == {OURS, OURS_BY_POSITION, OURS_UNDRAWN}
    assert "not installed" in result.notes["nowhere"][0]
    assert "no_such_library" in result.notes["nowhere"][0]


def test_a_library_that_cannot_do_the_same_work_says_so(work: Work) -> None:
    result = result_of(work, [Peer("numpy", "numpy", None, "knows no roads")], (PATH,))
    assert result.notes["numpy"] == ["knows no roads"]


def off_by(work: Work, share: float) -> Contender:
    """Reaches every node with a share of the time too much."""
    right = Oracle(work)
    ask = Ask(lambda i: right.answer(REACH, i) * (1 + share), lambda found, _: found)
    return Contender("hasty", "1", {REACH: ask})


def test_a_wrong_answer_is_not_timed_but_told(work: Work) -> None:
    peer = Peer("hasty", "numpy", lambda work: off_by(work, 1e-4))
    result = result_of(work, [peer], (REACH,))
    assert "hasty" not in result.times[REACH]
    assert "wrong answer" in result.notes["hasty"][0]


def test_answers_may_differ_by_less_than_a_millionth(work: Work) -> None:
    check(off_by(work, 5e-7), REACH, Oracle(work))
    with pytest.raises(WrongAnswer, match="hasty, reach, query 0"):
        check(off_by(work, 2e-6), REACH, Oracle(work))


def test_whole_numbers_are_compared_with_weights_rounded_alike() -> None:
    seconds = np.array([0.123456, 7.0])
    assert np.array_equal(oracle.rounded(seconds, 0.0), seconds)
    assert oracle.rounded(seconds, 1e-3) == pytest.approx([0.123, 7.0], abs=1e-12)


def test_a_route_with_a_gap_is_wrong(work: Work) -> None:
    nodes = [int(work.node(0)), int(work.node(0))]
    assert np.isnan(work.graph.walk_s(nodes, work.arc_s))


def test_new_weights_are_reckoned_as_the_router_does(work: Work) -> None:
    assert np.allclose(work.seconds(work.speeds[0]), work.router.reweighted(work.speeds[0]).edge_s(NOW))
    slow, changed = work.slowed(3)
    assert 0 < len(changed) < work.network.n_edges
    assert (np.flatnonzero(slow != work.network.speed_kph) == changed).all()


def test_the_report_can_be_read_and_kept(work: Work) -> None:
    result = result_of(work, installed(), (NEAREST_FEW, MATRIX, REACH))
    result.floor = floor(work, {kind: found[OURS] for kind, found in result.times.items()})
    result.extra_bytes = extra_bytes(work.router, work.router.reweighted(work.speeds[0]))
    assert result.extra_bytes >= work.network.n_edges * 8
    kept = json.loads(json.dumps(as_json(result)))
    assert kept["times"][NEAREST_FEW]["scipy"]["times_ours"]["value"] > 0
    assert kept["network"]["fingerprint"] == work.network.fingerprint
    assert {"cores", "load_before", "load_after", "python"} <= set(kept["machine"])
    assert len(kept["promises"]) == 4 + 2 + 1
    console = Console(width=200, record=True, file=StringIO())
    console.print(report(result))
    text = console.export_text()
    assert all(word in text for word in ("5 nearest of 500", "~", "networkx", "nodes settled", "Promises"))


def test_the_same_router_asks_for_no_more_memory(work: Work) -> None:
    assert extra_bytes(work.router, work.router) == 0


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.00005, "50.0 µs"), (0.02, "20.0 ms"), (3.5, "3.50 s"), (float("nan"), "–")]
)
def test_times_are_told_in_three_digits(seconds: float, words: str) -> None:
    assert duration(seconds) == words
    assert number(1234.5) == "1,234"


def test_an_unknown_question_is_answered_with_those_there_are() -> None:
    answer = CliRunner().invoke(app, ["routing", "--only", "flying"])
    assert isinstance(answer.exception, InvalidInput)
    assert all(kind in str(answer.exception) for kind in contender.KINDS)


def test_a_file_without_a_folder_is_told_before_the_work(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["routing", "--json", str(tmp_path / "none" / "x.json")])
    assert isinstance(answer.exception, InvalidInput)


def test_a_network_of_two_places_is_too_small(work: Work) -> None:
    one = replace(work.network, node_origin=np.zeros(work.network.n_nodes, dtype=np.int32))
    with pytest.raises(InvalidInput, match="too few"):
        Work(one, work.router)
