"""Servers over https, with a certificate of our own: some things browsers grant only there."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def make_certificate(folder: Path) -> ssl.SSLContext:
    """A certificate for this machine that nobody else has signed, good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    address = ipaddress.ip_address("127.0.0.1")
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(address)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    encoding = serialization.Encoding.PEM
    file.write_bytes(key.private_bytes(encoding, form, plain) + certificate.public_bytes(encoding))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@contextmanager
def page_over_tls(html: str, context: ssl.SSLContext) -> Iterator[str]:
    """A site of one page; yields its origin, by address: another site than `localhost`."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        # Each connection shakes hands in the thread that answers it.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def tls_before(behind: int, port: int, context: ssl.SSLContext) -> Iterator[None]:
    """Pass on to a port of this machine what comes to another over TLS."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        accepting = Thread(target=_accept, args=(listening, behind, context), daemon=True)
        accepting.start()
        yield
        listening.shutdown(socket.SHUT_RDWR)
        accepting.join()


def _accept(listening: socket.socket, behind: int, context: ssl.SSLContext) -> None:
    while True:
        try:
            plain, _ = listening.accept()
        except OSError:
            return
        Thread(target=_join, args=(plain, behind, context), daemon=True).start()


def _join(plain: socket.socket, behind: int, context: ssl.SSLContext) -> None:
    with (
        suppress(OSError),
        context.wrap_socket(plain, server_side=True) as outer,
        socket.create_connection(("127.0.0.1", behind)) as inner,
    ):
        back = Thread(target=_pass_on, args=(inner, outer), daemon=True)
        back.start()
        _pass_on(outer, inner)
        back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
