"""What customers may do after the purchase: tried, set and read."""

from typing import Annotated

from fastapi import Path

from account_portal.api.deps import Ctx
from account_portal.core.errors import ValidationError
from account_portal.merchant.api.deps import merchant_router
from account_portal.orders import service
from account_portal.orders.schemas import Policy, PolicyTrial, PolicyVersionView

router = merchant_router("Policies")

PolicyNumber = Annotated[str, Path(description="Number of the version.")]
_EXAMPLE = {
    "rules": [
        {"name": "All goods", "returns": {"window_days": 100}},
        {
            "name": "Food",
            "applies_to": {"categories": ["food"]},
            "returns": {"never": "perishable"},
        },
    ]
}


@router.expose(
    "GET",
    "/policies",
    operation_id="list-policies",
    summary="List what was set, the one in force first",
    message="Policies.",
    content="policies",
    scope="policies:read",
)
def list_policies(ctx: Ctx) -> list[PolicyVersionView]:
    """The latest hundred. Before the first one the settings decide."""
    return service.list_policies(ctx)


@router.expose(
    "GET",
    "/policies/{number}",
    operation_id="get-policy",
    summary="Read one version",
    message="Policy.",
    scope="policies:read",
    also=(404,),
)
def get_policy(ctx: Ctx, number: PolicyNumber) -> PolicyVersionView:
    """As it was set."""
    return service.get_policy(ctx, int(number) if number.isdecimal() and len(number) < 9 else 0)


@router.expose(
    "POST",
    "/policies/preview",
    operation_id="preview-policy",
    summary="Say what a policy would change; sets nothing",
    message="Policy tried.",
    scope="policies:write",
    raises=(ValidationError,),
    examples={"shop": _EXAMPLE},
)
def preview_policy(ctx: Ctx, data: Policy) -> PolicyTrial:
    """Tried on the latest 200 orders."""
    return service.try_policy(ctx, data)


@router.expose(
    "POST",
    "/policies",
    operation_id="set-policy",
    summary="Put a policy in force",
    message="Policy set.",
    scope="policies:write",
    raises=(ValidationError,),
    idempotent=True,
    examples={"shop": _EXAMPLE},
)
def set_policy(ctx: Ctx, data: Policy) -> PolicyVersionView:
    """For orders placed from now on, and where it is kinder, for those that are there."""
    return service.set_policy(ctx, data, source="api")
