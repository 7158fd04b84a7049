"""State of the list of bank accounts."""

from typing import Any

import reflex as rx

from account_portal.auth.service import require_fresh_proof
from account_portal.bank_accounts import service
from account_portal.bank_accounts.rules import short_number
from account_portal.bank_accounts.schemas import (
    CreateOutboundBankAccount,
    CustomerBankAccount,
    UpdateOutboundBankAccount,
)
from account_portal.core.errors import NotFound
from account_portal.core.ids import new_id
from account_portal.doors.page import read, write
from account_portal.ui.asking import told_in_form
from account_portal.ui.page_state import PageData, PageState, action, page_load

_TEXTS = ("account_name", "account_number", "ifsc_code", "bank_name")


class BankAccountsState(PageData, PageState):
    """The accounts that refunds are paid to, the form over them, the question whether to delete."""

    accounts: list[CustomerBankAccount] = []
    is_writing_account: bool = False
    """The form is open."""
    edited: CustomerBankAccount | None = None
    """The account in the form; nothing for a new one."""
    is_deleting_account: bool = False
    deleting_name: str = ""
    """How the account in question is called."""
    refusal: str = ""
    """Why the account in question can't be deleted or changed."""
    _deleting: str = ""
    _repeat: str = ""

    @page_load
    async def load(self) -> None:
        """Show the accounts."""
        self.is_writing_account = self.is_deleting_account = False
        await self._show()

    async def _show(self) -> None:
        self.accounts = await read(self, service.list_bank_accounts)

    async def _look_again(self) -> None:
        await self._show()

    @action
    async def write_new_account(self) -> None:
        """Open an empty form."""
        await read(self, require_fresh_proof)
        await self._show()
        self.edited, self._repeat = None, new_id()
        self.is_writing_account = True

    @action
    async def edit_account(self, account_id: str) -> None:
        """Open the form with an account in it; its number stays unsaid."""
        await read(self, require_fresh_proof)
        self.edited = await self._read(account_id)
        self.is_writing_account = self.edited is not None

    @rx.event
    async def stop_writing_account(self) -> None:
        """Close the form; nothing is saved."""
        self.is_writing_account, self.errors = False, {}

    @action
    async def save_account(self, form: dict[str, Any]) -> None:
        """Save the account in the form."""
        values: dict[str, Any] = {name: str(form.get(name) or "") for name in _TEXTS}
        for name in ("account_number", "ifsc_code"):
            values[name] = "".join(values[name].split())
        values["ifsc_code"] = values["ifsc_code"].upper()
        if form.get("is_default"):
            values["is_default"] = True
        with told_in_form(self, bank_account_exists="account_number"):
            if self.edited is None:
                data = CreateOutboundBankAccount.model_validate(values)
                await write(self, service.create_bank_account, data, repeat=self._repeat)
            else:
                if not values["account_number"]:
                    del values["account_number"]  # left empty: the number stays
                changes = UpdateOutboundBankAccount.model_validate(values)
                await write(self, service.update_bank_account, self.edited.id, changes)
            await self._show()
            self.is_writing_account = False
            self._say("Bank account saved.")

    @action
    async def ask_for_verification(self, account_id: str) -> None:
        """Ask the store to verify an account."""
        try:
            await write(self, service.ask_for_verification, account_id)
        except NotFound:
            await self._is_gone()
            return
        await self._show()
        self._say("We will check this account. Its state changes here once that is done.")

    @action
    async def use_account(self, account_id: str) -> None:
        """Propose this account first from now on."""
        data = UpdateOutboundBankAccount(is_default=True)
        try:
            await write(self, service.update_bank_account, account_id, data)
        except NotFound:
            await self._is_gone()
            return
        await self._show()
        self._say("This is your default bank account now.")

    @action
    async def ask_delete_account(self, account_id: str) -> None:
        """Ask whether to delete an account."""
        await read(self, require_fresh_proof)
        account = await self._read(account_id)
        if account is None:
            return
        self._deleting, self.refusal = account.id, ""
        self.deleting_name = f"{account.bank_name} {short_number(account.account_number)}"
        self.is_deleting_account = True

    @rx.event
    async def keep_account(self) -> None:
        """Delete nothing."""
        self.is_deleting_account = False

    @action
    async def delete_account(self) -> None:
        """Delete the account in question, or say why that can't be."""
        try:
            await write(self, service.delete_bank_account, self._deleting)
        except service.BankAccountInUse as error:
            self.refusal = error.message
            return
        except NotFound:
            pass  # deleted in another window: as was wanted
        self.is_deleting_account = False
        await self._show()
        self._say("Bank account deleted.")

    async def _read(self, account_id: str) -> CustomerBankAccount | None:
        try:
            found: CustomerBankAccount = await read(self, service.read_bank_account, account_id)
        except NotFound:
            await self._is_gone()
            return None
        return found

    async def _is_gone(self) -> None:
        await self._show()
        self._say("This bank account is not there any more.", "warn")
