"""Routes of the address book."""

from typing import Annotated

from fastapi import Path

from account_portal.addresses import service
from account_portal.addresses.schemas import (
    CustomerAddress,
    CustomerAddressCreate,
    CustomerAddressUpdate,
)
from account_portal.api.deps import Ctx, OwnUser, PageQuery
from account_portal.api.router import ContractRouter
from account_portal.core.pagination import Page
from account_portal.core.schemas import EncodedView, Ulid

router = ContractRouter(tag="Addresses")

AddressId = Annotated[Ulid, Path(description="Address id.")]
LIST = "/customers/{user_id}/addresses"
ONE = LIST + "/{address_id}"

_HOME = {
    "first_name": "Asha",
    "last_name": "Rao",
    "country_code": "+91",
    "phone": "9876543210",
    "email": "asha@example.com",
    "address_line1": "14, Rose Garden Road",
    "landmark": "Opposite the old library",
    "pincode": "560001",
    "city": "Bengaluru",
    "state": "Karnataka",
    "country": "India",
    "nickname": "Home",
    "is_default_shipping": True,
}


@router.expose(
    "GET",
    LIST,
    operation_id="list-addresses",
    summary="List saved addresses",
    message="Addresses.",
    content="addresses",
    inline=True,
)
def list_addresses(
    ctx: Ctx, user_id: OwnUser, page: PageQuery
) -> Page[EncodedView[list[CustomerAddress]]]:
    """Newest change first."""
    return service.list_addresses(ctx, page)


@router.expose(
    "POST",
    LIST,
    operation_id="create-address",
    summary="Save an address",
    message="Address saved.",
    content="address",
    raises=[service.AddressLimitReached],
    idempotent=True,
    examples={"home": _HOME},
)
def create_address(ctx: Ctx, user_id: OwnUser, data: CustomerAddressCreate) -> CustomerAddress:
    """The first address becomes both defaults unless a flag is sent as false."""
    return service.create_address(ctx, data)


@router.expose(
    "GET",
    ONE,
    operation_id="get-address-detail",
    summary="Read an address",
    message="Address.",
    content="address",
    also=[404],
    inline=True,
)
def read_address(ctx: Ctx, user_id: OwnUser, address_id: AddressId) -> CustomerAddress:
    """One of the caller's own."""
    return service.read_address(ctx, address_id)


@router.expose(
    "PUT",
    ONE,
    operation_id="update-address-detail",
    summary="Change an address",
    message="Address changed.",
    content="address",
    also=[404],
    examples={"default": {"is_default_billing": True}},
)
def update_address(
    ctx: Ctx, user_id: OwnUser, address_id: AddressId, data: CustomerAddressUpdate
) -> CustomerAddress:
    """Fields left out keep their value; orders keep the copies they were made with."""
    return service.update_address(ctx, address_id, data)


@router.expose(
    "DELETE",
    ONE,
    operation_id="delete-address",
    summary="Delete an address",
    message="Address deleted.",
    raises=[service.AddressInUse],
    also=[404],
)
def delete_address(ctx: Ctx, user_id: OwnUser, address_id: AddressId) -> None:
    """Orders and returns keep their copies; no other address becomes a default."""
    service.delete_address(ctx, address_id)
