"""Errors of sign-in; their codes are the contract's."""

from account_portal.core.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotAuthenticated,
    Unprocessable,
)


class InvalidCredentials(NotAuthenticated):
    """Wrong user or wrong password; which of them is nobody's business."""

    code = "invalid_credentials"
    message = "The password does not fit this account, or there is no such account."
    keeps_changes = True


class AccountIsDeactivated(Forbidden):
    """The secret was right, but the account is closed."""

    code = "account_deactivated"
    message = "This account is closed."
    keeps_changes = True


class AccountIsOpen(Conflict):
    """The shop wants to open an account again that is not closed."""

    code = "account_not_closed"
    message = "This account is not closed."


class AccountIsDeleted(Conflict):
    """The shop wants to open an account again of which nothing is left."""

    code = "account_deleted"
    message = "This account was deleted and can't be opened again."


class EmailTaken(Conflict):
    """Another account has this e-mail address."""

    code = "email_taken"
    message = "Another account has this e-mail address."


class PhoneTaken(Conflict):
    """Another account has this phone number."""

    code = "phone_taken"
    message = "Another account has this phone number."


class AlreadyVerified(Conflict):
    """The contact is verified already."""

    code = "already_verified"
    message = "This is verified already."


class ChannelNotAvailable(Unprocessable):
    """The store has nobody who delivers messages this way."""

    code = "channel_not_available"
    message = "This store does not send codes this way."


class PasswordMismatch(InvalidInput):
    """The repetition differs."""

    code = "password_mismatch"
    message = "The two passwords differ."

    def __init__(self) -> None:
        super().__init__(confirm_password="is not the same")  # noqa: S106 - a reason, no password


class WeakPassword(InvalidInput):
    """Too easy to guess."""

    code = "weak_password"
    message = "This password is too easy to guess."


class OldPasswordWrong(InvalidInput):
    """The present password is another."""

    code = "old_password_wrong"
    message = "The present password is not right."
    keeps_changes = True

    def __init__(self) -> None:
        super().__init__(old_password="is not right")  # noqa: S106 - a reason, no password


class PasswordWrong(InvalidInput):
    """The signed-in user's password is another."""

    code = "password_wrong"
    message = "This password is not right."
    keeps_changes = True

    def __init__(self) -> None:
        super().__init__(password="is not right")  # noqa: S106 - a reason, no password


class PasswordUnchanged(InvalidInput):
    """The new password is the old one."""

    code = "password_unchanged"
    message = "The new password is the old one."

    def __init__(self) -> None:
        super().__init__(new_password="is the old one")  # noqa: S106 - a reason, no password


class PasswordNotSet(Conflict):
    """The account has no password that could be changed."""

    code = "password_not_set"
    message = "This account has no password yet. Set one with a code."


class RefreshTokenInvalid(NotAuthenticated):
    """Not a refresh token of a session that goes on."""

    code = "refresh_token_invalid"


class RefreshTokenExpired(NotAuthenticated):
    """Its time is over."""

    code = "refresh_token_expired"


class RefreshTokenReused(NotAuthenticated):
    """It was traded before, so somebody else may have it: the session has ended."""

    code = "refresh_token_reused"
    keeps_changes = True
