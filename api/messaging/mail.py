"""Messages by mail."""

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from pydantic import SecretStr

from api.messaging.mail_server import mail_server
from dispatch.message import Came, Outcome, Outgoing


@dataclass(frozen=True, slots=True)
class Mail:
    """A `dispatch.message.Channel`."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: SecretStr | None = None
    tls: bool = True

    def send(self, message: Outgoing) -> Outcome:
        """Hand one mail over; its Message-ID is the same at each try."""
        if not message.to:
            return Outcome(Came.NOBODY)
        made = EmailMessage(policy=SMTP)
        made["From"], made["To"] = self.sender, message.to
        made["Message-ID"] = f"<{message.id}@gzdispatch>"
        made["Subject"] = message.title
        made.set_content(message.text, cte="base64")
        try:
            with mail_server(self.host, self.port, user=self.user, password=self.password, tls=self.tls) as server:
                server.send_message(made)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            lasting = all(code >= 500 for code in _codes(error))
            return Outcome(Came.REFUSED if lasting else Came.LATER, f"mail server refused ({type(error).__name__})")
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(Came.LATER, f"mail server not reached ({type(error).__name__})")
        return Outcome(Came.THERE)


def _codes(error: smtplib.SMTPException) -> list[int]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []
