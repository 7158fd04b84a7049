"""Errors of the contract. Services raise them; `api.errors` and `ui.page_state` present them."""

import errno
from typing import Any, ClassVar


class PortalError(Exception):
    """Something a caller can be told.

    Attributes:
        status: HTTP status of the answer.
        code: stable machine-readable reason (contract).
        message: short text for people.
        fields: reasons by dotted field name; ``_`` is the request as a whole.
        state: what the caller has to know to go on, told as the answer's content: the shop's
            systems the state of the things concerned, who signs in what may follow the first proof.
        keeps_changes: whether the transaction commits although the call failed, as when a wrong
            password has to be counted.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    message: str = "Something went wrong on our side."
    keeps_changes: ClassVar[bool] = False

    def __init__(self, message: str | None = None, **fields: str | list[str]) -> None:
        self.message = message or type(self).message
        self.state: dict[str, Any] | None = None
        self.fields = {
            name: [texts] if isinstance(texts, str) else list(texts)
            for name, texts in fields.items()
        }
        super().__init__(self.message)


class ValidationError(PortalError):
    """The request is malformed or a value breaks the schema."""

    status = 400
    code = "validation_error"
    message = "Some fields are not valid."

    def __init__(
        self, fields: dict[str, list[str]] | None = None, message: str | None = None
    ) -> None:
        super().__init__(message)
        self.fields = fields or {}


class InvalidInput(PortalError):
    """A value breaks a rule that a schema can't say; keyword arguments name the fields."""

    status = 400
    code = "validation_error"
    message = "Some fields are not valid."


class NotAuthenticated(PortalError):
    """No token, or the token is not valid any more."""

    status = 401
    code = "unauthorized"
    message = "Sign in to continue."


class Forbidden(PortalError):
    """The token is valid but not for this user or action."""

    status = 403
    code = "forbidden"
    message = "This belongs to another account."


class LoginRequired(Forbidden):
    """A visitor asked for something that needs an account."""

    code = "login_required"
    message = "Sign in to continue."


class InsufficientScope(Forbidden):
    """The key is valid, but was not allowed this."""

    code = "insufficient_scope"
    message = "This key may not do this."


class TopLevelRequired(Forbidden):
    """Not inside a frame of another site."""

    code = "top_level_required"
    message = "Open your account in a window of its own to do this."


class NotFound(PortalError):
    """There is no such thing for this caller."""

    status = 404
    code = "not_found"
    message = "Not found."


class MethodNotAllowed(PortalError):
    """The path exists, but not for this method."""

    status = 405
    code = "method_not_allowed"
    message = "This method is not allowed here."


class Conflict(PortalError):
    """The present state forbids it."""

    status = 409
    code = "conflict"
    message = "Not possible in the present state."


class Gone(PortalError):
    """It was there, and is kept no more."""

    status = 410
    code = "gone"
    message = "This is kept no more."


class PreconditionNotHeeded(PortalError):
    """The call depends on a header that it does not heed: it was not done as if it did."""

    status = 400
    code = "precondition_not_heeded"
    message = "This call does not heed a precondition that was sent."

    def __init__(self, header: str = "If-Match") -> None:
        super().__init__(f"This call does not heed {header}: send it without.")


class PreconditionFailed(PortalError):
    """It was changed since the version that `If-Match` names."""

    status = 412
    code = "precondition_failed"
    message = "This was changed meanwhile. Read it anew, and decide again."


class PayloadTooLarge(PortalError):
    """The body or file is too big."""

    status = 413
    code = "payload_too_large"
    message = "This is too large."


class UnsupportedMediaType(PortalError):
    """The body or file is of a type not accepted here."""

    status = 415
    code = "unsupported_media_type"
    message = "This type of content is not accepted here."


class Unprocessable(PortalError):
    """Well-formed, but the values cannot be used together or at this time."""

    status = 422
    code = "unprocessable"
    message = "The values cannot be used."


class IdempotencyKeyReused(Unprocessable):
    """The same Idempotency-Key came with another request."""

    code = "idempotency_key_reused"
    message = "This key was used for another request."


class RequestInProgress(Conflict):
    """The first request with this Idempotency-Key has not finished."""

    code = "request_in_progress"
    message = "The same request is still being worked on."


class TooManyAttempts(PortalError):
    """Too many attempts; `retry_after` is in seconds."""

    status = 429
    code = "too_many_requests"
    message = "Too many attempts. Try again later."
    keeps_changes = True

    def __init__(self, retry_after: int, message: str | None = None) -> None:
        self.retry_after = max(1, retry_after)
        super().__init__(message)


RETRY_AFTER = 5
"""Seconds after which to ask again, for whoever is told that something does not answer."""
_DISK_TAKES_NOTHING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)


class GatewayUnavailable(PortalError):
    """A service outside did not answer."""

    status = 503
    code = "gateway_unavailable"
    message = "This could not be done just now. Nothing was changed; try again in a moment."


def is_full_disk(error: BaseException) -> bool:
    """Whether a file could not be written because the disk takes nothing more."""
    return isinstance(error, OSError) and error.errno in _DISK_TAKES_NOTHING
