"""The mail server that takes the shop's e-mail, read from one address or from parts."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Literal, get_args
from urllib.parse import parse_qsl, unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

from account_portal.core.network import is_loopback

Security = Literal["tls", "starttls", "none"]
"""TLS from the first byte, TLS asked for before anything is said, or no TLS."""

_ASKED: dict[str | None, str] = {"required": "starttls", "off": "none", None: ""}
_PORTS: dict[Security, int] = {"tls": 465, "starttls": 587, "none": 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mail is handed in, and as whom."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port}, {self.security})"


def server_of_parts(host: str, port: int, security: str, user: str, password: str) -> MailServer:
    """A mail server, with what was left open filled in.

    Args:
        host: name or address.
        port: 0 for the usual one.
        security: empty for the safe one: TLS on port 465, none on this machine, else STARTTLS.
        user: empty to hand in without signing in.
        password: of the user.

    Raises:
        ValueError: a password would travel in the open, or a part is missing.
    """
    usual: Security = "tls" if port == 465 else "none" if is_loopback(host) else "starttls"
    chosen = next((way for way in get_args(Security) if way == security), usual)
    if bool(user) != bool(password):
        raise ValueError("user and password of the mail server go together")
    if password and chosen == "none" and not is_loopback(host):
        raise ValueError("a password is sent to another machine by TLS only")
    return MailServer(host, port or _PORTS[chosen], chosen, user, password)


def server_of_url(url: str) -> MailServer:
    """A mail server from `smtp://user:password@host:port` or `smtps://…`.

    Raises:
        ValueError: it is no such address, or names more than a server, such as a recipient.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 0
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError:
        host, port, query = "", 0, {}
    schemes = {"smtp", "smtps"}
    if not host or parts.scheme not in schemes or parts.path.strip("/") or parts.fragment:
        raise ValueError(
            "write smtp://user:password@host:port or smtps://…, with signs like @ and / in the "
            "password written as %40 and %2F"
        )
    starttls = query.pop("starttls", None)
    if query or starttls not in {None, "required", "off"}:
        raise ValueError("after the ? there may be starttls=required or starttls=off alone")
    if parts.scheme == "smtps" and starttls is not None:
        raise ValueError("smtps:// speaks TLS from its first byte; leave starttls out")
    security = "tls" if parts.scheme == "smtps" else _ASKED[starttls]
    return server_of_parts(
        host, port, security, unquote(parts.username or ""), unquote(parts.password or "")
    )


def sender_of(text: str) -> Address:
    """Who e-mail comes from: an address, perhaps with a name, as in `Shop <shop@shop.example>`.

    Raises:
        ValueError: there is no address in it.
    """
    name, address = parseaddr(text)
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValueError("write an e-mail address, perhaps as Name <address>") from None
    return Address(name, found.local_part, found.ascii_domain)
