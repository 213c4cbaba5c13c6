"""Facts to JSON and back, by their own dataclass definitions."""

import json
from collections.abc import Iterable
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from dispatch.errors import InvalidInput
from dispatch.events import EVENT_KINDS, Event

Kind = TypeVar("Kind")


class Codec(Generic[Kind]):
    """Reads and writes some kinds of facts.

    Parameters
    ----------
    kinds : iterable of type
        Dataclasses; each is known by its name.
    in_columns : set of str
        Fields that are stored beside the body, not in it.
    """

    def __init__(self, kinds: Iterable[type[Kind]], in_columns: set[str]) -> None:
        self._adapters: dict[str, TypeAdapter[Kind]] = {kind.__name__: TypeAdapter(kind) for kind in kinds}
        self._in_columns = in_columns

    def encode(self, fact: Kind) -> tuple[str, str]:
        """Write a fact as its kind and the JSON text of its own fields.

        Returns
        -------
        kind : str
            Name of the fact's class.
        body : str
            JSON object of all fields but those in columns.

        Raises
        ------
        InvalidInput
            For what PostgreSQL's jsonb cannot hold: NaN, infinity, the character NUL, half a surrogate pair.
        """
        kind = type(fact).__name__
        try:
            fields = self._adapters[kind].dump_python(fact, mode="json", exclude=self._in_columns)
            body = json.dumps(fields, ensure_ascii=False, allow_nan=False)
            body.encode()
        except ValueError as error:
            raise InvalidInput(f"{kind} cannot be stored: {error}. Mend the value and send it again.") from None
        if "\\u0000" in body.replace("\\\\", ""):
            raise InvalidInput(f"{kind} cannot be stored: a text holds the character NUL. Remove it and send it again.")
        return kind, body

    def decode(self, kind: str, document: str) -> Kind:
        """Read a fact back from the JSON text of all its fields, those in columns included.

        Raises
        ------
        InvalidInput
            When this version of the program does not know the kind, or the document does not fit it.
        """
        adapter = self._adapters.get(kind)
        if adapter is None:
            raise InvalidInput(f"Event kind {kind} is unknown here: update the program.")
        try:
            return adapter.validate_json(document)
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
            raise InvalidInput(
                f"A stored {kind} cannot be read: {faults}."
            ) from None  # not what it says: that is personal


IN_COLUMNS = {"incident_id", "at"}  # of events, stored beside the body

_EVENTS: Codec[Event] = Codec(EVENT_KINDS, IN_COLUMNS)
encode, decode = _EVENTS.encode, _EVENTS.decode
