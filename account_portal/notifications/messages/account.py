"""News about the account itself. They go out whatever the opt-ins are."""

from typing import ClassVar

from typing_extensions import override

from account_portal.notifications.messages.base import Category, CustomerMessage


class PasswordChanged(CustomerMessage):
    """The password was changed or reset."""

    kind = "password_changed"
    category: ClassVar[Category] = "security"

    store: str

    @override
    def subject(self) -> str:
        return f"Your password at {self.store} was changed"

    @override
    def text(self) -> str:
        return (
            f"Your password at {self.store} was changed, and all other devices were signed out. "
            "If this was not you, reset the password at once."
        )


class PasswordUnproven(CustomerMessage):
    """A contact was proven by signing in with a code, to an account that had a password before.

    Whoever registers with a password signs in at once, with anybody's contact; its owner has to
    know of the password, which goes on to open the account.
    """

    kind = "password_unproven"
    category: ClassVar[Category] = "security"

    store: str
    contact: str

    @override
    def subject(self) -> str:
        return f"Your account at {self.store} has a password"

    @override
    def text(self) -> str:
        return (
            f"You confirmed this {self.contact} by signing in at {self.store} with a code. The "
            "account had a password already. If it was not you who chose it, reset the password at "
            "once: that signs out all other devices, too."
        )


class ContactChanged(CustomerMessage):
    """The e-mail address or phone number was replaced; goes to the old one."""

    kind = "contact_changed"
    category: ClassVar[Category] = "security"

    store: str
    contact: str
    help_email: str

    @override
    def subject(self) -> str:
        return f"Your {self.contact} at {self.store} was changed"

    @override
    def text(self) -> str:
        return (
            f"The {self.contact} of your account at {self.store} was changed; this one no longer "
            f"signs you in. If this was not you, write to {self.help_email or 'us'} at once."
        )


class AccountDeactivated(CustomerMessage):
    """The account was closed by its owner."""

    kind = "account_deactivated"
    category: ClassVar[Category] = "security"

    store: str
    help_email: str

    @override
    def subject(self) -> str:
        return f"Your account at {self.store} is closed"

    @override
    def text(self) -> str:
        return (
            f"Your account at {self.store} is closed. Orders, returns and refunds on their way go "
            f"on. If this was not you, write to {self.help_email or 'us'} at once."
        )
