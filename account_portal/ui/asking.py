"""What goes wrong while a dialog asks for something."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from account_portal.core.errors import NotAuthenticated, PortalError, TooManyAttempts
from account_portal.core.proof import FreshProofRequired
from account_portal.ui.page_state import sentence


@contextmanager
def told_in_form(state: Any, **fields: str) -> Iterator[None]:
    """Tell failures in the form of an open dialog: the page's notices would lie beneath it.

    Everything that depends on success stands inside.

    Args:
        state: the page's state; its `errors` are set.
        **fields: field to tell a failure at, by the error's code; otherwise the form as a whole.
    """
    try:
        yield
    except (NotAuthenticated, FreshProofRequired):
        raise  # the page asks to sign in again, or to confirm who it is
    except TooManyAttempts as error:
        state.errors = {"_": f"Please wait {_wait(error.retry_after)}, then try again."}
    except PortalError as error:
        if error.code in fields or not error.fields:
            state.errors = {fields.get(error.code, "_"): error.message}
        else:
            state.errors = {name: sentence(texts[0]) for name, texts in error.fields.items()}


def _wait(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds" if seconds > 1 else "a second"
    return f"{-(-seconds // 60)} minutes"
