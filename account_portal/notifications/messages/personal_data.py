"""News of copies of one's own data, and of its end; to every contact, whatever was opted into."""

from typing_extensions import override

from account_portal.notifications.messages.account import AccountNews, SecurityNews


class DataExportRequested(SecurityNews):
    """Somebody signed in asked for everything about the customer."""

    kind = "data_export_requested"

    help_email: str

    @override
    def subject(self) -> str:
        return f"A copy of your data at {self.store} was asked for"

    @override
    def text(self) -> str:
        return (
            f"Somebody who is signed in to your account at {self.store} asked for a copy of all "
            "your data. If this was not you, sign out all other devices, change your password and "
            f"write to {self.help_email or 'us'} at once."
        )


class DataExportReady(AccountNews):
    """The archive can be fetched. Says no address: it is behind a fresh proof."""

    kind = "data_export_ready"

    hours: int
    help_email: str

    @override
    def subject(self) -> str:
        return f"The copy of your data at {self.store} is ready"

    @override
    def text(self) -> str:
        return (
            f"The copy of your data at {self.store} is ready. Sign in and fetch it under 'Your "
            f"data' within {self.hours} hours; then it is removed. If you did not ask for it, "
            f"write to {self.help_email or 'us'} at once."
        )


class AccountDeleted(AccountNews):
    """The last message: the account is gone. It is removed once it is sent."""

    kind = "account_deleted"

    help_email: str

    @override
    def subject(self) -> str:
        return f"Your account at {self.store} is deleted"

    @override
    def text(self) -> str:
        return (
            f"Your account at {self.store} and what we knew of you are deleted. Amounts, dates and "
            "numbers of your orders are kept without your name for as long as the law requires. "
            f"If this was not you, write to {self.help_email or 'us'} at once."
        )
