"""What makes a later change of the facts show: hashes chained by incident, and seals over all of them.

Everything here can be done again with ``json`` and ``hashlib`` alone; docs/seals.md says how. The form can never change:
what was sealed and published under it must stay checkable for ever.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from dispatch.errors import InvalidInput

NOTHING_BEFORE = "0" * 64  # the hash before the first
SHORT_DIGITS, SHORT_GROUP = 20, 4


def read_json(text: str) -> Any:
    """Read JSON with its numbers as `canonical` writes them: a whole number is an int, any other the nearest double.

    The database keeps numbers as decimals and may write ``1e22`` out in full, or ``-0.0`` as ``0.0``: the value counts.
    """
    return json.loads(text, parse_int=_number, parse_float=_number)


def _number(text: str) -> float | int:
    value = float(text)
    return int(value) if value.is_integer() else value


def canonical(document: Any) -> bytes:
    """Write a document from `read_json` in the one form that is hashed.

    Keys sorted by code point, no spaces, text as it is (UTF-8, only what JSON must escape is escaped).

    Raises
    ------
    InvalidInput
        For a number beyond the range of a double.
    """
    try:
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise InvalidInput("A number in an event is too large to be hashed: mend it and send it again.") from None
    return text.encode()


def moment(at: datetime) -> str:
    """Spell an aware time as it is hashed, e.g. ``2026-11-22T08:00:00.000000Z``."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """An event as its row says it, with the hash (hexadecimal) of the event of the same incident before it.

    ``body`` comes from `read_json`; ``recorded_at`` is when the row was written.
    """

    incident_id: str
    seq: int
    kind: str
    at: datetime
    recorded_at: datetime
    body: Mapping[str, Any]
    previous: str

    @property
    def document(self) -> dict[str, Any]:
        """What is hashed, before it is made canonical."""
        return {
            "at": moment(self.at),
            "body": self.body,
            "incident_id": self.incident_id,
            "kind": self.kind,
            "previous": self.previous,
            "recorded_at": moment(self.recorded_at),
            "seq": self.seq,
        }

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical document, hexadecimal."""
        return sha256(canonical(self.document)).hexdigest()


def leaf(incident_id: str, seq: int, at: datetime, event_hash: str) -> bytes:
    """One line of a seal: which event, when it happened, and its hash; who and when stay readable where facts are withheld."""
    return canonical([incident_id, seq, moment(at), event_hash])


class MerkleTree:
    """Root over leaves that come one by one, in memory that grows with the logarithm of their number.

    RFC 6962, section 2.1: a leaf is hashed after the byte 0, a pair after the byte 1, so neither can pass for the other.
    """

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []  # roots of full trees, one for each bit of size, the largest first

    def add(self, data: bytes) -> None:
        """Append a leaf."""
        node, full = sha256(b"\0" + data).digest(), self.size
        while full & 1:
            node, full = _pair(self._peaks.pop(), node), full >> 1
        self._peaks.append(node)
        self.size += 1

    @property
    def root(self) -> str:
        """The root, hexadecimal; that of no leaf at all is the hash of nothing."""
        if not self._peaks:
            return sha256(b"").hexdigest()
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = _pair(peak, node)
        return node.hex()


def merkle_root(leaves: Sequence[bytes]) -> str:
    """Root over some leaves, hexadecimal."""
    tree = MerkleTree()
    for data in leaves:
        tree.add(data)
    return tree.root


def _pair(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A seal over every event that became visible since the seal before it.

    Parameters
    ----------
    number : int
        1, 2, 3 …
    sealed_at : datetime
        Aware.
    events : int
        How many it covers; may be 0.
    root : str
        Root of the Merkle tree over their `leaf` lines, in order of incident id (by code point) and seq.
    previous : str
        Hash of the seal before it.
    network, policy : str
        Fingerprint of the road network and SHA-256 of the policy file in use at that moment.
    """

    number: int
    sealed_at: datetime
    events: int
    root: str
    previous: str
    network: str
    policy: str

    @property
    def document(self) -> dict[str, Any]:
        """What is hashed, before it is made canonical."""
        return {
            "events": self.events,
            "network": self.network,
            "number": self.number,
            "policy": self.policy,
            "previous": self.previous,
            "root": self.root,
            "sealed_at": moment(self.sealed_at),
        }

    @property
    def hash(self) -> str:
        """What is published: it stands for this seal and every one before it."""
        return sha256(canonical(self.document)).hexdigest()

    @property
    def short(self) -> str:
        """The beginning of the hash in groups, to be read aloud, e.g. ``3f2a 91bc 07de 55a1 9c40``."""
        return " ".join(self.hash[i : i + SHORT_GROUP] for i in range(0, SHORT_DIGITS, SHORT_GROUP))
