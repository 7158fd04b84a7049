"""Every table and column, and what becomes of it when a customer asks for their data.

A column stands here as shown or as withheld with the reason, a table of nobody's data with the
reason too; a test compares this with the schema, so that a new column can't be forgotten.
"""

from collections.abc import Mapping

from sqlmodel import SQLModel

from account_portal import models as m
from account_portal.personal_data.service.tables.account import ACCOUNT
from account_portal.personal_data.service.tables.base import Own
from account_portal.personal_data.service.tables.loyalty import LOYALTY
from account_portal.personal_data.service.tables.orders import ORDERS

_COPY = "It repeats what other tables of this archive say."
_NUMBERS = "It tells the shop's systems by numbers what other tables say in full."

OWN: tuple[Own, ...] = (*ACCOUNT, *ORDERS, *LOYALTY)
"""Tables of which rows are handed out, in the order in which a person reads them."""

NOT_HANDED_OUT: Mapping[type[SQLModel], str] = {
    m.DeletedAccount: "There is none while the account is there.",
    m.DeletedName: "There is none while the account is there.",
    m.OrderDocument: _COPY,
    m.OrderCount: _COPY,
    m.WaitingEvent: _NUMBERS,
    m.Event: _NUMBERS,
    m.WebhookDelivery: "It tells the shop's systems what other tables say, for some days.",
    m.IdempotencyRecord: "It repeats for a day what you were answered already.",
    m.RateEvent: "It counts attempts for a day, under digests that name nobody.",
}
"""Tables that are about customers and say nothing of their own."""

NOBODYS: Mapping[type[SQLModel], str] = {
    m.ApiKey: "keys of the shop's systems",
    m.ApiKeyUsage: "keys of the shop's systems",
    m.OrderPolicy: "settings of the shop",
    m.Product: "what the shop sells",
    m.RunningPortal: "processes of the portal",
    m.StaffMember: "people of the shop",
    m.StaffSession: "people of the shop",
    m.WebhookEndpoint: "systems of the shop",
}
"""Tables that say nothing about customers."""

__all__ = ["NOBODYS", "NOT_HANDED_OUT", "OWN", "Own"]
