"""What waits is locked on disk under the key of the installation, which needs no database (docs/privacy.md)."""

import logging
import os

from dispatch.errors import DispatchError, Unavailable
from geo_data.stores import vault

log = logging.getLogger(__name__)

PURPOSE = b"a report that waits"
WRAPPED_BYTES = vault.MARK_BYTES + vault.NONCE_BYTES + vault.KEY_BYTES + 16  # 16: the tag of AES-GCM
PLAIN, LOCKED = b"p", b"k"


def lock(said: bytes) -> bytes:
    """Lock it; where there is no key it stays readable, and the log says so: the report must be taken all the same."""
    key = os.urandom(vault.KEY_BYTES)
    try:
        return LOCKED + vault.keyring().wrap(key) + vault.lock(key, said, PURPOSE)
    except Unavailable as error:
        log.error("a report waits on disk without being locked: %s", error)
        return PLAIN + said


def unlock(box: bytes) -> bytes:
    """Open what `lock` made; empty where it was wiped, or does not open: then the log says why."""
    if box[:1] != LOCKED:
        return box[1:]
    wrapped, locked = box[1 : 1 + WRAPPED_BYTES], box[1 + WRAPPED_BYTES :]
    try:
        return vault.unlock(vault.keyring().unwrap(wrapped), locked, PURPOSE)
    except DispatchError as error:
        log.error("a report that waits does not open: %s", error)
        return b""
