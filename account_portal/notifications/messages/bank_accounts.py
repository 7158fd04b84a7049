"""News about the accounts that refunds are paid to. They go out whatever the opt-ins are."""

from typing import ClassVar, Literal

from typing_extensions import override

from account_portal import routes
from account_portal.notifications.messages.base import Button, Category, CustomerMessage

Done = Literal["added", "changed", "removed"]


class BankAccountChanged(CustomerMessage):
    """A bank account was added, changed or removed."""

    kind = "bank_account_changed"
    category: ClassVar[Category] = "security"

    store: str
    account: str
    """Its bank and the end of its number."""
    done: Done
    help_email: str

    @override
    def subject(self) -> str:
        return f"A bank account was {self.done} at {self.store}"

    @override
    def text(self) -> str:
        return (
            f"The bank account {self.account} was {self.done} in your account at {self.store}. "
            f"If this was not you, write to {self.help_email or 'us'} at once."
        )

    @override
    def button(self) -> Button:
        return Button("See your bank accounts", routes.PROFILE)
