"""E-mail: one message, one recipient, handed in at the shop's mail server."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import idna

from account_portal.core.clock import utc_now
from account_portal.core.mail_server import MailServer
from account_portal.gateways.message import DeliveryFailed, DeliveryRefused, Message

_POLICY = SMTP.clone(cte_type="7bit")  # not every server on the way takes eight
ANSWERS_WITHIN = 15
"""Seconds for the mail server to take the connection, and for each of its answers."""


class EmailSender:
    """Hands e-mail in by SMTP, over TLS whose certificate is checked."""

    def __init__(self, server: MailServer, sender: Address) -> None:
        self._server = server
        self._sender = sender

    def send(self, message: Message) -> None:
        recipient = _deliverable(message.recipient)
        mail = self._compose(message, recipient)
        with self._signed_in() as smtp:
            try:
                smtp.send_message(mail, self._sender.addr_spec, [recipient.addr_spec])
            except smtplib.SMTPRecipientsRefused as error:
                ((code, answer),) = error.recipients.values()
                raise _failure(code, answer, is_final=500 <= code < 600) from None
            except smtplib.SMTPNotSupportedError:
                raise DeliveryRefused("the mail server takes no such address") from None

    def check(self) -> None:
        """Connect and sign in, sending nothing.

        Raises:
            DeliveryFailed: with what the server said, or that it did not.
        """
        with self._signed_in():
            pass

    def _compose(self, message: Message, recipient: Address) -> EmailMessage:
        mail = EmailMessage(policy=_POLICY)
        mail["From"] = self._sender
        mail["To"] = recipient
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(utc_now())
        # The same on each try: who got it twice can tell.
        mail["Message-ID"] = f"<{message.id}@{self._sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        if message.unsubscribe_url:
            mail["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(message.text)
        if message.html:
            mail.add_alternative(message.html, subtype="html")
        return mail

    @contextmanager
    def _signed_in(self) -> Iterator[smtplib.SMTP]:
        server = self._server
        try:
            with closing(self._connection()) as smtp:
                if server.security == "starttls":
                    smtp.starttls(context=ssl.create_default_context())
                if server.user:
                    smtp.login(server.user, server.password)
                yield smtp
                # What was accepted is sent, however the server says goodbye.
                with suppress(smtplib.SMTPException, OSError):
                    smtp.quit()
        except smtplib.SMTPResponseException as error:
            raise _failure(error.smtp_code, error.smtp_error) from None
        except ssl.SSLCertVerificationError as error:
            raise DeliveryFailed(f"its certificate is refused: {error.verify_message}") from None
        except smtplib.SMTPServerDisconnected as error:
            raise DeliveryFailed(f"it does not answer: {error}") from None
        except smtplib.SMTPException as error:
            raise DeliveryFailed(str(error) or type(error).__name__) from None
        except OSError as error:
            reason = error.strerror or str(error) or type(error).__name__
            raise DeliveryFailed(f"it does not answer: {reason}") from None

    def _connection(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            return smtplib.SMTP_SSL(
                server.host,
                server.port,
                timeout=ANSWERS_WITHIN,
                context=ssl.create_default_context(),
            )
        return smtplib.SMTP(server.host, server.port, timeout=ANSWERS_WITHIN)


def _deliverable(recipient: str) -> Address:
    """An address as it is written on the envelope: a domain of other scripts by its DNS name.

    Raises:
        DeliveryRefused: no mail could ever go there.
    """
    local, _, domain = recipient.rpartition("@")
    try:
        if not domain.isascii():
            domain = idna.encode(domain, uts46=True).decode()
        if local.isascii():
            return Address(addr_spec=f"{local}@{domain}")
        return Address(username=local, domain=domain)
    except (ValueError, IndexError, MessageError):  # what the parsers of both parts raise
        raise DeliveryRefused("it is no e-mail address") from None


def _failure(code: int, answer: bytes | str, *, is_final: bool = False) -> DeliveryFailed:
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    kind = DeliveryRefused if is_final else DeliveryFailed
    return kind(f"the mail server answered {code}: {' '.join(words.split())}")
