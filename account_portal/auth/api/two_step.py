"""Calls about two-step sign-in: the second proof, and turning it on and off."""

from account_portal.api.deps import DEVICE_TOKEN, Ctx, DebugMode
from account_portal.api.router import ContractRouter
from account_portal.auth import rules, schemas, service
from account_portal.auth.api.codes import SENT
from account_portal.core.errors import TopLevelRequired
from account_portal.core.proof import FreshProofRequired
from account_portal.security import otp

router = ContractRouter(tag="Two-step sign-in")


@router.expose(
    "POST",
    "/auth/second-proof/code",
    operation_id="send-second-code",
    summary="Send a code as the second proof",
    message=SENT,
    access="open",
    raises=(rules.SecondProofExpired, rules.SecondProofUnfit),
    also=(429,),
    openapi_extra=DEVICE_TOKEN,
)
def send_second_code(
    ctx: Ctx, data: schemas.SecondCode, x_debug_mode: DebugMode = False
) -> schemas.OtpContent:
    """To a verified contact of the account, other than the one of the first proof."""
    return service.send_second_code(ctx, data, debug=x_debug_mode)


@router.expose(
    "POST",
    "/auth/second-proof",
    operation_id="give-second-proof",
    summary="Sign in with a second proof",
    message="Signed in.",
    access="open",
    writes=False,
    raises=(
        rules.SecondProofExpired,
        rules.SecondProofUnfit,
        rules.PasswordWrong,
        rules.RecoveryCodeWrong,
        rules.WeakPassword,
        otp.OtpInvalid,
        otp.OtpExpired,
        otp.OtpNotFound,
    ),
    also=(429,),
    openapi_extra=DEVICE_TOKEN,
)
def give_second_proof(ctx: Ctx, data: schemas.SecondProof) -> schemas.SignedIn:
    """Finishes a sign-in, reset or registration that was answered with `second_proof_required`."""
    return service.give_second_proof(ctx, data)


@router.expose(
    "GET",
    "/auth/two-step",
    operation_id="get-two-step",
    summary="Two-step sign-in of the account",
    message="Found.",
    content="two_step",
)
def get_two_step(ctx: Ctx) -> schemas.TwoStep:
    """Whether it is on, and what it stands on."""
    return service.read_two_step(ctx)


@router.expose(
    "POST",
    "/auth/two-step",
    operation_id="turn-two-step-on",
    summary="Turn two-step sign-in on",
    message="Two-step sign-in is on.",
    raises=(TopLevelRequired, FreshProofRequired, rules.TwoStepIsOn, rules.TwoStepNeedsWays),
)
def turn_two_step_on(ctx: Ctx) -> schemas.RecoveryCodes:
    """Takes no body; asks for fresh proof. The recovery codes are shown this once."""
    return service.turn_two_step_on(ctx)


@router.expose(
    "DELETE",
    "/auth/two-step",
    operation_id="turn-two-step-off",
    summary="Turn two-step sign-in off",
    message="Two-step sign-in is off.",
    raises=(TopLevelRequired, FreshProofRequired, rules.TwoStepIsOff, rules.TwoStepIsRequired),
)
def turn_two_step_off(ctx: Ctx) -> None:
    """Asks for fresh proof. The recovery codes work no more."""
    service.turn_two_step_off(ctx)


@router.expose(
    "POST",
    "/auth/two-step/recovery-codes",
    operation_id="renew-recovery-codes",
    summary="Make new recovery codes",
    message="New recovery codes.",
    raises=(TopLevelRequired, FreshProofRequired, rules.TwoStepIsOff),
)
def renew_recovery_codes(ctx: Ctx) -> schemas.RecoveryCodes:
    """Takes no body; asks for fresh proof. Those there were work no more."""
    return service.renew_recovery_codes(ctx)
