"""What pages say of the shop: read when they are served, so that one build serves any shop."""

from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex_base.utils.format import json_dumps

from account_portal.core.build_settings import STORE_EMAIL, STORE_NAME
from account_portal.core.countries import dialling_code
from account_portal.core.settings import get_settings
from account_portal.edge.pages import ShopFacts
from account_portal.gateways import get_gateways

Labels = list[tuple[str, str]]
"""Pairs of a language (ISO 639-1) and words in it."""


class WithdrawalLabels:
    """How the way out of a contract is called, by language; whoever puts the app together says it.

    The law names that link, and the texts are the withdrawal function's, which knows orders, whose
    pages show the link.
    """

    find: Callable[[], Labels] = staticmethod(lambda: [("en", "Withdraw from contract here")])


class StoreState(rx.State):
    """Facts of the shop; the same on all its pages."""

    @rx.var
    def name(self) -> str:
        """Shown to customers."""
        return get_settings().store_name

    @rx.var
    def logo_url(self) -> str:
        """Empty: the name is shown instead."""
        return get_settings().store_logo_url

    @rx.var
    def email(self) -> str:
        """Where customers write to when they need help."""
        return get_settings().store_email

    @rx.var
    def has_shop(self) -> bool:
        """Whether pages lead back to a shop."""
        return get_settings().has_shop

    @rx.var
    def demo(self) -> bool:
        """Whether pages show demo logins."""
        return get_settings().demo

    @rx.var
    def asks_for_two(self) -> bool:
        """Whether everybody signs in by two proofs."""
        return get_settings().requires_two_step

    @rx.var
    def dialling_code(self) -> str:
        """What a phone number begins with of which nothing is known yet: the shop's, as `+91`."""
        return dialling_code(get_settings().store_country)

    @rx.var
    def channels(self) -> list[str]:
        """Ways in which the store can write to its customers: `email`, `sms`, `whatsapp`."""
        return sorted(get_gateways().messages.channels)

    @rx.var
    def withdraw_labels(self) -> list[tuple[str, str]]:
        """What the link to withdraw from a contract is called, the store's language first."""
        return WithdrawalLabels.find()


def store_facts() -> dict[str, dict[str, Any]]:
    """The facts as a page's first data."""
    root = rx.State(_reflex_internal_init=True)
    facts: dict[str, dict[str, Any]] = root.get_substate([StoreState.get_name()]).dict(initial=True)
    return facts


def shop_facts() -> ShopFacts:
    """The shop in a page that was built for any."""
    settings, facts = get_settings(), store_facts()
    (state,) = facts
    texts = {"name_rx_state_": STORE_NAME, "email_rx_state_": STORE_EMAIL}
    return ShopFacts(
        state=json_dumps(facts),
        texts={STORE_NAME: settings.store_name, STORE_EMAIL: settings.store_email},
        built=json_dumps({state: {name: facts[state][name] for name in texts}}),
    )
