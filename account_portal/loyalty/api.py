"""Routes of loyalty."""

from typing import Annotated

from fastapi import Query

from account_portal.api.deps import Ctx, OwnUser
from account_portal.api.router import ContractRouter
from account_portal.core.pagination import Page
from account_portal.loyalty import service
from account_portal.loyalty.rules import LoyaltyNotEnabled
from account_portal.loyalty.schemas import LoyaltyDetails, LoyaltyPointActivity, LoyaltyQuery

router = ContractRouter(tag="Loyalty")


@router.expose(
    "GET",
    "/customers/{user_id}/loyalty",
    operation_id="get-loyalty-details",
    summary="Read the loyalty state",
    message="Your points.",
    raises=(LoyaltyNotEnabled,),
)
def get_loyalty(ctx: Ctx, user_id: OwnUser) -> LoyaltyDetails:
    """All zero when the programme was never used."""
    return service.get_loyalty(ctx)


@router.expose(
    "GET",
    "/customers/{user_id}/loyalty-points-activity",
    operation_id="list-loyalty-activities",
    summary="List point movements",
    message="Your point movements.",
    content="loyalty_points_activity",
    raises=(LoyaltyNotEnabled,),
)
def list_activities(
    ctx: Ctx, user_id: OwnUser, query: Annotated[LoyaltyQuery, Query()]
) -> Page[list[LoyaltyPointActivity]]:
    """Newest first unless `sort_by` says otherwise."""
    return service.list_activities(ctx, query)
