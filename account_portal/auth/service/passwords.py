"""Passwords. Checking one takes a tenth of a second on purpose, and never holds a write lock."""

from account_portal.auth import schemas
from account_portal.auth.rules import (
    AccountIsDeactivated,
    Contact,
    InvalidCredentials,
    OldPasswordWrong,
    PasswordNotSet,
    PasswordUnchanged,
    PasswordWrong,
    require_good_password,
    require_same,
)
from account_portal.auth.rules.contacts import require_possible_phone
from account_portal.auth.service.accounts import (
    asks_for_two,
    create_user,
    find_signer,
    require_free,
)
from account_portal.auth.service.fresh_proof import note_proof
from account_portal.auth.service.guessing import (
    Guesser,
    count_wrong_password,
    forget_devices,
    password_was_right,
    require_password_tries,
    who_is_signed_in,
    who_tries,
)
from account_portal.auth.service.limits import (
    PER_ADDRESS_REGISTRATIONS,
    caller_network,
    count_attempt,
)
from account_portal.auth.service.second_proof import let_in
from account_portal.auth.service.sessions import (
    end_sessions_of,
    open_page_session,
    record_sign_in,
    sign_in_with_tokens,
)
from account_portal.context import Context
from account_portal.core.errors import PortalError
from account_portal.models import User
from account_portal.notifications import enqueue
from account_portal.notifications.messages.account import PasswordChanged
from account_portal.security.passwords import hash_password, normal, verify_password


def login_with_password(
    ctx: Context, data: schemas.LoginWithEmailPassword | schemas.LoginWithPhonePassword
) -> schemas.SignedIn:
    """Sign in a client of the API.

    Raises:
        InvalidCredentials: wrong user or wrong password.
        AccountIsDeactivated: both are right, but the account is closed.
        SecondProofRequired: both are right, and the account asks for another proof.
        TooManyAttempts: too many wrong passwords for this account or from this address.
    """
    return sign_in_with_tokens(ctx, _authenticate(ctx, _contact_in(data), data.password))


def login_page(ctx: Context, contact: Contact, password: str) -> str:
    """Sign in a browser; returns the secret for its cookie. Raises as `login_with_password`."""
    if len(password) > 128:
        raise InvalidCredentials
    return open_page_session(ctx, _authenticate(ctx, contact, password))


def _contact_in(
    data: schemas.LoginWithEmailPassword | schemas.LoginWithPhonePassword,
) -> Contact:
    return Contact.of(
        email=getattr(data, "email", None),
        phone=getattr(data, "phone", None),
        country_code=getattr(data, "country_code", None),
    )


def _authenticate(ctx: Context, contact: Contact, password: str) -> User:
    """The user whose password this is; leaves the context in a writing transaction."""
    user = find_signer(ctx, contact)
    guesser = who_tries(ctx, contact, user, code=False)
    require_password_tries(ctx, guesser)
    tried_hash = user.password_hash if user else None
    fits, stronger_hash = verify_password(password, tried_hash)
    ctx.begin_writing()
    user = find_signer(ctx, contact, lock=True)
    # Asked again where others wait: guesses sent all at once would each have passed the first time.
    require_password_tries(ctx, guesser)
    if user is not None and user.password_hash != tried_hash:  # changed meanwhile, or hashed anew
        fits, stronger_hash = verify_password(password, user.password_hash)
    if user is None or not fits:
        count_wrong_password(ctx, guesser)
        if user is not None:
            record_sign_in(ctx, user, "password", succeeded=False)
        raise InvalidCredentials
    password_was_right(ctx, guesser, enters=not asks_for_two(ctx, user))
    if user.deactivated_at is not None:
        record_sign_in(ctx, user, "password", succeeded=False)
        raise AccountIsDeactivated
    if stronger_hash is not None:
        user.password_hash = stronger_hash
    let_in(ctx, user, "password")
    return user


def register_with_password(
    ctx: Context, data: schemas.RegisterWithEmailPassword | schemas.RegisterWithPhonePassword
) -> schemas.SignedIn:
    """Make an account and sign a client of the API in.

    Raises:
        PasswordMismatch: the two passwords differ.
        WeakPassword: it is guessed too easily.
        EmailTaken: another account has the e-mail address.
        PhoneTaken: another account has the phone number.
        SecondProofRequired: it is made, and the shop asks everybody for two proofs.
        TooManyAttempts: this address made too many accounts.
    """
    return sign_in_with_tokens(ctx, _register(ctx, data))


def register_page(
    ctx: Context, data: schemas.RegisterWithEmailPassword | schemas.RegisterWithPhonePassword
) -> str:
    """Make an account and sign a browser in; returns the secret for its cookie."""
    return open_page_session(ctx, _register(ctx, data))


def _register(
    ctx: Context, data: schemas.RegisterWithEmailPassword | schemas.RegisterWithPhonePassword
) -> User:
    # Counted before the answer is known, and kept whatever it is: it tells who has an account.
    ctx.begin_writing()
    count_attempt(ctx, PER_ADDRESS_REGISTRATIONS, caller_network(ctx))
    ctx.checkpoint()
    require_same(data.password, data.confirm_password)
    require_good_password(
        data.password,
        email=data.email,
        phone=data.phone,
        store=ctx.settings.store_name,
        field="password",
    )
    contacts = []
    if data.email is not None:
        contacts.append(Contact.of(email=data.email))
    if data.phone is not None:
        contacts.append(Contact.of(phone=data.phone, country_code=data.country_code))
        require_possible_phone(contacts[-1])
    for contact in contacts:
        require_free(ctx, contact)
    ctx.checkpoint()  # no lock is held while the hash is made
    hashed = hash_password(data.password)
    for contact in contacts:
        require_free(ctx, contact)
    user = create_user(
        ctx,
        {
            "email": data.email,
            "country_code": contacts[-1].country_code,
            "phone": data.phone,
            "first_name": data.first_name or None,
            "last_name": data.last_name or None,
            "password_hash": hashed,
            "is_unproven": True,
        },
    )
    let_in(ctx, user, "password")
    return user


def change_password(ctx: Context, data: schemas.ChangePassword) -> None:
    """Replace the caller's password and sign out all other devices.

    Raises:
        PasswordMismatch: the two new passwords differ.
        OldPasswordWrong: the present password is another.
        PasswordUnchanged: the new one is the old one.
        WeakPassword: it is guessed too easily.
        PasswordNotSet: the account has none.
        TooManyAttempts: too many wrong passwords.
        TopLevelRequired: the caller is signed in inside a storefront's frame only.
    """
    # The old password is the fresh proof, so no other is asked for.
    ctx.require_top_level()
    require_same(data.new_password, data.confirm_password)
    user = ctx.get_user()
    tried_hash = user.password_hash
    if tried_hash is None:
        raise PasswordNotSet
    guesser = who_is_signed_in(ctx)
    require_password_tries(ctx, guesser)
    fits, _stronger = verify_password(data.old_password, tried_hash)
    new_hash = ""
    fault: PortalError | None = None
    if fits:
        try:
            if normal(data.new_password) == normal(data.old_password):
                raise PasswordUnchanged
            new_hash = hash_of_new(ctx, user, data.new_password)
        except PortalError as error:  # tells that the old one was right, so it is not told yet
            fault = error
    user = _begin_as_owner(ctx, guesser, tried_hash, fits=fits, wrong=OldPasswordWrong())
    if fault is not None:
        raise fault
    store_password(ctx, user, new_hash, but_session=ctx.actor.session_id)


def hash_of_new(ctx: Context, user: User, password: str) -> str:
    """The hash of what somebody who has an account wants as their password.

    Raises:
        WeakPassword: it is guessed too easily.
    """
    require_good_password(
        password,
        email=user.email,
        phone=user.phone,
        store=ctx.settings.store_name,
        field="new_password",
    )
    return hash_password(password)


def confirm_password(ctx: Context, data: schemas.ConfirmPassword) -> None:
    """Prove by the password who is signed in.

    Raises:
        PasswordWrong: it is another.
        PasswordNotSet: the account has none.
        TooManyAttempts: too many wrong passwords.
        TopLevelRequired: the caller is signed in inside a storefront's frame only.
    """
    ctx.require_top_level()
    user = ctx.get_user()
    tried_hash = user.password_hash
    if tried_hash is None:
        raise PasswordNotSet
    guesser = who_is_signed_in(ctx)
    require_password_tries(ctx, guesser)
    fits, _stronger = verify_password(data.password, tried_hash)
    _begin_as_owner(ctx, guesser, tried_hash, fits=fits, wrong=PasswordWrong())


def _begin_as_owner(
    ctx: Context,
    guesser: Guesser,
    tried_hash: str,
    *,
    fits: bool,
    wrong: OldPasswordWrong | PasswordWrong,
) -> User:
    """Begin writing as the caller, whose password was tried: counts a wrong one, notes a proof."""
    ctx.begin_writing()
    user = ctx.get_user(lock=True)
    require_password_tries(ctx, guesser)
    if not fits or user.password_hash != tried_hash:
        count_wrong_password(ctx, guesser)
        raise wrong
    password_was_right(ctx, guesser)
    note_proof(ctx)
    return user


def store_password(ctx: Context, user: User, hashed: str, *, but_session: str | None) -> None:
    """Set a password, end the user's sessions but one, forget other devices, tell the user."""
    user.password_hash = hashed
    user.modified_at = ctx.now
    end_sessions_of(ctx, user.id, but=but_session)
    forget_devices(ctx, user)
    enqueue(ctx, PasswordChanged(store=ctx.settings.store_name), customer_id=user.customer_id)
