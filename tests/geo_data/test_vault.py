"""Locked values open only under their key, for their purpose, unaltered; keys can be exchanged and erased."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import DBAPIError

from dispatch.errors import InvalidInput, Unavailable
from geo_data.stores import vault
from geo_data.stores.key_store import PostgisKeys
from geo_data.stores.vault import Keyring, lock, new_key, token, unlock, word_of
from geo_data.tables.privacy_schema import data_keys, personal_marks

KEY, OTHER = bytes(range(32)), bytes(32)


@given(value=st.binary(max_size=200), bit=st.integers(0, 10_000))
def test_what_was_locked_opens_and_what_was_altered_does_not(value: bytes, bit: int) -> None:
    box = lock(KEY, value, b"a")
    assert unlock(KEY, box, b"a") == value
    place = bit % len(box)
    altered = box[:place] + bytes([box[place] ^ 1]) + box[place + 1 :]
    for key, changed, purpose in ((KEY, altered, b"a"), (OTHER, box, b"a"), (KEY, box, b"b"), (KEY, box[:9], b"a")):
        with pytest.raises(InvalidInput, match="does not open"):
            unlock(key, changed, purpose)


def test_the_same_value_never_looks_the_same_but_the_same_token_always() -> None:
    assert lock(KEY, b"x", b"") != lock(KEY, b"x", b"")
    made = token(KEY, "粤A12345")
    assert made == token(KEY, "粤A12345") != token(OTHER, "粤A12345")
    assert word_of(KEY, made) == "粤A12345"
    with pytest.raises(InvalidInput):
        word_of(OTHER, made)


def test_a_ring_opens_what_an_older_key_locked_and_locks_under_the_newest() -> None:
    old, new = new_key(), new_key()
    wrapped = Keyring([old]).wrap(KEY)
    both = Keyring([new, old])
    assert both.unwrap(wrapped) == KEY
    assert Keyring([new]).unwrap(both.wrap(KEY)) == KEY
    with pytest.raises(Unavailable, match="GZ_DATA_KEY"):
        Keyring([new]).unwrap(wrapped)


@pytest.mark.parametrize("keys", [[], ["short"], ["é" * 44], ["!" * 44]])
def test_what_is_no_key_is_refused(keys: list[str]) -> None:
    with pytest.raises(InvalidInput, match="GZ_DATA_KEY"):
        Keyring(keys)


def test_an_owner_has_one_key_until_it_is_erased_and_then_a_new_one(connection: Connection) -> None:
    keys = PostgisKeys(connection)
    first = keys.of("GZ1")
    assert keys.of("GZ1") == first
    assert keys.by_id(first[0]) == first[1]
    assert keys.erase(["GZ1"]) == 1
    assert keys.by_id(first[0]) is None
    second = keys.of("GZ1")
    assert second[0] != first[0]
    assert second[1] != first[1]


def test_incidents_are_found_by_a_whole_number_until_they_are_erased(connection: Connection) -> None:
    keys = PostgisKeys(connection)
    keys.remember("GZ1", ["粤A12345", "13812341234"])
    keys.remember("GZ2", ["粤A12345"])
    keys.remember("GZ1", ["粤A12345"])
    assert keys.found_by(["粤A12345"]) == ["GZ1", "GZ2"]
    assert keys.found_by(["粤A1234"]) == []
    stored = connection.execute(select(personal_marks.c.mark)).scalars().all()
    assert all(b"13812341234" not in mark and len(mark) == 32 for mark in stored)
    keys.erase(["GZ1"])
    assert keys.found_by(["粤A12345", "13812341234"]) == ["GZ2"]


def test_keys_are_locked_anew_when_the_key_of_the_house_is_exchanged(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = new_key(), new_key()
    monkeypatch.setattr(vault._Holder, "source", lambda: Keyring([old]))
    _, key = PostgisKeys(connection).of("GZ1")
    monkeypatch.setattr(vault._Holder, "source", lambda: Keyring([new, old]))
    assert PostgisKeys(connection).rewrap() == 1
    assert PostgisKeys(connection).rewrap() == 0
    monkeypatch.setattr(vault._Holder, "source", lambda: Keyring([new]))
    assert PostgisKeys(connection).of("GZ1")[1] == key
    PostgisKeys(connection).check()
    monkeypatch.setattr(vault._Holder, "source", lambda: Keyring([old]))
    with pytest.raises(Unavailable, match="Put the old one back"):
        PostgisKeys(connection).check()


def test_a_wrapped_key_that_somebody_exchanged_does_not_open(connection: Connection) -> None:
    key_id, _ = PostgisKeys(connection).of("GZ1")
    row = connection.execute(select(data_keys.c.wrapped).where(data_keys.c.id == key_id)).scalar_one()
    connection.execute(update(data_keys).where(data_keys.c.id == key_id).values(wrapped=row[:-1] + b"\0\0"))
    with pytest.raises(InvalidInput, match="does not open"):
        PostgisKeys(connection).of("GZ1")


def test_two_keys_in_use_of_one_owner_are_refused_by_the_database(connection: Connection) -> None:
    PostgisKeys(connection).of("GZ1")
    with pytest.raises(DBAPIError, match="data_keys_in_use_idx"):
        connection.execute(data_keys.insert().values(owner="GZ1", wrapped=b"x", made_at="2026-01-01"))
