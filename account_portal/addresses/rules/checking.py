"""Whether an address is in order, and its postal code and phone in the form they are kept in."""

from collections.abc import Iterable

from account_portal.addresses.rules.countries import country_code_of
from account_portal.addresses.rules.forms import form_of, place_fields
from account_portal.addresses.rules.postcodes import postcode_of, postcode_pattern
from account_portal.addresses.schemas import AddressValues
from account_portal.core.errors import InvalidInput, Unprocessable
from account_portal.core.validation import national_number, phone_fault

MAX_ADDRESSES = 50


class AddressNotFound(Unprocessable):
    """No such saved address of this customer."""

    code = "address_not_found"
    message = "This address is not one of yours."


def tidied(values: AddressValues) -> AddressValues:
    """An address with its postal code and phone in the one form they are kept in."""
    return {
        **values,
        "pincode": postcode_of(values["country"], values["pincode"]),
        "phone": national_number(values["phone"], values["country_code"]),
    }


def _country_faults(values: AddressValues) -> dict[str, str]:
    code = country_code_of(values["country"])
    if code is None:
        return {"country": "is not a country we know"}
    faults = {}
    form = form_of(code)
    pattern, postcode = postcode_pattern(code), form.field("pincode")
    if (
        values["pincode"]
        and pattern is not None
        and postcode is not None
        and not pattern.fullmatch(values["pincode"])
    ):
        hint = f", such as {postcode.example}" if postcode.example else ""
        faults["pincode"] = f"is not a {postcode.label} of {form.country}{hint}"
    return faults


def faults(values: AddressValues, changed: Iterable[str] | None = None) -> dict[str, str]:
    """What is wrong with an address that a schema can't say, by field.

    Args:
        values: the whole address as it is going to be.
        changed: names of the fields this request changes; none given, all of them. What an older
            import left behind is not complained about while nobody touches it.
    """
    touched = set(values if changed is None else changed)
    found = _country_faults(values) if touched & {"country", "state", "pincode"} else {}
    if touched & {"phone", "country_code"}:
        reason = phone_fault(values["country_code"], values["phone"])
        if reason:
            found["phone"] = reason
    if "country" not in touched:
        found = {name: text for name, text in found.items() if name in touched or name == "phone"}
    return found


def require_deliverable(values: AddressValues, changed: Iterable[str] | None = None) -> None:
    """Check the country, the form of its postcode, the shape of the phone.

    A postcode or state may be left out, as the contract says; the page's form asks for those the
    country needs (`unfilled`). Arguments as of `faults`.

    Raises:
        InvalidInput: names each field and what is wrong with it.
    """
    found = faults(values, changed)
    if found:
        raise InvalidInput(**found)


def unfilled(values: AddressValues) -> dict[str, str]:
    """City, state and postal code where the country needs them and they are empty."""
    fields, _ = place_fields(values["country"])
    return {
        field.name: "is required" for field in fields if field.required and not values[field.name]
    }
