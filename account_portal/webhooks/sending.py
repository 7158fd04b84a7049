"""One try: the signed request, and what was answered. No transaction is open meanwhile."""

import asyncio
import secrets
import ssl
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import httpcore
from standardwebhooks import Webhook

from account_portal.core.tracing import span
from account_portal.webhooks.addresses import AddressRefused, GuardedNetwork, fault_of_url

ANSWER_WITHIN = 15.0
"""Seconds an endpoint has, from the connection to the status."""
AGENT = "account-portal-webhooks/1"
AT_THE_SAME_TIME = 10
"""Connections to one endpoint."""
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent: the same body under the same id on every try."""

    id: str
    body: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a try."""

    succeeded: bool
    status: int | None = None
    error: str | None = None

    @property
    def is_gone(self) -> bool:
        """Whether the endpoint says that it wants nothing more."""
        return self.status == 410


def new_secret() -> str:
    """A secret as Standard Webhooks writes it."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


def signed_headers(parcel: Parcel, keys: Sequence[str], now: datetime) -> list[tuple[str, str]]:
    """The headers of a try; while a secret is being replaced, both sign."""
    moment = now.astimezone(UTC)
    signatures = [Webhook(key).sign(parcel.id, moment, parcel.body) for key in keys]
    return [
        ("content-type", "application/json"),
        ("user-agent", AGENT),
        ("webhook-id", parcel.id),
        ("webhook-timestamp", str(int(moment.timestamp()))),
        ("webhook-signature", " ".join(signatures)),
    ]


async def send_all(
    url: str, keys: Sequence[str], parcels: Sequence[Parcel], now: datetime
) -> list[Outcome]:
    """Try several parcels at one endpoint, some at the same time."""
    if fault := fault_of_url(url):  # the setting may have changed since it was made
        return [Outcome(succeeded=False, error=f"the address {fault}")] * len(parcels)
    free = asyncio.Semaphore(AT_THE_SAME_TIME)
    async with httpcore.AsyncConnectionPool(
        network_backend=GuardedNetwork(), ssl_context=_trust()
    ) as pool:

        async def send(parcel: Parcel) -> Outcome:
            async with free:  # the time a try has begins once it may connect
                with span("webhook"):
                    return await _send(pool, url, parcel, signed_headers(parcel, keys, now))

        return await asyncio.gather(*map(send, parcels))


@cache
def _trust() -> ssl.SSLContext:
    """Whose certificates are believed; reading them takes as long as a hundred tries."""
    return ssl.create_default_context()


async def _send(
    pool: httpcore.AsyncConnectionPool, url: str, parcel: Parcel, headers: list[tuple[str, str]]
) -> Outcome:
    try:
        async with (
            asyncio.timeout(ANSWER_WITHIN),
            pool.stream("POST", url, headers=headers, content=parcel.body.encode()) as answer,
        ):
            # No redirect is followed: it is no success.
            if 200 <= answer.status < 300:
                return Outcome(succeeded=True, status=answer.status)
            return Outcome(
                succeeded=False,
                status=answer.status,
                error=f"answered {answer.status}: {await _beginning(answer)}".rstrip(": "),
            )
    except TimeoutError:
        return Outcome(succeeded=False, error=f"no answer within {ANSWER_WITHIN:.0f} seconds")
    except AddressRefused as error:
        return Outcome(succeeded=False, error=str(error))
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
        return Outcome(succeeded=False, error=f"{type(error).__name__}: {error}"[:_SHOWN])
    except (OSError, ssl.SSLError, httpcore.UnsupportedProtocol) as error:
        return Outcome(succeeded=False, error=f"{type(error).__name__}: {error}"[:_SHOWN])


async def _beginning(answer: httpcore.Response) -> str:
    """The first words of an answer; an endless one is not read on."""
    found = b""
    async for chunk in answer.aiter_stream():
        found += chunk
        if len(found) >= _SHOWN:
            break
    text = found[:_SHOWN].decode(errors="replace")
    return " ".join("".join(char for char in text if char.isprintable() or char == " ").split())
