"""E-mail reaches a real mail server, addressed to exactly who was meant."""

import socketserver
import threading
from collections.abc import Iterator

import pytest

from account_portal.gateways.messaging import (
    AppriseSender,
    DeliveryFailed,
    Message,
)

# Apprise imports a module that Python is going to remove.
pytestmark = pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks enough SMTP to take mail."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.recipients: list[str] = []
        self.texts: list[str] = []


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self._say("220 mail.test")
        while command := self.rfile.readline().decode().strip():
            word = command.split(" ")[0].upper()
            if word == "DATA":
                self._say("354 go on")
                lines = []
                while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    lines.append(line)
                self.server.texts.append("\n".join(lines))
            elif word == "RCPT":
                self.server.recipients.append(command.partition(":")[2].split(" ")[0].strip("<>"))
            elif word == "QUIT":
                self._say("221 bye")
                return
            self._say("250 ok")


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "recipient",
    [
        "asha@shop.example",
        "o'neil@shop.example",
        "a&smtp=evil.example@shop.example",
        "a+b@shop.example",
        "a=b%40c@shop.example",
    ],
)
@pytest.mark.parametrize("ending", ["", "/?to={to}", "/?to=shop@shop.example", "/{to}"])
def test_mail_goes_to_exactly_its_recipient(
    mail_server: MailServer, recipient: str, ending: str
) -> None:
    port = mail_server.server_address[1]
    url = f"mailto://127.0.0.1:{port}{ending}"
    url += ("&" if "?" in url else "/?") + "from=shop@shop.example&mode=insecure"
    messenger = AppriseSender(url)
    messenger.send(Message("email", recipient, "Your code", "It is 123456.", "code"))
    assert mail_server.recipients == [recipient]
    assert "123456" in mail_server.texts[0]


@pytest.mark.parametrize("url", ["nonsense://{to}", "mailto://", "json://127.0.0.1:1/"])
def test_what_names_no_service_or_recipient_sends_nothing(url: str) -> None:
    messenger = AppriseSender(url)
    with pytest.raises(DeliveryFailed):
        messenger.send(Message("email", "asha@shop.example", "Your code", "123456", "code"))
