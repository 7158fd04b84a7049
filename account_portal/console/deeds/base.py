"""How a deed of the console is done: parsed, checked against what its page showed, written down.

A button's form holds the version its page showed, as `If-Match` does for callers of the API.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData

from account_portal.console.rules import Permission
from account_portal.context import Context
from account_portal.core.errors import InvalidInput
from account_portal.core.schemas import Input
from account_portal.core.validation import words_of
from account_portal.merchant import states

ORDER_OF: Mapping[str, Callable[[Context, str], Any]] = {
    "order": states.of_order,
    "parcel": states.of_shipment,
    "payment": states.of_payment,
    "refund": states.of_refund,
    "return": states.of_return,
    "claim": states.of_claim,
}
"""How the order is found on which a thing hangs."""


class Nothing(Input):
    """A deed that needs no words."""


@dataclass(frozen=True, slots=True)
class Result:
    """What is said once a deed is done."""

    told: str
    secret: str = ""
    """Shown once, by the answer itself."""


Do = Callable[[Context, str, Any, str], "Result | str"]
"""Call, number, input, and who does it."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing staff can do.

    Attributes:
        needs: the permission.
        about: kind of the thing its number names, for the audit log.
        do: does it.
        takes: what has to be said.
        kind: what `merchant.versions` calls the thing, which must have the version that the page
            showed; empty: it may be done however that is.
        read: makes the input of a form, where fields alone don't.
        takes_files: its form has photos or videos; its service begins to write by itself.
        is_recorded: the service writes it into the audit log itself, as its commands need that too.
    """

    needs: Permission
    about: str
    do: Do
    takes: type[Input] = Nothing
    kind: str = ""
    read: Callable[[FormData], dict[str, Any]] = dict
    takes_files: bool = False
    is_recorded: bool = False


def about_of(ctx: Context, deed: Deed, number: str) -> str:
    """What the audit log says a deed is about: of anything that hangs on an order, the order."""
    if deed.about in ORDER_OF:
        return f"order {ORDER_OF[deed.about](ctx, number).order.order_number}"
    return f"{deed.about} {number}".strip()


def details_of(deed: Deed, number: str, data: Input) -> dict[str, Any]:
    """What the audit log keeps of what was said."""
    said = data.model_dump(
        mode="json", exclude_none=True, exclude_defaults=True, exclude={"images", "videos"}
    )
    return {"number": number, **said} if deed.about in ORDER_OF else said


def parse(deed: Deed, form: FormData) -> Any:
    """The input a form makes; what was left empty was not said.

    Raises:
        InvalidInput: it does not do.
    """
    said = {name: value for name, value in deed.read(form).items() if value not in ("", None)}
    try:
        return deed.takes.model_validate(said)
    except ValidationError as error:
        fields: dict[str, str | list[str]] = {}
        for fault in error.errors():
            place = ".".join(str(part) for part in fault["loc"]) or "_"
            fields[place] = words_of(fault)
        raise InvalidInput(None, **fields) from None


def deed_of_order(
    about: str,
    needs: Permission,
    do: Do,
    takes: type[Input] = Nothing,
    read: Callable[[FormData], dict[str, Any]] = dict,
) -> Deed:
    """A deed on an order, or on what hangs on one."""
    kind = "shipment" if about == "parcel" else about
    return Deed(needs, about, do, takes, kind, read)
