"""What goes into the address book and what comes out; names are the contract's."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool, StringConstraints

from account_portal.core.schemas import (
    KEPT,
    Changes,
    CountryCode,
    Email,
    Input,
    Moment,
    Phone,
    Ulid,
    View,
    plain_text,
)

Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
LastName = Annotated[str, StringConstraints(max_length=100)]
Line1 = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Line = Annotated[str, StringConstraints(max_length=255)]

Instructions = Annotated[
    str,
    StringConstraints(max_length=255),
    Field(description="What the courier should know, such as a door code."),
]


def _code(value: object) -> object:
    # The sign that Japan writes before a postal code says no more than the field's name.
    text = plain_text(value)
    return text.replace("\u3012", "") if isinstance(text, str) else text


Pincode = Annotated[
    str,
    StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9 -]{1,10}[A-Za-z0-9])?$"),
    BeforeValidator(_code),
    Field(description="Postal code. Six digits, not starting with 0, when the country is India."),
]
City = Annotated[str, StringConstraints(min_length=1, max_length=100)]
State = Annotated[str, StringConstraints(max_length=100)]
Country = Annotated[
    str,
    StringConstraints(min_length=2, max_length=60),
    Field(description="Country name as the store spells it.", examples=["India"]),
]
TaxNumber = Annotated[
    str,
    StringConstraints(max_length=32),
    Field(description="TIN, VAT or GST number of the country.", examples=["IN27AAEPM0111C1ZQ"]),
]
BusinessName = Annotated[str, StringConstraints(max_length=150)]
Nickname = Annotated[
    str,
    StringConstraints(max_length=50),
    Field(description="Label of the customer's own choice."),
]
Default = Annotated[StrictBool, Field(description="At most one address of a customer has it set.")]


class CustomerAddressCreate(Input):
    """A new address. `id` and the verification flags are ignored when sent."""

    first_name: Name
    last_name: LastName | None = None
    country_code: CountryCode = "+91"
    phone: Phone
    email: Email
    address_line1: Line1
    address_line2: Line | None = None
    landmark: Line | None = None
    delivery_instructions: Instructions | None = None
    pincode: Pincode = ""
    city: City
    state: State = ""
    country: Country
    tax_identification_number: TaxNumber | None = None
    business_name: BusinessName | None = None
    nickname: Nickname | None = None
    is_default_billing: Default = False
    is_default_shipping: Default = False


class CustomerAddressUpdate(Changes):
    """Changes of an address. Fields left out keep their value."""

    first_name: Name = KEPT
    last_name: LastName | None = KEPT
    country_code: CountryCode = KEPT
    phone: Phone = KEPT
    email: Email = KEPT
    address_line1: Line1 = KEPT
    address_line2: Line | None = KEPT
    landmark: Line | None = KEPT
    delivery_instructions: Instructions | None = KEPT
    pincode: Pincode = KEPT
    city: City = KEPT
    state: State = KEPT
    country: Country = KEPT
    tax_identification_number: TaxNumber | None = KEPT
    business_name: BusinessName | None = KEPT
    nickname: Nickname | None = KEPT
    is_default_billing: Default = KEPT
    is_default_shipping: Default = KEPT


class CustomerAddress(View):
    """A saved address. Texts of an import may be odder than what a new address may hold."""

    id: Ulid
    first_name: str
    last_name: str | None
    country_code: str
    phone: str
    email: str
    address_line1: str
    address_line2: str | None
    landmark: str | None
    delivery_instructions: str | None
    pincode: str
    city: str
    state: str
    country: str
    tax_identification_number: str | None
    business_name: str | None
    nickname: str | None
    is_default_billing: bool
    is_default_shipping: bool
    is_phone_verified: bool = Field(
        description="Whether the phone is a verified contact of the user."
    )
    is_email_verified: bool = Field(
        description="Whether the e-mail is a verified contact of the user."
    )
    created_at: Moment
    modified_at: Moment


class AddressField(View):
    """One field of a country's address form."""

    name: str = Field(description="Field of the contract, such as `pincode`.")
    label: str = Field(description="What the country calls it, such as `ZIP code`.")
    required: bool
    choices: list[str] = Field(description="Names to choose from; empty: free text.")
    example: str = Field(description="A valid value to show as a hint, or empty.")
    is_numeric: bool = Field(default=False, description="A keyboard with digits alone will do.")


class AddressForm(View):
    """What an address of a country consists of, in the order people there write it."""

    country: str = Field(description="Name as the store spells it.")
    country_code: str = Field(description="Dialling prefix such as `+91`, or empty.")
    fields: list[AddressField]

    def field(self, name: str) -> AddressField | None:
        """The field of that name, if the country has it."""
        return next((field for field in self.fields if field.name == name), None)


AddressValues = dict[str, Any]
"""Columns of an address by name."""
