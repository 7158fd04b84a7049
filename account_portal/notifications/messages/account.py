"""News about the account itself. They go out whatever the opt-ins are."""

from typing import ClassVar

from typing_extensions import override

from account_portal import routes
from account_portal.notifications.messages.base import Button, Category, CustomerMessage


class AccountNews(CustomerMessage):
    """News of the account itself, whatever was opted into."""

    category: ClassVar[Category] = "security"

    store: str


class SecurityNews(AccountNews):
    """News that leads to the page where the account is made safe again."""

    @override
    def button(self) -> Button | None:
        return Button("See your account’s security", routes.SECURITY)


class PasswordChanged(SecurityNews):
    """The password was changed or reset."""

    kind = "password_changed"

    @override
    def subject(self) -> str:
        return f"Your password at {self.store} was changed"

    @override
    def text(self) -> str:
        return (
            f"Your password at {self.store} was changed, and all other devices were signed out. "
            "If this was not you, reset the password at once."
        )


class AccountProven(SecurityNews):
    """A contact was proven, of an account in which nobody had proven one; goes to that contact.

    Whoever registers with a password signs in at once, with anybody's contact: its owner has to
    know what was there.
    """

    kind = "account_proven"

    contact: str
    keeps_password: bool

    @override
    def subject(self) -> str:
        return f"You confirmed your {self.contact} at {self.store}"

    @override
    def text(self) -> str:
        ended = "all other devices were signed out, and other contacts nobody confirmed are gone"
        if self.keeps_password:
            return f"You confirmed this {self.contact} at {self.store}: {ended}."
        return (
            f"You confirmed this {self.contact} at {self.store}. Somebody had opened the account "
            f"before without confirming it: the password chosen then no longer works, {ended}. "
            "If you want a password, set a new one through 'Forgot password'."
        )


class NewDevice(SecurityNews):
    """Somebody signed in on a device that never had before."""

    kind = "new_device"

    device: str
    place: str
    """Its address in the network."""
    moment: str

    @override
    def subject(self) -> str:
        return f"New sign-in to your account at {self.store}"

    @override
    def text(self) -> str:
        return (
            f"Somebody signed in to your account at {self.store} with {self.device} on "
            f"{self.moment}. If this was you, there is nothing to do. If not, sign that device out "
            "under Security and change your password at once."
        )

    @override
    def facts(self) -> list[tuple[str, str]]:
        where = [("Network address", self.place)] if self.place else []
        return [("Device", self.device), ("When", self.moment), *where]


class TooManyWrongCodes(SecurityNews):
    """Unknown devices tried as many wrong codes as an account allows in its life."""

    kind = "too_many_wrong_codes"

    times: int

    @override
    def subject(self) -> str:
        return f"Somebody guesses at codes for your account at {self.store}"

    @override
    def text(self) -> str:
        return (
            f"{self.times} wrong codes were tried for your account at {self.store}. Nobody got in. "
            "Codes no longer work on devices that never signed in to it; on such a one you get a "
            "link instead, which lets codes work there. Signing in with a password or on a device "
            "you used before works as ever."
        )


class ContactChanged(AccountNews):
    """The e-mail address or phone number was replaced; goes to the old one."""

    kind = "contact_changed"

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


class OtherContactChanged(SecurityNews):
    """A contact was added or replaced; goes to the other one."""

    kind = "other_contact_changed"

    contact: str
    shown: str
    """The new contact, masked."""
    is_first: bool
    help_email: str

    @override
    def subject(self) -> str:
        done = "added to your account" if self.is_first else "changed"
        return f"A {self.contact} was {done} at {self.store}"

    @override
    def text(self) -> str:
        done = (
            f"The {self.contact} {self.shown} was added to your account at {self.store}"
            if self.is_first
            else f"The {self.contact} of your account at {self.store} is now {self.shown}"
        )
        return f"{done}. If this was not you, write to {self.help_email or 'us'} at once."


class AccountDeactivated(AccountNews):
    """The account was closed by its owner."""

    kind = "account_deactivated"

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


class AccountReactivated(SecurityNews):
    """The shop opened the account again that its owner had closed."""

    kind = "account_reactivated"

    help_email: str

    @override
    def subject(self) -> str:
        return f"Your account at {self.store} is open again"

    @override
    def text(self) -> str:
        return (
            f"We opened your account at {self.store} again. Sign in as you did before you closed "
            f"it. If you did not ask for this, write to {self.help_email or 'us'} at once."
        )


class PasskeyAdded(SecurityNews):
    """A passkey was added: from now on it opens the account."""

    kind = "passkey_added"

    name: str

    @override
    def subject(self) -> str:
        return f"A passkey was added to your account at {self.store}"

    @override
    def text(self) -> str:
        return (
            f"A passkey, {self.name}, now signs in to your account at {self.store}. If this was "
            "not you, remove it under Security and change your password at once."
        )


class PasskeyRemoved(SecurityNews):
    """A passkey was removed."""

    kind = "passkey_removed"

    name: str

    @override
    def subject(self) -> str:
        return f"A passkey was removed from your account at {self.store}"

    @override
    def text(self) -> str:
        return (
            f"The passkey {self.name} no longer signs in to your account at {self.store}. If this "
            "was not you, sign in with a code and sign out all other devices under Security."
        )


class TwoStepTurnedOn(SecurityNews):
    """Signing in asks for two proofs from now on."""

    kind = "two_step_on"

    @override
    def subject(self) -> str:
        return f"Two-step sign-in is on for your account at {self.store}"

    @override
    def text(self) -> str:
        return (
            f"From now on a new device needs two different proofs to sign in to your account at "
            f"{self.store}, and all other devices were signed out. If this was not you, change "
            "your password under Security, or write to us if you can't sign in."
        )


class TwoStepTurnedOff(SecurityNews):
    """Signing in asks for one proof again."""

    kind = "two_step_off"

    by_shop: bool
    is_asked_again: bool = False

    @override
    def subject(self) -> str:
        return f"Two-step sign-in is off for your account at {self.store}"

    @override
    def text(self) -> str:
        who = ""
        if self.by_shop:
            who = (
                "We turned it off for you, removed the account's passkeys and signed all devices "
                "out. "
            )
        if self.is_asked_again:
            return (
                f"{who}For seven days one proof is enough to sign in to your account at "
                f"{self.store} once, which turns it on anew; the recovery codes work no more. If "
                "you did not ask for this, write to us at once."
            )
        return (
            f"{who}One proof is enough again to sign in to your account at {self.store}, and the "
            "recovery codes work no more. If this was not what you wanted, change your password "
            "and turn it on again under Security."
        )


class RecoveryCodesRenewed(SecurityNews):
    """There are other recovery codes from now on."""

    kind = "recovery_codes_renewed"

    @override
    def subject(self) -> str:
        return f"New recovery codes for your account at {self.store}"

    @override
    def text(self) -> str:
        return (
            f"New recovery codes were made for your account at {self.store}; the old ones work no "
            "more. If this was not you, sign out all other devices under Security and change your "
            "password at once."
        )


class RecoveryCodeUsed(SecurityNews):
    """A recovery code was the second proof of a sign-in."""

    kind = "recovery_code_used"

    left: int

    @override
    def subject(self) -> str:
        return f"A recovery code was used at {self.store}"

    @override
    def text(self) -> str:
        codes = "code is" if self.left == 1 else "codes are"
        left = f"{self.left} {codes} left" if self.left else "None is left: make new ones"
        return (
            f"Somebody signed in to your account at {self.store} with a recovery code. {left}. If "
            "this was not you, change your password at once and make new codes under Security."
        )
