"""Events to JSON and back, by their own dataclass definitions."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

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


def decode(kind: str, incident_id: str, at: datetime, body: Mapping[str, Any]) -> Event:
    """Read an event back.

    Raises
    ------
    InvalidInput
        When this version of the program does not know the kind, or the body does not fit it.
    """
    adapter = _ADAPTERS.get(kind)
    if adapter is None:
        raise InvalidInput(f"Event kind {kind} on {incident_id} is unknown here: update the program.")
    try:
        return adapter.validate_python({**body, "incident_id": incident_id, "at": at})
    except ValidationError as error:
        raise InvalidInput(f"A stored {kind} of {incident_id} cannot be read: {error}") from None
