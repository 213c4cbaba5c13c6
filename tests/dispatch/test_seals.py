"""The hashed form of facts, the Merkle tree over them, and the chain of seals."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import InvalidInput
from dispatch.seals import (
    NOTHING_BEFORE,
    Fact,
    MerkleTree,
    Seal,
    canonical,
    leaf,
    merkle_root,
    moment,
    read_json,
)

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
FACT = Fact(
    incident_id="GZ261122-00001",
    seq=1,
    kind="IncidentClosed",
    at=NOON,
    recorded_at=NOON + timedelta(seconds=1),
    body={"by": "desk", "reason": "撤案"},
    previous=NOTHING_BEFORE,
)
SEAL = Seal(
    number=1,
    sealed_at=NOON,
    events=0,
    root=merkle_root([]),
    previous=NOTHING_BEFORE,
    network="n",
    policy="p",
)

numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
documents = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(texts, parts, max_size=3),
    max_leaves=12,
)


@given(document=documents)
def test_the_canonical_form_is_its_own_canonical_form(document: Any) -> None:
    once = canonical(read_json(json.dumps(document)))
    assert canonical(read_json(once.decode())) == once


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_hashed_by_its_value_and_not_by_its_spelling(value: float) -> None:
    spellings = (repr(value), format(Decimal(repr(value)), "f"), f"{Decimal(repr(value)):e}")
    assert len({canonical(read_json(s)) for s in spellings}) == 1
    assert float(canonical(read_json(repr(value)))) == value


@given(one=documents, other=documents)
def test_documents_that_differ_do_not_share_a_form(one: Any, other: Any) -> None:
    ours, theirs = (read_json(json.dumps(d)) for d in (one, other))
    assert (canonical(ours) == canonical(theirs)) == (_typed(ours) == _typed(theirs))


def _typed(document: Any) -> Any:
    """Equal only where JSON says the same: True is no 1."""
    if isinstance(document, dict):
        return {key: _typed(part) for key, part in document.items()}
    if isinstance(document, list):
        return [_typed(part) for part in document]
    return (isinstance(document, bool), document)


def test_keys_are_sorted_and_chinese_stays_as_it_is() -> None:
    assert canonical({"b": [1, 2.5, None], "a": "追尾"}) == '{"a":"追尾","b":[1,2.5,null]}'.encode()


def test_a_number_beyond_all_doubles_is_refused() -> None:
    with pytest.raises(InvalidInput, match="too large"):
        canonical(read_json("9" * 400))


def test_a_moment_is_spelled_in_utc_with_six_digits_whatever_its_zone() -> None:
    guangzhou = NOON.astimezone(timezone(timedelta(hours=8)))
    assert moment(guangzhou) == moment(NOON) == "2026-11-22T04:00:00.000000Z"


def test_the_hash_of_a_fact_can_be_recomputed_from_its_document_alone() -> None:
    text = json.dumps(FACT.document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert FACT.hash == sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        {"incident_id": "GZ261122-00002"}, {"seq": 2}, {"kind": "MergeUndone"}, {"at": NOON + timedelta(microseconds=1)},
        {"recorded_at": NOON}, {"body": {"by": "desk", "reason": "撤案 "}}, {"previous": "1" * 64},
    ],
)  # fmt: skip
def test_every_part_of_a_fact_is_in_its_hash(change: dict[str, Any]) -> None:
    assert replace(FACT, **change).hash != FACT.hash


def test_no_part_of_a_fact_or_seal_was_forgotten_above() -> None:
    assert set(FACT.document) == {f.name for f in fields(Fact)}
    assert set(SEAL.document) == {f.name for f in fields(Seal)}


def test_every_part_of_a_seal_is_in_its_hash() -> None:
    changes: dict[str, Any] = {"number": 2, "sealed_at": NOON + timedelta(seconds=1), "events": 1}
    changes |= dict.fromkeys(("root", "previous", "network", "policy"), "x")
    assert {replace(SEAL, **{key: value}).hash for key, value in changes.items()}.isdisjoint({SEAL.hash})
    assert set(changes) == set(SEAL.document)


def test_a_seal_is_read_aloud_as_five_groups_of_its_hash() -> None:
    assert SEAL.short.replace(" ", "") == SEAL.hash[:20]
    assert [len(group) for group in SEAL.short.split()] == [4] * 5


def test_a_leaf_names_the_event_and_its_moment_in_clear() -> None:
    assert leaf("GZ1", 2, NOON, "ab") == b'["GZ1",2,"2026-11-22T04:00:00.000000Z","ab"]'


# -- the tree ----------------------------------------------------------------------------------------------------

# Leaves and roots of the reference tests of Certificate Transparency (RFC 6962).
CT_LEAVES = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
CT_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("n", CT_ROOTS)
def test_the_root_is_that_of_certificate_transparency(n: int) -> None:
    assert merkle_root(CT_LEAVES[:n]) == CT_ROOTS[n]


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    n = len(leaves)
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return sha256(b"\0" + leaves[0]).digest()
    k = 1 << (n - 1).bit_length() - 1
    return sha256(b"\1" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


@given(leaves=st.lists(st.binary(max_size=8), max_size=40))
def test_a_tree_grown_leaf_by_leaf_has_the_root_of_the_definition(leaves: list[bytes]) -> None:
    tree = MerkleTree()
    for n, data in enumerate(leaves):
        assert tree.root == by_definition(leaves[:n]).hex()
        tree.add(data)
    assert tree.size == len(leaves)
    assert tree.root == by_definition(leaves).hex()
