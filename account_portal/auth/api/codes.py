"""Calls of the contract about one-time codes."""

from account_portal.api.deps import DEVICE_TOKEN, Ctx, DebugMode
from account_portal.api.router import ContractRouter
from account_portal.auth import rules, schemas, service
from account_portal.core.errors import NotAuthenticated
from account_portal.core.proof import FreshProofRequired
from account_portal.security import otp

router = ContractRouter(tag="Auth")

SENT = "A code is on its way, if this contact can receive one."


@router.expose(
    "POST",
    "/auth/login/email",
    operation_id="login-with-email",
    summary="Send a sign-in code by email",
    message=SENT,
    access="open",
    raises=(rules.ChannelNotAvailable,),
    also=(429,),
    openapi_extra=DEVICE_TOKEN,
)
def login_with_email(
    ctx: Ctx, data: schemas.LoginWithEmail, x_debug_mode: DebugMode = False
) -> schemas.OtpContent:
    """Known and unknown contacts get the same answer."""
    return service.request_login_code(
        ctx,
        rules.Contact.of(email=data.email),
        "email",
        registers=data.register_if_not_exists,
        debug=x_debug_mode,
    )


@router.expose(
    "POST",
    "/auth/login/phone",
    operation_id="login-with-phone",
    summary="Send a sign-in code by SMS",
    message=SENT,
    access="open",
    raises=(rules.ChannelNotAvailable,),
    also=(429,),
    openapi_extra=DEVICE_TOKEN,
)
def login_with_phone(
    ctx: Ctx, data: schemas.LoginWithPhone, x_debug_mode: DebugMode = False
) -> schemas.OtpContent:
    """Known and unknown contacts get the same answer."""
    return service.request_login_code(
        ctx,
        rules.Contact.of(phone=data.phone, country_code=data.country_code),
        "sms",
        registers=data.register_if_not_exists,
        debug=x_debug_mode,
    )


@router.expose(
    "POST",
    "/auth/login/whatsapp",
    operation_id="login-with-whatsapp",
    summary="Send a sign-in code by WhatsApp",
    message=SENT,
    access="open",
    raises=(rules.ChannelNotAvailable,),
    also=(429,),
    openapi_extra=DEVICE_TOKEN,
)
def login_with_whatsapp(
    ctx: Ctx, data: schemas.LoginWithPhone, x_debug_mode: DebugMode = False
) -> schemas.OtpContent:
    """Known and unknown contacts get the same answer."""
    return service.request_login_code(
        ctx,
        rules.Contact.of(phone=data.phone, country_code=data.country_code),
        "whatsapp",
        registers=data.register_if_not_exists,
        debug=x_debug_mode,
    )


@router.expose(
    "POST",
    "/auth/verify-otp",
    operation_id="verify-otp",
    summary="Confirm a code",
    message="Confirmed.",
    access="open",
    raises=(
        otp.OtpInvalid,
        otp.OtpExpired,
        otp.OtpActionMismatch,
        NotAuthenticated,
        rules.AccountIsDeactivated,
        rules.SecondProofRequired,
        otp.OtpNotFound,
        rules.EmailTaken,
        rules.PhoneTaken,
    ),
    also=(429,),
    openapi_extra=DEVICE_TOKEN,
)
def verify_otp(ctx: Ctx, data: schemas.VerifyOtp) -> schemas.SignedIn | schemas.OtpContent:
    """Finishes sign-in, registration, contact check or contact change.

    The two `update-*` and the two `verify-*` actions need the token of the user who asked for the
    code.
    """
    return service.verify_otp(ctx, data)


@router.expose(
    "POST",
    "/auth/generate-otp",
    operation_id="generate-otp",
    summary="Send a code",
    message=SENT,
    access="open",
    raises=(
        FreshProofRequired,
        rules.EmailTaken,
        rules.PhoneTaken,
        rules.AlreadyVerified,
        rules.ChannelNotAvailable,
    ),
    also=(401, 429),
    openapi_extra=DEVICE_TOKEN,
)
def generate_otp(
    ctx: Ctx, data: schemas.GenerateOtp, x_debug_mode: DebugMode = False
) -> schemas.OtpContent:
    """`update-email`, `update-phone`, `verify-email` and `verify-phone` need a signed-in token.

    The two `update-*` need fresh proof; the two `verify-*`, once confirmed, are one.
    """
    return service.generate_code(ctx, data, debug=x_debug_mode)


@router.expose(
    "POST",
    "/auth/forgot-password",
    operation_id="forgot-password",
    summary="Send a password-reset code",
    message=SENT,
    access="open",
    raises=(rules.ChannelNotAvailable,),
    also=(429,),
    openapi_extra=DEVICE_TOKEN,
)
def forgot_password(
    ctx: Ctx, data: schemas.SendOtp, x_debug_mode: DebugMode = False
) -> schemas.OtpContent:
    """Known and unknown contacts get the same answer."""
    if isinstance(data, schemas.SendOtpWithEmail):
        contact = rules.Contact.of(email=data.email)
        return service.request_reset_code(ctx, contact, "email", debug=x_debug_mode)
    contact = rules.Contact.of(phone=data.phone, country_code=data.country_code)
    return service.request_reset_code(ctx, contact, "sms", debug=x_debug_mode)


@router.expose(
    "POST",
    "/auth/reset-password",
    operation_id="reset-password",
    summary="Set a new password with a reset code",
    message="Password set.",
    access="open",
    writes=False,
    raises=(
        otp.OtpInvalid,
        otp.OtpExpired,
        otp.OtpNotVerified,
        rules.PasswordMismatch,
        rules.WeakPassword,
        rules.SecondProofRequired,
        otp.OtpNotFound,
    ),
    also=(429,),
    openapi_extra=DEVICE_TOKEN,
)
def reset_password(ctx: Ctx, data: schemas.ResetPassword) -> schemas.SignedIn:
    """Ends all other sessions of the user."""
    return service.reset_password(ctx, data)
