"""Where this installation's keys of personal data come from: the settings, else a file that set-up makes."""

from functools import lru_cache
from pathlib import Path

from api.credentials.kept_secrets import kept
from api.settings import settings
from dispatch.errors import Unavailable
from geo_data.stores import vault
from geo_data.stores.vault import Keyring

FILE = "data_key"  # lose it, and all personal data is lost: keep a copy apart from the database's backups


def make() -> None:
    """Make the key file where the settings name no key, once; only the owner may read it."""
    if settings().data_key is None:
        kept(FILE, vault.new_key)


def ring() -> Keyring:
    """The keys of this process.

    Raises
    ------
    Unavailable
        When there is neither a setting nor a file: none is made here, or a lost key would go unnoticed.
    InvalidInput
        When one of them is no key.
    """
    if (given := settings().data_key) is not None:
        return _ring(given.get_secret_value())
    try:
        file = settings().state / FILE
        return _in_file(file, file.stat().st_mtime_ns)
    except FileNotFoundError:
        raise Unavailable("No data key yet: run `make setup`, or name it in GZ_DATA_KEY.") from None


@lru_cache(maxsize=4)
def _in_file(file: Path, _changed_ns: int) -> Keyring:
    """The file as it was last written: asked for each locked value, and reading it took a quarter of reading a case."""
    return _ring(file.read_text())


@lru_cache(maxsize=4)
def _ring(keys: str) -> Keyring:
    return Keyring([key for key in keys.split(",") if key.strip()])


def install() -> None:
    """Let the stores of this process use them."""
    vault.keys_from(ring)
