"""Events to JSON and back, by their own dataclass definitions."""

import json

from pydantic import TypeAdapter, ValidationError

from dispatch.errors import InvalidInput
from dispatch.events import EVENT_KINDS, Event

IN_COLUMNS = {"incident_id", "at"}  # stored beside the body, not in it

_ADAPTERS: dict[str, TypeAdapter[Event]] = {kind.__name__: TypeAdapter(kind) for kind in EVENT_KINDS}


def encode(event: Event) -> tuple[str, str]:
    """Write an event as its kind and the JSON text of its own fields.

    Returns
    -------
    kind : str
        Name of the event's class.
    body : str
        JSON object of all fields but ``incident_id`` and ``at``.

    Raises
    ------
    InvalidInput
        For what PostgreSQL's jsonb cannot hold: NaN, infinity, the character NUL, half a surrogate pair.
    """
    kind = type(event).__name__
    try:
        fields = _ADAPTERS[kind].dump_python(event, mode="json", exclude=IN_COLUMNS)
        body = json.dumps(fields, ensure_ascii=False, allow_nan=False)
        body.encode()
    except ValueError as error:
        raise InvalidInput(f"{kind} cannot be stored: {error}. Mend the value and send it again.") from None
    if "\\u0000" in body.replace("\\\\", ""):
        raise InvalidInput(f"{kind} cannot be stored: a text holds the character NUL. Remove it and send it again.")
    return kind, body


def decode(kind: str, document: str) -> Event:
    """Read an event back from the JSON text of all its fields, ``incident_id`` and ``at`` included.

    Raises
    ------
    InvalidInput
        When this version of the program does not know the kind, or the document does not fit it.
    """
    adapter = _ADAPTERS.get(kind)
    if adapter is None:
        raise InvalidInput(f"Event kind {kind} is unknown here: update the program. It says {document}.")
    try:
        return adapter.validate_json(document)
    except ValidationError as error:
        raise InvalidInput(f"A stored {kind} cannot be read: {error}. It says {document}.") from None
