"""What a device proves itself with: a random token, typed into the phone once and kept nowhere but there.

A token has 140 random bits, so a plain hash is enough to keep it: there is nothing to guess, and a slow hash at every
position would cost more than the position. Looking the hash up tells nobody how near a guess was.
"""

import hashlib
import secrets

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: none is mistaken for another
_GROUPS, _GROUP = 7, 4
_AS_READ = str.maketrans("oil", "011", " -")
LONGEST = 200  # characters that are looked at; more is no token


def new_token() -> str:
    """A fresh token, e.g. ``8k3m-…`` (seven groups of four)."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def digest(token: str) -> bytes:
    """What is kept of a token; capitals, spaces, hyphens and look-alike letters make no difference."""
    as_meant = token[:LONGEST].lower().translate(_AS_READ)
    return hashlib.sha256(as_meant.encode(errors="surrogatepass")).digest()
