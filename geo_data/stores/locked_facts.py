"""Facts as they are stored: personal fields in a locked box beside the rest, opened with the key of the same row."""

import json
from typing import Any

from sqlalchemy import BigInteger, Connection, Text, cast, func, select
from sqlalchemy.sql.elements import ColumnElement

from dispatch.events import Event
from dispatch.personal import owner_of, parted
from dispatch.service.kinds import ServiceFact
from geo_data.stores import vault
from geo_data.stores.key_store import PostgisKeys
from geo_data.tables.privacy_schema import data_keys

BOX, DATA_KEY = (
    "sealed",
    "data_key",
)  # in the body: {"box": base64, "key": id of the data key}; beside it: the wrapped key


def locked(connection: Connection, fact: Event | ServiceFact, kind: str, body: str) -> str:
    """The body of a fact as it is stored, from its plain JSON."""
    fields, secret = parted(fact, json.loads(body))
    if not secret:
        return body
    key_id, key = PostgisKeys(connection).of(owner_of(fact))
    box = vault.lock(key, json.dumps(secret, ensure_ascii=False).encode(), kind.encode())
    return json.dumps(fields | {BOX: {"box": vault.as_text(box), "key": key_id}}, ensure_ascii=False)


def document(table: Any, name: str) -> ColumnElement[str]:
    """The whole document of a row in SQL: body, columns, and the wrapped key of what is locked in it.

    Parameters
    ----------
    table : sqlalchemy.Table
        Of facts, with a ``body`` and an ``at``.
    name : str
        Its column that says what a fact is about.
    """
    columns = func.jsonb_build_object(name, table.c[name], "at", table.c.at, DATA_KEY, wrapped_key(table))
    return cast(table.c.body.op("||")(columns), Text)


def wrapped_key(table: Any) -> ColumnElement[Any]:
    """The wrapped data key of a row in hexadecimal; null where nothing is locked, or its key was erased."""
    key_id = cast(table.c.body[BOX]["key"].astext, BigInteger)
    return select(func.encode(data_keys.c.wrapped, "hex")).where(data_keys.c.id == key_id).scalar_subquery()


def opened(kind: str, document: str) -> str:
    """A document with what is locked in it put in its place; with the blanks left where its key is gone."""
    if f'"{BOX}"' not in document:
        return document
    fields = json.loads(document)
    box, wrapped = fields.pop(BOX, None), fields.pop(DATA_KEY, None)
    if box is None or wrapped is None:
        return document
    return json.dumps(fields | unlocked(kind, box["box"], wrapped), ensure_ascii=False)


def unlocked(kind: str, box: str, wrapped: str) -> dict[str, Any]:
    """The fields in one locked box."""
    key = vault.keyring().unwrap(bytes.fromhex(wrapped))
    fields: dict[str, Any] = json.loads(vault.unlock(key, vault.from_text(box), kind.encode()))
    return fields
