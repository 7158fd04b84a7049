"""Ways to give the second proof: password, code to another contact, recovery code, new password."""

from account_portal.auth import schemas
from account_portal.auth.rules import Channel, Contact, PasswordWrong
from account_portal.auth.rules.two_step import RecoveryCodeWrong, SecondProofUnfit, kind_of
from account_portal.auth.service.accounts import has_to_enrol
from account_portal.auth.service.code_requests import request_login_code
from account_portal.auth.service.codes import check_code
from account_portal.auth.service.guessing import (
    count_wrong_password,
    password_was_right,
    require_password_tries,
    who_tries_second,
)
from account_portal.auth.service.passwords import hash_of_new
from account_portal.auth.service.proving import prove_contact
from account_portal.auth.service.recovery_codes import use_recovery_code
from account_portal.auth.service.resets import replace_password
from account_portal.auth.service.second_proof import (
    FirstProof,
    contacts_after,
    let_in_by_second,
    may_choose_password,
    read_first_proof,
    require_password_fits,
    user_of,
)
from account_portal.auth.service.sessions import (
    open_page_session,
    record_sign_in,
    sign_in_with_tokens,
)
from account_portal.auth.service.two_step import turn_on
from account_portal.context import Context
from account_portal.models import User
from account_portal.security import otp
from account_portal.security.passwords import verify_password


def send_second_code(
    ctx: Context, data: schemas.SecondCode, *, debug: bool = False
) -> schemas.OtpContent:
    """Send a code to a contact of whoever gave the first proof.

    Raises:
        SecondProofExpired: the first proof counts no more.
        SecondProofUnfit: the account has no such contact, or it was the first proof.
        TooManyAttempts: too many codes for this contact or from this address.
    """
    contact = second_contact(ctx, data)
    return request_login_code(ctx, contact, data.channel, registers=False, debug=debug)


def second_contact(ctx: Context, data: schemas.SecondCode) -> Contact:
    """Where such a code goes. Raises as `send_second_code`."""
    first = read_first_proof(ctx, data.second_proof_token)
    user = user_of(ctx, first, lock=False)
    contact = contacts_after(ctx, user, first).get(data.channel)
    if contact is None:
        raise SecondProofUnfit
    return contact


def give_second_proof(ctx: Context, data: schemas.SecondProof) -> schemas.SignedIn:
    """Sign in a client of the API.

    Raises:
        SecondProofExpired: the first proof counts no more.
        SecondProofUnfit: this proves nothing that the first one did not.
        PasswordWrong: the password is another.
        RecoveryCodeWrong: the recovery code is none, or was used.
        WeakPassword: the password that was chosen is guessed too easily.
        OtpNotFound: nothing was asked for under this token.
        OtpExpired: the code is too old, used or tried too often.
        OtpInvalid: the code is wrong.
        TooManyAttempts: too many were wrong.
    """
    return sign_in_with_tokens(ctx, _complete(ctx, data))


def give_second_proof_page(ctx: Context, data: schemas.SecondProof) -> str:
    """Sign in a browser; returns the secret for its cookie. Raises as `give_second_proof`."""
    return open_page_session(ctx, _complete(ctx, data))


def _complete(ctx: Context, data: schemas.SecondProof) -> User:
    first = read_first_proof(ctx, data.second_proof_token)
    given = data.sent()
    new_hash = first.new_hash
    if "new_password" in given:
        user, new_hash = _by_new_password(ctx, first, data.new_password)
        way = "new_password"
    elif "password" in given:
        user, way = _by_password(ctx, first, data.password), "password"
    elif "recovery_code" in given:
        ctx.begin_writing()
        user, way = user_of(ctx, first, lock=True), "recovery_code"
        try:
            use_recovery_code(ctx, user, data.recovery_code, after=kind_of(first.way))
        except RecoveryCodeWrong:
            record_sign_in(ctx, user, first.way, succeeded=False, second=way)
            raise
    else:
        ctx.begin_writing()
        user, way = _by_code(ctx, first, data)
    let_in_by_second(ctx, user, first, way)
    if new_hash is not None:
        replace_password(ctx, user, new_hash)
    if has_to_enrol(ctx, user):
        turn_on(ctx, user, but_session=None)
    return user


def _by_new_password(ctx: Context, first: FirstProof, password: str) -> tuple[User, str]:
    """Whose second way this password is to be, and its hash; begins to write."""
    user = user_of(ctx, first, lock=False)
    if not may_choose_password(ctx, user, first):
        raise SecondProofUnfit
    new_hash = hash_of_new(ctx, user, password)
    ctx.begin_writing()
    return user_of(ctx, first, lock=True), new_hash  # nothing that this hangs on has changed


def _by_password(ctx: Context, first: FirstProof, password: str) -> User:
    """The user whose password this is; leaves the context in a writing transaction."""
    tried_hash = require_password_fits(user_of(ctx, first, lock=False), first)
    guesser = who_tries_second(ctx, first.user_id, kind_of(first.way))
    require_password_tries(ctx, guesser)
    fits, _stronger = verify_password(password, tried_hash)
    ctx.begin_writing()
    user = user_of(ctx, first, lock=True)
    require_password_tries(ctx, guesser)
    if not fits or user.password_hash != tried_hash:
        count_wrong_password(ctx, guesser)
        record_sign_in(ctx, user, first.way, succeeded=False, second="password")
        raise PasswordWrong
    password_was_right(ctx, guesser, enters=False)
    return user


def _by_code(ctx: Context, first: FirstProof, data: schemas.SecondProof) -> tuple[User, Channel]:
    """The user whose contact the code was sent to, and by which channel."""
    challenge = otp.find(ctx.db, data.otp_token, lock=True)  # in this order, as where codes enter
    user = user_of(ctx, first, lock=True)
    fitting = contacts_after(ctx, user, first)
    way = next((one for one in fitting if one == challenge.channel), None)
    if way is None or fitting[way].key != challenge.contact or challenge.action != "login":
        raise SecondProofUnfit
    check_code(ctx, challenge, data.otp_token, data.otp, user)
    challenge.used_at = challenge.confirmed_at = ctx.now
    if has_to_enrol(ctx, user):  # of a new account it is the first contact that is proven
        prove_contact(ctx, user, fitting[way], in_session=True)
    return user, way
