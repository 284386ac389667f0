"""E-mails, by the server that Django's settings name."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from costs.alerts.channels.base import NotSentError, Outgoing, UnreachableError, UnsureError
from costs.alerts.message import headline, lines

MAX_SUBJECT = 150


class Email:
    """Sends an e-mail to those whom an alert is for, and to those who get all.

    Args:
        everyone: the addresses of those who get all.
    """

    # Programs that read mail, and many servers, know a message by its Message-ID.
    knows_repeats = True
    repeats_every: timedelta | None = None

    def __init__(self, everyone: Sequence[str]) -> None:
        self._everyone = everyone

    def reaches(self, owners: Sequence[str], *, is_personal: bool = False) -> bool:
        return bool(self._recipients(owners, is_personal=is_personal))

    def send(self, outgoing: Outgoing) -> None:
        message = outgoing.message
        text = headline(message)
        subject = text if len(text) <= MAX_SUBJECT else f"{text[: MAX_SUBJECT - 1]}…"
        email = EmailMessage(
            subject,
            "\n\n".join(["\n".join(lines(message)), message["url"]]),
            # Owners need not know each other's addresses.
            bcc=self._recipients(outgoing.owners, is_personal=outgoing.is_personal),
            headers={
                "To": "undisclosed-recipients:;",
                "Message-ID": f"<{outgoing.key}@{_domain()}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        try:
            email.send()
        except smtplib.SMTPResponseException as error:
            raise _refusal(error) from None
        except smtplib.SMTPRecipientsRefused:
            raise NotSentError("The server refused all of its addresses.") from None
        except (smtplib.SMTPServerDisconnected, TimeoutError):
            raise UnsureError("The server did not answer.") from None
        except (smtplib.SMTPException, OSError) as error:
            raise UnreachableError(f"The server cannot be used: {type(error).__name__}.") from None

    def _recipients(self, owners: Sequence[str], *, is_personal: bool) -> list[str]:
        """Each once: no server in use tells addresses apart by their capitals."""
        found: dict[str, str] = {}
        for address in (*owners, *([] if is_personal else self._everyone)):
            found.setdefault(address.casefold(), address)
        return list(found.values())


def _refusal(error: smtplib.SMTPResponseException) -> NotSentError:
    text = f"The server answered {error.smtp_code}."
    is_of_server = isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPConnectError)
    return UnreachableError(text) if is_of_server else NotSentError(text)


def _domain() -> str:
    """The domain of the sender, by which a Message-ID is the sender's own."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
