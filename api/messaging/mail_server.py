"""One connection to the mail server of the settings."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr

PATIENCE_S = 20.0


@contextmanager
def mail_server(
    host: str, port: int, *, user: str = "", password: SecretStr | None = None, tls: bool
) -> Iterator[smtplib.SMTP]:
    """Speak to a mail server for the time of the block.

    Raises
    ------
    OSError, smtplib.SMTPException
        When it cannot be reached or turns the user down.
    """
    with smtplib.SMTP(host, port, timeout=PATIENCE_S) as server:
        if tls:
            server.starttls()
        if user:
            server.login(user, password.get_secret_value() if password else "")
        yield server
