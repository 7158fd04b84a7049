"""Customers, their addresses, and what is theirs."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from account_portal.merchant.importing.fields import (
    Email,
    Key,
    Moment,
    Record,
)


class AddressRecord(Record):
    """An address as it stood; nothing in it is required."""

    CUT: ClassVar[Mapping[str, int]] = {
        "first_name": 200,
        "last_name": 100,
        "country_code": 5,
        "phone": 40,
        "email": 254,
        "address_line1": 255,
        "address_line2": 255,
        "landmark": 255,
        "pincode": 20,
        "city": 100,
        "state": 100,
        "country": 60,
        "tax_identification_number": 32,
        "business_name": 150,
        "nickname": 50,
    }

    first_name: str = ""
    last_name: str | None = None
    country_code: str | None = None
    phone: str | None = None
    email: str | None = None
    address_line1: str = ""
    address_line2: str | None = None
    landmark: str | None = None
    pincode: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    tax_identification_number: str | None = None
    business_name: str | None = None


class SavedAddressRecord(AddressRecord):
    """An address of a customer's address book."""

    nickname: str | None = None
    is_default_billing: bool = False
    is_default_shipping: bool = False


class CustomerRecord(Record):
    """A customer; `external_id` is the natural key, or else e-mail address or phone."""

    CUT: ClassVar[Mapping[str, int]] = {"first_name": 100, "last_name": 100, "phone": 40}

    type: Literal["customer"] = "customer"
    external_id: Key | None = None
    email: Email | None = None
    is_email_verified: bool = False
    country_code: str | None = None
    phone: str | None = None
    is_phone_verified: bool = False
    first_name: str | None = None
    last_name: str | None = None
    customer_group_id: Key | None = None
    password_hash: str | None = Field(default=None, max_length=255)
    accepts_marketing: bool | None = None
    addresses: list[SavedAddressRecord] = Field(default_factory=list, max_length=50)
    created_at: Moment | None = None

    @model_validator(mode="after")
    def _has_key(self) -> "CustomerRecord":
        if self.external_id is None and self.email is None and self.phone is None:
            raise ValueError("needs external_id, email or phone")
        return self


class OfCustomer(Record):
    """Something of a customer, named by the shop's own id, by e-mail address or by phone."""

    CUT: ClassVar[Mapping[str, int]] = {"customer_phone": 40}

    customer_id: Key | None = None
    customer_email: Email | None = None
    customer_phone: str | None = None

    @model_validator(mode="after")
    def _has_customer(self) -> "OfCustomer":
        if (self.customer_id, self.customer_email, self.customer_phone) == (None, None, None):
            raise ValueError("needs customer_id, customer_email or customer_phone")
        return self
