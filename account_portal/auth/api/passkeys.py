"""Calls of the contract about passkeys."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import JSONResponse, Response

from account_portal.api.deps import DEVICE_TOKEN, Ctx
from account_portal.api.router import ContractRouter
from account_portal.auth import rules, schemas, service
from account_portal.auth.rules import passkeys as reasons
from account_portal.context import enter
from account_portal.core.errors import NotFound, TopLevelRequired
from account_portal.core.proof import FreshProofRequired
from account_portal.core.schemas import Ulid

router = ContractRouter(tag="Passkeys")

well_known = APIRouter(include_in_schema=False)


@well_known.get("/.well-known/webauthn")
def related_origins() -> Response:
    """Where browsers look which other origins may use passkeys of this host."""
    with enter(writes=False) as ctx:
        return JSONResponse({"origins": service.passkey_origins(ctx)})


PasskeyId = Annotated[Ulid, Path(description="Id of a passkey of the caller.")]


@router.expose(
    "POST",
    "/auth/login/passkey/options",
    operation_id="begin-passkey-login",
    summary="Begin to sign in with a passkey",
    message="Ask the browser.",
    access="open",
    writes=False,
    raises=(reasons.PasskeysNotAvailable,),
)
def begin_passkey_login(ctx: Ctx) -> schemas.PasskeyOptions:
    """Takes no body. The browser offers the passkeys it has: nobody is named before."""
    return service.begin_passkey_login(ctx)


@router.expose(
    "POST",
    "/auth/login/passkey",
    operation_id="login-with-passkey",
    summary="Sign in with a passkey",
    message="Signed in.",
    access="open",
    raises=(
        reasons.PasskeyInvalid,
        reasons.PasskeyUnknown,
        reasons.PasskeyExpired,
        rules.AccountIsDeactivated,
        reasons.PasskeysNotAvailable,
    ),
    also=(429,),
    openapi_extra=DEVICE_TOKEN,
)
def login_with_passkey(ctx: Ctx, data: schemas.PasskeyProof) -> schemas.SignedIn:
    """Whatever the answer, the challenge is used up by it."""
    return service.login_with_passkey(ctx, data)


@router.expose(
    "POST",
    "/auth/confirm-passkey/options",
    operation_id="begin-passkey-proof",
    summary="Begin to prove by a passkey who is signed in",
    message="Ask the browser.",
    writes=False,
    raises=(NotFound, reasons.PasskeysNotAvailable),
)
def begin_passkey_proof(ctx: Ctx) -> schemas.PasskeyOptions:
    """Takes no body. Who has no passkey gets 404 `not_found`."""
    return service.begin_passkey_proof(ctx)


@router.expose(
    "POST",
    "/auth/confirm-passkey",
    operation_id="confirm-passkey",
    summary="Prove by a passkey who is signed in",
    message="Confirmed.",
    raises=(
        reasons.PasskeyInvalid,
        reasons.PasskeyUnknown,
        reasons.PasskeyExpired,
        reasons.PasskeysNotAvailable,
    ),
    also=(429,),
)
def confirm_passkey(ctx: Ctx, data: schemas.PasskeyProof) -> None:
    """A fresh proof for calls that answer `fresh_proof_required`."""
    service.prove_with_passkey(ctx, data)


@router.expose(
    "GET",
    "/auth/passkeys",
    operation_id="list-passkeys",
    summary="List passkeys",
    message="Found.",
    content="passkeys",
)
def list_passkeys(ctx: Ctx) -> list[schemas.Passkey]:
    """Oldest first."""
    return service.list_passkeys(ctx)


@router.expose(
    "POST",
    "/auth/passkey-options",
    operation_id="begin-passkey",
    summary="Begin to add a passkey",
    message="Ask the browser.",
    raises=(
        TopLevelRequired,
        FreshProofRequired,
        reasons.PasskeysNotAvailable,
        reasons.PasskeyLimitReached,
    ),
)
def begin_passkey(ctx: Ctx) -> schemas.PasskeyOptions:
    """Takes no body; asks for fresh proof."""
    return service.begin_passkey(ctx)


@router.expose(
    "POST",
    "/auth/passkeys",
    operation_id="add-passkey",
    summary="Add a passkey",
    message="Passkey added.",
    content="passkey",
    raises=(
        reasons.PasskeyInvalid,
        reasons.PasskeyExpired,
        TopLevelRequired,
        reasons.PasskeysNotAvailable,
        reasons.PasskeyLimitReached,
    ),
    also=(429,),
)
def add_passkey(ctx: Ctx, data: schemas.NewPasskey) -> schemas.Passkey:
    """Needs the token of the session that began. The owner is told."""
    return service.add_passkey(ctx, data)


@router.expose(
    "PUT",
    "/auth/passkeys/{passkey_id}",
    operation_id="rename-passkey",
    summary="Rename a passkey",
    message="Passkey renamed.",
    content="passkey",
    raises=(NotFound,),
)
def rename_passkey(ctx: Ctx, passkey_id: PasskeyId, data: schemas.RenamePasskey) -> schemas.Passkey:
    """The name is for its owner alone."""
    return service.rename_passkey(ctx, passkey_id, data)


@router.expose(
    "DELETE",
    "/auth/passkeys/{passkey_id}",
    operation_id="remove-passkey",
    summary="Remove a passkey",
    message="Passkey removed.",
    raises=(TopLevelRequired, FreshProofRequired, NotFound, rules.TwoStepNeedsWays),
)
def remove_passkey(ctx: Ctx, passkey_id: PasskeyId) -> None:
    """Asks for fresh proof. From now on it opens nothing, and the owner is told."""
    service.remove_passkey(ctx, passkey_id)
