"""A seal as a message, and messages on their way."""

import smtplib
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from pydantic import SecretStr

from api.messaging.mail_server import mail_server
from dispatch.errors import Unavailable
from dispatch.seals import Seal, moment
from dispatch.unit import GUANGZHOU_TIME

TEXT = """\
广州调度 · 事件记录封存第 {number} 号

封存时刻  {local}(广州)
事件数    {events}
封存码    {hash}
短码      {short}(可电话核对)
根值      {root}
前一封存  {previous}

请保存本邮件。它不含任何案件内容;日后凭封存码可核验审计包:python3 verify.py bundle.zip --root 封存码

Guangzhou Dispatch · seal {number} of the event log, made at {utc}. Keep this message. It holds nothing of any incident;
the code proves later that no event before that moment was altered, removed, inserted or reordered.
"""


def message(seal: Seal, sender: str, receivers: str) -> EmailMessage:
    """Write the message of a seal; the same seal gives the same bytes."""
    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    if receivers:
        made["To"] = receivers
    made["Date"] = format_datetime(seal.sealed_at)
    made["Message-ID"] = f"<seal-{seal.number}-{seal.hash[:20]}@gzdispatch>"
    made["Subject"] = f"封存 seal {seal.number}: {seal.short}"
    local = f"{seal.sealed_at.astimezone(GUANGZHOU_TIME):%Y-%m-%d %H:%M:%S}"
    words = seal.document | {"hash": seal.hash, "short": seal.short, "local": local, "utc": moment(seal.sealed_at)}
    made.set_content(TEXT.format(**words), cte="base64")
    return made


def send(outbox: Path, host: str, port: int, *, user: str = "", password: SecretStr | None = None, tls: bool) -> int:
    """Send every message of an outbox, oldest first, and put it into ``sent/`` beside it; how many were sent.

    Raises
    ------
    Unavailable
        When the server cannot be reached or refuses one; it stays, with those after it, for the next time.
    """
    waiting = sorted(outbox.glob("*.eml"))
    if not waiting:
        return 0
    sent = outbox.parent / "sent"
    sent.mkdir(exist_ok=True)
    try:
        with mail_server(host, port, user=user, password=password, tls=tls) as server:
            for path in waiting:
                _send_one(server, path)
                path.replace(sent / path.name)
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable(f"Seals wait in {outbox}: the mail server {host}:{port} says {error}.") from None
    return len(waiting)


def _send_one(server: smtplib.SMTP, path: Path) -> None:
    server.send_message(message_from_bytes(path.read_bytes(), policy=SMTP))
