"""Where this installation's keys of personal data come from: the settings, else a file that set-up makes."""

from functools import lru_cache

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
        return _ring((settings().state / FILE).read_text())
    except FileNotFoundError:
        raise Unavailable("No data key yet: run `make setup`, or name it in GZ_DATA_KEY.") from None


@lru_cache(maxsize=4)
def _ring(keys: str) -> Keyring:
    return Keyring([key for key in keys.split(",") if key.strip()])


def install() -> None:
    """Let the stores of this process use them."""
    vault.keys_from(ring)
