"""Sign-in calls of the contract."""

from typing import Annotated

from fastapi import Header

from account_portal.api.deps import DEVICE_TOKEN, Ctx, OwnUser
from account_portal.api.router import ContractRouter
from account_portal.auth import rules, schemas, service
from account_portal.core.errors import LoginRequired, ValidationError
from account_portal.core.proof import FreshProofRequired

router = ContractRouter(tag="Auth")
users = ContractRouter(tag="Users")

ApiKey = Annotated[str | None, Header(alias="X-Api-Key", include_in_schema=False)]
"""Documented as a security scheme, not as a parameter."""


@router.expose(
    "POST",
    "/auth/anonymous",
    operation_id="get-anonymous-token",
    summary="Start a visitor session",
    message="Welcome.",
    access="open",
    also=(401, 429),
    openapi_extra={"security": [{"apiKeyAuth": []}, {"apiKeyAuth": [], "bearerAuth": []}]},
)
def get_anonymous_token(ctx: Ctx, x_api_key: ApiKey = None) -> schemas.VisitorTokens:
    """Takes no body. An expired bearer token in the same request is tolerated."""
    return service.start_visitor_session(ctx, x_api_key)


@router.expose(
    "POST",
    "/auth/register/password",
    operation_id="register-with-password",
    summary="Create an account with a password",
    message="Account created.",
    access="open",
    writes=False,
    raises=(
        ValidationError,
        rules.PasswordMismatch,
        rules.WeakPassword,
        rules.SecondProofRequired,
        rules.EmailTaken,
        rules.PhoneTaken,
    ),
    also=(429,),
    openapi_extra=DEVICE_TOKEN,
)
def register_with_password(ctx: Ctx, data: schemas.RegisterWithPassword) -> schemas.SignedIn:
    """Signs in at once; e-mail and phone start unverified."""
    return service.register_with_password(ctx, data)


@router.expose(
    "POST",
    "/auth/login/password",
    operation_id="login-with-password",
    summary="Sign in with a password",
    message="Signed in.",
    access="open",
    writes=False,
    raises=(rules.InvalidCredentials, rules.AccountIsDeactivated, rules.SecondProofRequired),
    also=(429,),
    openapi_extra=DEVICE_TOKEN,
)
def login_with_password(ctx: Ctx, data: schemas.LoginWithPassword) -> schemas.SignedIn:
    """Wrong user and wrong password look the same."""
    return service.login_with_password(ctx, data)


@router.expose(
    "POST",
    "/auth/refresh-token",
    operation_id="refresh-token",
    summary="Trade a refresh token for a new pair",
    message="Tokens renewed.",
    access="open",
    raises=(rules.RefreshTokenInvalid, rules.RefreshTokenExpired, rules.RefreshTokenReused),
    also=(429,),
    openapi_extra={"security": [{}]},
)
def refresh_token(ctx: Ctx, data: schemas.RefreshToken) -> schemas.TokenPair:
    """A refresh token works once; a second use much later ends the session."""
    return service.refresh_tokens(ctx, data)


@router.expose(
    "POST",
    "/auth/logout",
    operation_id="logout",
    summary="Sign out",
    message="Signed out.",
    access="visitor",
)
def logout(ctx: Ctx) -> schemas.UserTokens:
    """Takes no body. The answer carries visitor tokens that continue the session."""
    return service.sign_out(ctx)


@router.expose(
    "POST",
    "/auth/change-password",
    operation_id="change-password",
    summary="Change the password",
    message="Password changed.",
    writes=False,
    raises=(
        rules.OldPasswordWrong,
        rules.PasswordMismatch,
        rules.WeakPassword,
        rules.PasswordUnchanged,
        rules.PasswordNotSet,
        LoginRequired,
    ),
    also=(429,),
)
def change_password(ctx: Ctx, data: schemas.ChangePassword) -> schemas.TokenPair:
    """Ends all other sessions of the user."""
    service.change_password(ctx, data)
    return service.renew_pair(ctx)


@router.expose(
    "POST",
    "/auth/confirm-password",
    operation_id="confirm-password",
    summary="Prove by the password who is signed in",
    message="Confirmed.",
    writes=False,
    raises=(rules.PasswordWrong, rules.PasswordNotSet, LoginRequired),
    also=(429,),
)
def confirm_password(ctx: Ctx, data: schemas.ConfirmPassword) -> None:
    """A fresh proof for calls that answer `fresh_proof_required`.

    A code to a present contact is one too: `verify-email` or `verify-phone`.
    """
    service.confirm_password(ctx, data)


@router.expose(
    "POST",
    "/auth/verified-email-phone",
    operation_id="check-verification-status",
    summary="Which contacts are verified",
    message="Found.",
    writes=False,
)
def check_verification_status(
    ctx: Ctx, data: schemas.VerificationStatusRequest
) -> schemas.VerificationStatus:
    """Answers only for contacts of the caller: profile and address book."""
    return service.check_verification_status(ctx, data)


@users.expose(
    "PUT",
    "/auth/user/{id}/deactivate",
    operation_id="deactivate-user",
    summary="Close the account",
    message="Account closed.",
    raises=(FreshProofRequired,),
    also=(404,),
)
def deactivate_user(ctx: Ctx, id: OwnUser) -> None:
    """Takes no body; asks for fresh proof. Ends every session of the user."""
    service.deactivate_user(ctx)
