"""What these routes share."""

from typing import Annotated

from fastapi import Path

from account_portal.api.router import MERCHANT, ContractRouter
from account_portal.core.schemas import Ulid
from account_portal.merchant.schemas import Number

ReferenceNumber = Annotated[Number, Path(description="Reference number of a parcel.")]
RequestNumber = Annotated[Number, Path(description="Request number.")]
CustomerName = Annotated[
    Number, Path(description="`customer_id`, or the shop's own `external_id`.")
]
Id = Annotated[Ulid, Path(description="Id of the row.")]


def merchant_router(tag: str) -> ContractRouter:
    """Routes of one kind, below the merchant API's address."""
    return ContractRouter(tag=tag, prefix=MERCHANT)
