"""The verifier judges promises as the audit does, by code of its own, and runs alone."""

import ast
import json
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from promises import LATE, NOON, at, bundled, cases, without
from random_histories import random_arrivals, random_histories
from sealed import edited, files_of, zipped
from worlds import play

from api.sealing import verify
from api.sealing.bundle import verifier
from dispatch.auditing.record import Problem
from dispatch.auditing.shares import share
from dispatch.seals import canonical, merkle_root, read_json

# -- what is sound -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("judged_after_h", [0.02, 0.4, 2, 30])
def test_every_rule_of_the_audit_is_judged_alike_from_the_facts_alone(tmp_path, judged_after_h):
    now = NOON + timedelta(hours=judged_after_h)
    path, published, found, _ = bundled(tmp_path, list(cases()), at(20), now)
    checked = verify.check(path, published=published)
    assert (checked.problems, checked.code) == ([], 0)
    assert found.totals.reported == 44


def test_all_verdicts_and_zones_are_among_the_rules_tried(tmp_path):
    path, _, found, _ = bundled(tmp_path, list(cases()), at(20), at(2400))
    totals = found.totals
    assert min(totals.kept, totals.late, totals.open, totals.excluded, totals.missed - totals.late) > 0
    assert set(found.by_zone) == {"urban", "suburban", "province", "unknown"}
    assert set(found.by_client) == {"黄埔环卫", "黄埔环卫七队", "unknown"}
    assert len(found.excluded) == 7
    assert sum(found.cancelled_late.values()) == 1
    assert any("by_zone urban: 9/" in note for note in verify.check(path).notes)


@pytest.mark.parametrize("seed", range(3))
def test_histories_at_random_are_judged_alike(tmp_path, seed):
    histories = [*random_histories(seed, 250), *random_arrivals(seed, 60)]
    path, published, found, _ = bundled(tmp_path, histories, at(20), at(3000))
    checked = verify.check(path, published=published)
    assert checked.problems == []
    assert min(found.totals.kept, found.totals.late, found.totals.open, found.totals.excluded) > 0
    assert min(found.totals.contradicted, found.track.n, found.track.opposite) > 0
    assert found.track.kept_by_button != found.track.kept_by_track
    assert sum(found.causes.values()) == found.totals.missed
    assert Problem.BROKEN_HISTORY not in found.not_judged


@pytest.mark.parametrize("seed", range(4))
def test_days_played_by_the_simulation_are_judged_alike(tmp_path, seed):
    played = play(seed, 6, speed=2.5)
    histories = played.log.all_events()
    path, published, found, _ = bundled(tmp_path, histories, NOON + timedelta(hours=3), played.now)
    assert verify.check(path, published=published).code == 0
    assert found.totals.reported > 20


def test_the_same_data_give_the_same_bytes(tmp_path):
    paths = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        paths.append(bundled(tmp_path / name, list(cases()), at(20), at(9000))[0])
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_without_a_published_seal_nothing_is_vouched_for(tmp_path):
    path, published, _, last = bundled(tmp_path, list(cases()), at(20), at(9000))
    first = published.read_text().splitlines()[1].split()[4]
    assert verify.check(path).code == 3
    assert verify.check(path, [first]).code == 3
    assert verify.check(path, [last.hash]).code == verify.check(path, [last.short]).code == 0


def test_a_bundle_older_than_what_is_published_is_sound_and_says_so(tmp_path):
    path, published, _, _ = bundled(tmp_path, list(cases()), at(20), at(9000))
    later = f"000003 2026-11-23T00:00:00.000000Z 0 {'a' * 64} {'b' * 64}\n"
    published.write_text(published.read_text() + later)
    checked = verify.check(path, published=published)
    assert checked.code == 0
    assert any("seal 3 is published, this ends at 2" in note for note in checked.notes)


def test_a_period_holds_its_own_incidents_and_every_list_that_could_name_one(tmp_path):
    histories = list(cases())
    earlier = [[*shifted(h, days=-3)] for h in cases()]
    seals = (NOON - timedelta(days=2), at(20), at(9000))
    day = (NOON + timedelta(hours=8)).date()
    path, published, found, _ = bundled(tmp_path, [*histories, *earlier], *seals, since=day, until=day)
    assert found.totals.reported == len(histories)
    assert [n for n in files_of(path) if n.startswith("leaves")] == ["leaves/000002.jsonl", "leaves/000003.jsonl"]
    assert verify.check(path, published=published).code == 0


def shifted(history, days):
    from dataclasses import replace  # noqa: PLC0415

    for event in history:
        yield replace(event, incident_id="E" + event.incident_id, at=event.at + timedelta(days=days))


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A sound bundle with its published seals, made once."""
    return bundled(tmp_path_factory.mktemp("sound"), list(cases()), at(20), at(9000))


# -- the file itself ---------------------------------------------------------------------------------------------


def test_the_verifier_in_the_bundle_runs_alone_and_says_what_it_found(sound, tmp_path):
    path, published, *_ = sound
    alone = tmp_path / "verify.py"
    alone.write_bytes(files_of(path)["verify.py"])

    def run(*words):
        return subprocess.run([sys.executable, "-I", alone, *words], capture_output=True, text=True, check=False)

    good = run(path, "--published", published)
    assert (good.returncode, good.stderr) == (0, "")
    assert "✓ 全部相符" in good.stdout
    assert "by_zone urban" in good.stdout
    cut = zipped(tmp_path / "cut.zip", edited(files_of(path), "facts.jsonl", lambda es: without(es, LATE)))
    bad = run(cut, "--published", published)
    assert (bad.returncode, bad.stderr) == (1, "")
    assert f"✗ 被删除 removed: 案件 {LATE} 整案" in bad.stdout
    assert run(path).returncode == 3
    assert run(path, "--root", "xyz").returncode == 2
    assert run(tmp_path / "none.zip").returncode == 2


def test_the_verifier_needs_nothing_but_the_standard_library_of_python_3_9():
    tree = ast.parse(verifier(), feature_version=(3, 9))
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    names = {a.name for n in imports if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module for n in imports if isinstance(n, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
    assert "annotations" in {a.name for n in imports for a in n.names}, "its annotations are not for 3.9 to evaluate"


numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60)


@given(
    document=st.dictionaries(
        st.text(st.characters(codec="utf-8")), numbers | st.text(st.characters(codec="utf-8")) | st.booleans()
    )
)
def test_its_canonical_form_is_ours(document):
    spelled = json.dumps(document)
    assert verify.canonical(verify.read(spelled.encode())) == canonical(read_json(spelled))


@given(leaves=st.lists(st.binary(max_size=4), max_size=40))
def test_its_merkle_root_is_ours(leaves):
    assert verify.merkle_root([sha256(b"\0" + data).digest() for data in leaves]) == merkle_root(leaves)


@given(n=st.integers(0, 3000), data=st.data())
def test_its_interval_is_ours(n, data):
    kept = data.draw(st.integers(0, n))
    ours = share(kept, n)
    assert verify.share(kept, n) == pytest.approx((ours.kept, ours.n, ours.p, ours.low, ours.high), abs=1e-12)
