"""The verifier finds every kind of tampering with a bundle and names it."""

import json
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from promises import LATE, at, bundled, cases, without
from sealed import edited, files_of, rechained, zipped

from api.sealing import verify
from dispatch.seals import canonical

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
    ("group", "key"),
    [
        (None, "share_kept"),
        ("by_zone", "share_kept"),
        ("by_tier", "share_strict"),
        ("by_unit", "share_kept"),
        ("by_client", "share_with_excluded"),
        ("by_day", "share_kept"),
    ],
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


@pytest.mark.parametrize("zone", [None, "urban"])
def test_a_changed_share_of_a_leg_within_its_target_is_named(tampered, zone):
    def change(files):
        audit = json.loads(files["audit.json"])
        legs = audit["intervals_by_zone"][zone] if zone else audit["intervals"]
        legs[1]["share_within"]["kept"] += 1
        return files | {"audit.json": json.dumps(audit).encode()}

    assert f"legs{f' {zone}' if zone else ''} turnout share_within" in tampered(change)[0]


@pytest.mark.parametrize(
    ("kind", "code"), [("excluded", "withdrawn"), ("cancelled_late", "withdrawn"), ("excluded", "new")]
)
def test_a_changed_count_of_a_reason_is_named(tampered, kind, code):
    def change(files):
        audit = json.loads(files["audit.json"])
        audit[kind][code] = audit[kind].get(code, 0) + 1
        return files | {"audit.json": json.dumps(audit).encode()}

    assert f"{kind} {code}" in tampered(change)[0]


def test_a_group_that_is_not_printed_is_named(tampered):
    def change(files):
        audit = json.loads(files["audit.json"])
        del audit["by_unit"], audit["intervals_by_zone"]["suburban"]
        return files | {"audit.json": json.dumps(audit).encode()}

    assert "by_unit" in tampered(change)[0]


def test_a_bundle_of_another_form_is_sent_to_the_verifier_of_its_release(tampered):
    def change(files):
        return files | {"bundle.json": canonical(json.loads(files["bundle.json"]) | {"form": 1})}

    assert "form 1, not 3: take the verify.py of the release" in tampered(change)[0]


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
