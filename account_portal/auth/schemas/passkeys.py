"""Passkeys, as WebAuthn writes them in JSON and as their owners see them."""

from typing import Annotated, Any, Literal

from pydantic import Field, Json, StringConstraints

from account_portal.core.schemas import KEPT, Input, Moment, Ulid, View

PasskeyName = Annotated[str, StringConstraints(min_length=1, max_length=60)]
PasskeyToken = Annotated[
    str,
    StringConstraints(min_length=16, max_length=2048),
    Field(description="Opaque handle of one challenge; works once, for five minutes."),
]
Bytes = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=16_384),
    Field(description="Base64url."),
]
CredentialId = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=1364), Field(description="Id.")
]


class AttestationResponse(Input):
    """What an authenticator says of a credential it has made."""

    client_data: Bytes = Field(alias="clientDataJSON")
    attestation_object: Bytes = Field(alias="attestationObject")
    transports: list[Annotated[str, StringConstraints(max_length=20)]] = Field(
        default=KEPT, max_length=10
    )


class RegistrationCredential(Input):
    """A `PublicKeyCredential` just made, as its `toJSON()` gives it."""

    id: CredentialId
    raw_id: CredentialId = Field(alias="rawId")
    type: Literal["public-key"]
    response: AttestationResponse


class AssertionResponse(Input):
    """What an authenticator signs."""

    client_data: Bytes = Field(alias="clientDataJSON")
    authenticator_data: Bytes = Field(alias="authenticatorData")
    signature: Bytes
    user_handle: Bytes | None = Field(default=None, alias="userHandle")


class AssertionCredential(Input):
    """A `PublicKeyCredential` that was asked for, as its `toJSON()` gives it."""

    id: CredentialId
    raw_id: CredentialId = Field(alias="rawId")
    type: Literal["public-key"]
    response: AssertionResponse


class NewPasskey(Input):
    """A passkey just made. Without a name it is called after what keeps it."""

    passkey_token: PasskeyToken
    credential: RegistrationCredential
    name: PasskeyName = KEPT


class PasskeyProof(Input):
    """What a passkey signed, and the challenge it answers."""

    passkey_token: PasskeyToken
    credential: AssertionCredential


class PasskeyForm(PasskeyProof):
    """The same as fields of a form."""

    credential: Json[AssertionCredential]


class RenamePasskey(Input):
    """Another name."""

    name: PasskeyName


class PasskeyOptions(View):
    """A challenge: what the browser is asked, and the handle that goes back with its answer."""

    passkey_token: PasskeyToken
    options: dict[str, Any] = Field(
        description="For `PublicKeyCredential.parseCreationOptionsFromJSON` or "
        "`parseRequestOptionsFromJSON`."
    )


class Passkey(View):
    """A passkey as its owner sees it."""

    id: Ulid
    name: str
    is_backed_up: bool = Field(description="Whether its keeper copies it to other devices.")
    created_at: Moment
    last_used_at: Moment | None
