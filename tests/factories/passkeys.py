"""An authenticator in software: makes passkeys and signs with them, as browsers would."""

import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as b64

from account_portal.core.db import Database
from account_portal.core.ids import new_secret
from account_portal.models import Passkey, User

ORIGIN = "http://localhost:8000"
PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40
KEEPER = "fbfc3007-154e-4ecc-8c0b-6e020557d7bd"


class Authenticator:
    """Holds one passkey.

    Attributes are what it puts into its answers; tests change them to answer wrongly.
    """

    def __init__(self, *, counts: bool = False, synced: bool = True) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.handle: str | None = None
        self.rp_id = ""
        self.origin = ORIGIN
        self.counts = counts
        self.count = 0
        self.flags = PRESENT | VERIFIED | (ELIGIBLE | BACKED_UP if synced else 0)
        self.aaguid = bytes.fromhex(KEEPER.replace("-", ""))
        self.client: dict[str, Any] = {}
        """More of what the browser says, in place of what it would."""

    def public_key(self) -> bytes:
        """As a COSE key."""
        point = self.key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        return cbor2.dumps(key)

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """`navigator.credentials.create()`."""
        self.rp_id, self.handle = self.rp_id or options["rp"]["id"], options["user"]["id"]
        attested = self.aaguid + len(self.id).to_bytes(2) + self.id + self.public_key()
        found = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + attested}
        return self._credential(
            clientDataJSON=b64(self._client("webauthn.create", options)),
            attestationObject=b64(cbor2.dumps(found)),
            transports=["internal", "hybrid", "telepathy"],
        )

    def sign(self, options: dict[str, Any]) -> dict[str, Any]:
        """`navigator.credentials.get()`."""
        self.rp_id = self.rp_id or options["rpId"]
        self.count += self.counts
        data, client = self._data(), self._client("webauthn.get", options)
        signed = data + hashlib.sha256(client).digest()
        return self._credential(
            clientDataJSON=b64(client),
            authenticatorData=b64(data),
            signature=b64(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            userHandle=self.handle,
        )

    def _data(self, flags: int = 0) -> bytes:
        party = hashlib.sha256(self.rp_id.encode()).digest()
        return party + bytes([self.flags | flags]) + self.count.to_bytes(4)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps({**said, "crossOrigin": False, **self.client}).encode()

    def _credential(self, **response: Any) -> dict[str, Any]:
        return {
            "id": b64(self.id),
            "rawId": b64(self.id),
            "type": "public-key",
            "response": response,
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
        }


def give_passkey(database: Database, user: User, name: str = "Apple Passwords") -> Authenticator:
    """A passkey that the user has, as if it had been added."""
    authenticator = Authenticator()
    handle = user.passkey_handle or new_secret()
    with database.session(writes=True) as db:
        db.get_one(User, user.id).passkey_handle = user.passkey_handle = handle
        db.add(
            Passkey(
                user_id=user.id,
                credential_id=b64(authenticator.id),
                public_key=authenticator.public_key(),
                sign_count=0,
                transports="internal",
                name=name,
                aaguid=KEEPER,
                is_backup_eligible=True,
                is_backed_up=True,
                created_at=user.created_at,
            )
        )
        db.commit()
    authenticator.handle = handle
    return authenticator
