"""The verifier finds every kind of tampering, names it, and judges promises as the audit does, by code of its own."""

import ast
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sealed import MemorySeals, edited, files_of, rechained, zipped
from worlds import play

from api.sealing import verify
from api.sealing.bundle import write_bundle
from api.sealing.publish import line
from dispatch import events as ev
from dispatch.location import Position
from dispatch.seals import canonical, merkle_root, read_json
from dispatch.shares import share
from dispatch.vocabulary import Channel, Confidence, MatchCode, PartnerStep, Role, Tier, Zone

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SCENE = Position(113.33, 23.12)


def at(seconds):
    return NOON + timedelta(seconds=seconds)


# -- histories for every rule of the audit -----------------------------------------------------------------------


def taken(key, zone=Zone.URBAN, limit_s=1800.0, promised=True):
    yield ev.IncidentReported(incident_id=key, at=NOON, text="追尾", channel=Channel.CONSOLE, tier=Tier.STANDARD)
    yield ev.IncidentLocated(
        incident_id=key, at=at(1), position=SCENE, uncertainty_m=50, match_code=MatchCode.GOOD,
        confidence=Confidence.HIGH, matched_text="猎德大道", district="天河区",
    )  # fmt: skip
    if promised:
        yield ev.CommitmentMade(
            incident_id=key, at=NOON, kind="arrival", zone=zone, tier=Tier.STANDARD, starts_at=NOON,
            due_at=at(limit_s), limit_s=limit_s, policy_version="test",
        )  # fmt: skip


def trip(key, claimed=None, role=Role.SURVEYOR, number=1, position=None, confirmed=False):
    head = {"incident_id": key, "assignment_id": f"{key}-{number}", "unit_id": f"{key}-u{number}"}
    unit = head["unit_id"]
    chosen = ev.Candidate(unit_id=unit, unit_name=unit, travel_s=600, eta_s=700, eta_p90_s=900, p_kept=0.9)
    yield ev.UnitOffered(
        **head, at=at(5), role=role, eta_at=at(700), p_kept=0.9, chosen=chosen, runners_up=(), refused=(), rule="test"
    )
    yield ev.AssignmentAccepted(**head, at=at(6))
    yield ev.UnitDeparted(**head, at=at(7))
    if claimed is not None:
        yield ev.ArrivalClaimed(**head, at=at(claimed), position=position)
    if confirmed:
        yield ev.ArrivalConfirmed(**head, at=at(claimed + 60), distance_m=20)


def cases():
    names = (f"GZ261122-{n:05d}" for n in count(1))
    far, near = Position(113.40, 23.12), Position(113.3301, 23.12)
    for claimed in (1, 900, 1800, 1801, 0, -5, 50_000):
        key = next(names)
        yield [*taken(key), *trip(key, claimed)]
    for zone, limit_s, claimed in (
        (Zone.SUBURBAN, 3600.0, 3000),
        (Zone.SUBURBAN, 3600.0, 3601),
        (Zone.URBAN, 900.0, 950),
    ):
        key = next(names)
        yield [*taken(key, zone, limit_s), *trip(key, claimed)]
    for position, confirmed in ((far, False), (far, True), (near, False)):
        key = next(names)
        yield [*taken(key), *trip(key, 900, position=position, confirmed=confirmed)]
    key = next(names)
    yield [*taken(key), *trip(key, 300, role=Role.TOW_UNIT), *trip(key, 2000, number=2)]
    key = next(names)
    yield [*taken(key, promised=False), *trip(key, 300)]
    key = next(names)
    yield [*taken(key, promised=False)]
    key = next(names)
    yield [*taken(key), ev.IncidentClosed(incident_id=key, at=at(60), reason="撤案")]
    yield [*taken(next(names), Zone.SUBURBAN, 3600.0)]
    yield from video(names)
    yield from merges(names)
    key = next(names)
    engaged = ev.PartnerEngaged(
        incident_id=key,
        at=at(2),
        city="佛山",
        partner="甲",
        telephone="1",
        contact_due_at=at(600),
        on_scene_due_at=at(3600),
    )
    told = ev.PartnerReported(incident_id=key, at=at(3000), step=PartnerStep.ON_SCENE, told_by="甲")
    yield [*taken(key, Zone.PROVINCE, 3600.0), engaged, told]


def video(names):
    for started, consent, completed in ((60, "同意", True), (60, "", True), (1900, "同意", True), (60, "同意", False)):
        key = next(names)
        survey = ev.RemoteSurveyStarted(incident_id=key, at=at(started), surveyor="陈工", consent=consent)
        yield [*taken(key), survey, ev.RemoteSurveyEnded(incident_id=key, at=at(started + 300), completed=completed)]


def merges(names):
    for undone in (False, True):
        key = next(names)
        merged = ev.IncidentMerged(incident_id=key, at=at(90), kept_id="X", p_same=0.9, likeness="", reason="同一事故")
        parted = ev.MergeUndone(incident_id=key, at=at(120), kept_id="X", reason="两起")
        yield [*taken(key), merged, *([parted] if undone else [])]


def bundled(folder, histories, *sealed_at, since=None, until=None):
    store = MemorySeals(histories, *sealed_at)
    found, last = write_bundle(folder / "bundle.zip", store, since, until)
    published = folder / "seals.txt"
    published.write_text("# head\n" + "".join(map(line, store.all())), encoding="utf-8")
    return folder / "bundle.zip", published, found, last


# -- what is sound -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("judged_after_h", [0.02, 0.4, 2, 30])
def test_every_rule_of_the_audit_is_judged_alike_from_the_facts_alone(tmp_path, judged_after_h):
    now = NOON + timedelta(hours=judged_after_h)
    path, published, found, _ = bundled(tmp_path, list(cases()), at(20), now)
    checked = verify.check(path, published=published)
    assert (checked.problems, checked.code) == ([], 0)
    assert found.totals.reported == 25


def test_all_verdicts_and_zones_are_among_the_rules_tried(tmp_path):
    path, _, found, _ = bundled(tmp_path, list(cases()), at(20), at(2400))
    totals = found.totals
    assert min(totals.kept, totals.late, totals.open, totals.excluded, totals.missed - totals.late) > 0
    assert set(found.by_zone) == {"urban", "suburban", "province", "unknown"}
    assert any("by_zone urban: 5/" in note for note in verify.check(path).notes)


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


# -- what is not -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A sound bundle with its published seals, made once."""
    return bundled(tmp_path_factory.mktemp("sound"), list(cases()), at(20), at(9000))


@pytest.fixture
def tampered(sound, tmp_path):
    """Check a bundle whose files somebody changed; the first problem."""
    path, published, *_ = sound

    def check(change):
        checked = verify.check(zipped(tmp_path / "bundle.zip", change(files_of(path))), published=published)
        assert checked.code == 1, checked.notes
        kind, chinese, english = checked.problems[0]
        return f"{kind}: {english}", chinese

    return check


def entry(entries, key, seq):
    return next(e for e in entries if (e["event"]["incident_id"], e["event"]["seq"]) == (key, seq))


LATE = "GZ261122-00004"  # came a second after its limit


def earlier_arrival(entries):
    entry(entries, LATE, 7)["event"]["at"] = "2026-11-22T04:29:00.000000Z"


@pytest.mark.parametrize("field", ["at", "recorded_at", "kind", "body", "seq", "incident_id", "previous"])
def test_a_changed_field_names_the_event(tampered, field):
    def change(entries):
        event = entry(entries, LATE, 7)["event"]
        other = {
            "at": "2026-11-22T04:29:00.000000Z",
            "recorded_at": "2026-11-22T04:29:00.000000Z",
            "kind": "UnitCleared",
        }
        other |= {"body": event["body"] | {"by": "x"}, "seq": 8, "incident_id": "GZ1", "previous": "0" * 64}
        event[field] = other[field]

    first, _ = tampered(lambda files: edited(files, "facts.jsonl", change))
    if field == "incident_id":
        assert first.startswith("removed") or "GZ1" in first
    else:
        assert f"incident {LATE}, event 7" in first or first.startswith("removed: incident " + LATE)


def test_a_changed_event_with_every_later_hash_mended_is_named_by_its_seal(tampered):
    def change(entries):
        earlier_arrival(entries)
        return rechained(entries, LATE)

    first, chinese = tampered(lambda files: edited(files, "facts.jsonl", change))
    assert first == f"altered: incident {LATE}, event 7 ArrivalClaimed: see seal 2"
    assert chinese.startswith(f"案件 {LATE} 第 7 条 ArrivalClaimed")


def leaf_of(files, key, seq, edit):
    """Change the list of a seal too, as who holds the database could."""
    for name in [n for n in files if n.startswith("leaves/")]:
        lines = [json.loads(raw) for raw in files[name].splitlines()]
        if any(raw[:2] == [key, seq] for raw in lines):
            files = edited(
                files, name, lambda documents: [d for raw in documents for d in edit(raw, raw[:2] == [key, seq])]
            )
    return files


def test_a_change_mended_in_the_list_of_the_seal_as_well_breaks_the_root(tampered):
    def change(files):
        files = edited(files, "facts.jsonl", lambda e: (earlier_arrival(e), rechained(e, LATE))[1])
        facts = [json.loads(raw) for raw in files["facts.jsonl"].splitlines()]
        new = entry(facts, LATE, 7)
        mended = [LATE, 7, new["event"]["at"], new["hash"]]
        return leaf_of(files, LATE, 7, lambda raw, mine: [mended if mine else raw])

    assert tampered(change)[0] == "altered: the list of seal 2: its root does not fit"


@pytest.mark.parametrize("mend", [False, True])
def test_a_removed_event_is_named(tampered, mend):
    def change(entries):
        left = [e for e in entries if e is not entry(entries, LATE, 5)]
        return rechained(left, LATE) if mend else left

    first, _ = tampered(lambda files: edited(files, "facts.jsonl", change))
    assert f"incident {LATE}, event 5" in first
    assert first.startswith("altered" if mend else "removed")


def test_a_tail_cut_off_is_named(tampered):
    first, _ = tampered(
        lambda files: edited(files, "facts.jsonl", lambda es: [e for e in es if e is not entry(es, LATE, 7)])
    )
    assert first == f"removed: incident {LATE}, event 7 : see seal 2"


def without(entries, key):
    return [e for e in entries if e["event"]["incident_id"] != key]


def test_a_whole_incident_removed_is_named(tampered):
    first, _ = tampered(lambda files: edited(files, "facts.jsonl", lambda es: without(es, LATE)))
    assert first == f"removed: incident {LATE} as a whole (seal 1)"


def test_a_whole_incident_removed_from_the_lists_too_is_missed_in_the_count_of_the_seal(tampered):
    def change(files):
        files = edited(files, "facts.jsonl", lambda es: without(es, LATE))
        for name in ("leaves/000001.jsonl", "leaves/000002.jsonl"):
            files = edited(files, name, lambda lines: [raw for raw in lines if raw[0] != LATE])
        return files

    assert tampered(change)[0].startswith("removed: events in the list of seal 1")


@pytest.mark.parametrize("mend", [False, True])
def test_an_inserted_event_is_named(tampered, mend):
    def change(entries):
        place = entries.index(entry(entries, LATE, 7))
        extra = json.loads(json.dumps(entries[place]))
        extra["event"]["seq"] = 7
        entries.insert(place + 1, extra)
        return rechained(entries, LATE) if mend else entries

    first, _ = tampered(lambda files: edited(files, "facts.jsonl", change))
    assert first.startswith(f"inserted: incident {LATE}, event 8")


def test_an_inserted_incident_is_named(tampered):
    def change(entries):
        new = json.loads(json.dumps([e for e in entries if e["event"]["incident_id"] == LATE]))
        for e in new:
            e["event"]["incident_id"] = "GZ261122-99999"
        return rechained(entries + new, "GZ261122-99999")

    first, _ = tampered(lambda files: edited(files, "facts.jsonl", change))
    assert first == "inserted: incident GZ261122-99999, event 1 IncidentReported: no seal covers it"


@pytest.mark.parametrize("mend", [False, True])
def test_two_events_in_the_wrong_order_are_named(tampered, mend):
    def change(entries):
        place = entries.index(entry(entries, LATE, 5))
        entries[place], entries[place + 1] = entries[place + 1], entries[place]
        return rechained(entries, LATE) if mend else entries

    first, _ = tampered(lambda files: edited(files, "facts.jsonl", change))
    assert first.startswith(f"{'altered' if mend else 'reordered'}: incident {LATE}, event 5")


def test_two_incidents_in_the_wrong_order_are_named(tampered):
    def change(entries):
        first = [e for e in entries if e["event"]["incident_id"] == LATE]
        return without(entries, LATE) + first

    assert (
        tampered(lambda files: edited(files, "facts.jsonl", change))[0]
        == f"reordered: incident {LATE} is out of its place"
    )


def test_a_line_written_differently_is_named_though_it_says_the_same(tampered):
    first, _ = tampered(
        lambda files: files | {"facts.jsonl": files["facts.jsonl"].replace(b'"seal":1', b'"seal": 1', 1)}
    )
    assert first == "altered: facts.jsonl, how line 1 is written"


def test_another_policy_is_named(tampered):
    def change(files):
        name = next(n for n in files if n.startswith("policies/"))
        return files | {name: files[name] + b"urban_limit_s = 3600\n"}

    first, chinese = tampered(change)
    assert first.startswith("altered: policy policies/")
    assert chinese.startswith("政策文件")


def test_another_policy_under_its_own_hash_is_named(tampered):
    def change(files):
        name = next(n for n in files if n.startswith("policies/"))
        other = b'version = "other"\n'
        rest = {key: content for key, content in files.items() if key != name}
        return rest | {f"policies/{sha256(other).hexdigest()}.toml": other}

    assert tampered(change)[0].startswith("inserted: file policies/")


def test_another_network_is_named(tampered):
    def change(files):
        return files | {"bundle.json": canonical(json.loads(files["bundle.json"]) | {"network": "other"})}

    assert tampered(change)[0] == "altered: network fingerprint or seal in bundle.json"


@pytest.mark.parametrize(
    ("group", "key"), [(None, "share_kept"), ("by_zone", "share_kept"), ("by_tier", "share_strict")]
)
def test_a_changed_share_is_named(tampered, group, key):
    def change(files):
        audit = json.loads(files["audit.json"])
        tally = audit["totals"] if group is None else next(iter(audit[group].values()))
        tally[key]["p"] += 0.01
        return files | {"audit.json": json.dumps(audit).encode()}

    first, _ = tampered(change)
    assert first.startswith(f"differs: printed ≠ recomputed from the facts: {group or 'totals'}")
    assert key in first


def test_a_changed_count_of_a_zone_is_named(tampered):
    def change(files):
        audit = json.loads(files["audit.json"])
        audit["by_zone"]["urban"]["kept"] += 1
        return files | {"audit.json": json.dumps(audit).encode()}

    assert "by_zone urban kept" in tampered(change)[0]


def test_a_narrowed_period_is_named(tampered):
    def change(files):
        return files | {"bundle.json": canonical(json.loads(files["bundle.json"]) | {"until": "2026-11-21"})}

    assert "not of this period" in tampered(change)[0]


def reseal(seal):
    seal["hash"] = sha256(canonical({key: value for key, value in seal.items() if key != "hash"})).hexdigest()
    return seal


def test_an_old_seal_played_again_as_the_newest_is_named(tampered):
    first, _ = tampered(lambda files: edited(files, "seals.jsonl", lambda seals: [*seals, seals[0]]))
    assert first == "reordered: seals: 3 expected, 1 found"


def test_an_old_seal_under_a_new_number_is_named(tampered):
    def change(seals):
        return [seals[0], reseal(seals[0] | {"number": 2})]

    first, _ = tampered(lambda files: edited(files, "seals.jsonl", change))
    assert first == "altered: seal 2 does not follow on the one before it"


def test_a_history_forged_from_end_to_end_is_not_the_one_published(sound, tmp_path):
    _, published, *_ = sound
    path, *_ = bundled(tmp_path, [h for h in cases() if h[0].incident_id != LATE], at(20), at(9000))
    assert verify.check(path).code == 3
    checked = verify.check(path, published=published)
    assert (checked.code, checked.problems[0][0]) == (1, "unpublished")
    assert verify.check(path, ["ab" * 10]).problems[0][0] == "unpublished"


def test_seals_cut_off_at_the_end_leave_facts_that_no_seal_covers(tampered):
    def change(files):
        files = edited(files, "seals.jsonl", lambda seals: seals[:1])
        return {name: content for name, content in files.items() if name != "leaves/000002.jsonl"}

    assert tampered(change)[0].startswith("altered: network fingerprint or seal")


@pytest.mark.parametrize("name", ["bundle.json", "seals.jsonl", "facts.jsonl", "audit.json", "leaves/000001.jsonl"])
def test_a_missing_file_is_found(tampered, name):
    tampered(lambda files: {key: content for key, content in files.items() if key != name})


@pytest.mark.parametrize("name", ["bundle.json", "seals.jsonl", "facts.jsonl", "audit.json", "leaves/000001.jsonl"])
def test_rubbish_in_a_file_is_found_without_a_trace(tampered, name):
    assert "reordered" not in tampered(lambda files: files | {name: b"[1, {]\n"})[0]


def test_an_extra_file_is_named(tampered):
    assert tampered(lambda files: files | {"note.txt": b"trust me"})[0] == "inserted: file note.txt"


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_no_byte_of_the_facts_can_change_unseen(sound, data):
    path, published, *_ = sound
    files = files_of(path)
    facts = bytearray(files["facts.jsonl"])
    place = data.draw(st.integers(0, len(facts) - 1))
    facts[place] = data.draw(st.integers(0, 255).filter(lambda b: b != facts[place]))
    changed = zipped(path.with_name("changed.zip"), files | {"facts.jsonl": bytes(facts)})
    assert verify.check(changed, published=published).code == 1


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
    assert run(tmp_path / "none.zip").returncode == 1


def test_the_verifier_needs_nothing_but_the_standard_library_of_python_3_9():
    tree = ast.parse(Path(verify.__file__).read_text(encoding="utf-8"), feature_version=(3, 9))
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
