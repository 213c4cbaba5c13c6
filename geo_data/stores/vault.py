"""Encryption at rest: values are locked under a data key, and data keys under the key of the installation.

AES-256-GCM (NIST SP 800-38D) with a random nonce for each value. Erasing a data key erases all that it locked: the
stored bytes, their hashes and seals stay as they are, and nobody can read them any more.
"""

import os
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import sha256, sha512
from hmac import digest as hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV

from dispatch.errors import InvalidInput, Unavailable

KEY_BYTES, NONCE_BYTES, MARK_BYTES = 32, 12, 4
PURPOSE = b"gzdispatch data key"  # a wrapped key is taken for nothing else
NOT_OURS = (
    "Personal data cannot be read: it was locked under another key. Put the old one back: into GZ_DATA_KEY, or as data_key "
    "into the state folder."
)


def new_key() -> str:
    """A fresh key of the installation, as it is written into a settings file."""
    return urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


def lock(key: bytes, value: bytes, purpose: bytes) -> bytes:
    """Encrypt a value: nonce, then ciphertext with its tag. ``purpose`` must be the same to open it."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, value, purpose)


def unlock(key: bytes, box: bytes, purpose: bytes) -> bytes:
    """Decrypt what `lock` made.

    Raises
    ------
    InvalidInput
        When it was made under another key or for another purpose, or altered since.
    """
    try:
        return _cipher(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], purpose)
    except (InvalidTag, ValueError):
        raise InvalidInput("A locked value does not open: it was altered, or belongs elsewhere.") from None


@lru_cache(maxsize=4096)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


class Keyring:
    """Keys of the installation: the first locks, any of them opens.

    Parameters
    ----------
    keys : sequence of str
        As `new_key` makes them, the newest first.

    Raises
    ------
    InvalidInput
        When there is none, or one is no key.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        raw = [_read(key) for key in keys]
        if not raw:
            raise InvalidInput("GZ_DATA_KEY is empty: name a key, or leave it out to have one made.")
        self._keys = {sha256(key).digest()[:MARK_BYTES]: key for key in raw}
        self.mark = next(iter(self._keys))
        self._opened = lru_cache(maxsize=8192)(self._open)

    def wrap(self, data_key: bytes) -> bytes:
        """Lock a data key; begins with the mark of the key it is locked under."""
        return self.mark + lock(self._keys[self.mark], data_key, PURPOSE)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Open a data key; raises `Unavailable` where its key is not on the ring."""
        return self._opened(wrapped)

    def _open(self, wrapped: bytes) -> bytes:
        key = self._keys.get(wrapped[:MARK_BYTES])
        if key is None:
            raise Unavailable(NOT_OURS)
        return unlock(key, wrapped[MARK_BYTES:], PURPOSE)


def _read(key: str) -> bytes:
    try:
        raw = urlsafe_b64decode(key.strip())
    except (NotBase64, ValueError):
        raw = b""
    if len(raw) != KEY_BYTES:
        raise InvalidInput("GZ_DATA_KEY must be 32 random bytes in base64url: `gzdispatch privacy new-key` makes one.")
    return raw


class _Holder:
    """Where this process has its keys from; the edge says so once."""

    source: Callable[[], Keyring] | None = None


def keys_from(source: Callable[[], Keyring]) -> None:
    """Say where the keys come from; asked each time, so it should remember."""
    _Holder.source = source


def keyring() -> Keyring:
    """The keys of this process; raises `Unavailable` where nobody said where they are."""
    if _Holder.source is None:
        raise Unavailable("No data key is known to this process: set GZ_DATA_KEY.")
    return _Holder.source()


def token(key: bytes, word: str) -> str:
    """A word locked so that the same word always looks the same (AES-SIV, RFC 5297): to be counted without being read."""
    return urlsafe_b64encode(_siv(key).encrypt(word.encode(), [])).decode()


def word_of(key: bytes, made: str) -> str:
    """The word in a `token`; raises `InvalidInput` for one of another key."""
    try:
        return _siv(key).decrypt(urlsafe_b64decode(made), []).decode()
    except (InvalidTag, ValueError):
        raise InvalidInput("A locked word does not open: it was altered, or belongs elsewhere.") from None


@lru_cache(maxsize=4)
def _siv(key: bytes) -> AESSIV:
    return AESSIV(hmac(key, b"tokens", sha512))


def as_text(box: bytes) -> str:
    """A locked value inside JSON."""
    return b64encode(box).decode()


def from_text(text: str) -> bytes:
    """The bytes of a locked value inside JSON."""
    return b64decode(text)
