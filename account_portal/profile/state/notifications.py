"""State of the page of notifications."""

from typing import Any

import reflex as rx

from account_portal.doors.page import read, write
from account_portal.profile import service
from account_portal.profile.schemas import ConsentChange, NotificationPreferencesUpdate
from account_portal.ui.page_state import PageData, PageState, action, page_load


class NotificationsState(PageData, PageState):
    """What the customer wants to hear of, by which channel. Each switch saves itself."""

    opt_ins: dict[str, dict[str, bool]] = {}
    """Switches by kind of message and channel."""
    turned: list[ConsentChange] = []
    """Switches that were turned before, newest first."""
    has_email: bool = True
    has_phone: bool = True
    _kept: dict[str, dict[str, bool]] = {}
    """The switches as they are saved, whatever is shown meanwhile."""

    @page_load
    async def load(self) -> None:
        """Show the switches."""
        user = await read(self, service.read_profile)
        self.opt_ins = self._kept = user.notification_preferences.model_dump()
        self.turned = await read(self, service.list_consent_changes)
        self.has_email, self.has_phone = bool(user.email), bool(user.phone)

    @rx.event
    async def turn(self, kind: str, channel: str, on: bool) -> Any:
        """Turn a switch at once, then save it."""
        self._show(kind, channel, on=on)
        return NotificationsState.save(kind, channel, on)

    @action
    async def save(self, kind: str, channel: str, on: bool) -> None:
        """Save one switch; where that fails it goes back, and the customer is told."""
        try:
            data = NotificationPreferencesUpdate.model_validate({kind: {channel: on}})
            saved = await write(self, service.update_preferences, data)
        except Exception:
            self._show(kind, channel, on=self._kept.get(kind, {}).get(channel, False))
            raise
        self.opt_ins = self._kept = saved.model_dump()
        self.turned = await read(self, service.list_consent_changes)

    def _show(self, kind: str, channel: str, *, on: bool) -> None:
        if channel in self.opt_ins.get(kind, {}):
            changed = {**self.opt_ins[kind], channel: on is True}
            self.opt_ins = {**self.opt_ins, kind: changed}
