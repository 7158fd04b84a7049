"""The OpenAPI document of the contract's calls, made from the routes."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from account_portal.api.router import STOREFRONT
from account_portal.api.samples import Sampler
from account_portal.core.settings import get_settings

DESCRIPTION = """\
Everything a customer can do with their account: profile, address book, orders and what follows
them, points and reviews, with the sign-in calls those need.

Sign in with `POST /auth/login/password` and send the access token as `Authorization: Bearer`. Every
answer has the same shape: `message` and `success`, with `content` when it went well, and a stable
`code` when it did not. Times are RFC 3339 in UTC; money is a number in the order's currency.
"""
TAGS = {
    "Auth": "Sign-in, sign-out, codes and passwords.",
    "Users": "Profile, picture, opt-ins.",
    "Addresses": "Address book.",
    "Bank accounts": "Accounts for bank-transfer refunds.",
    "Orders": "Order history, payments, cancellation.",
    "Returns": "Return requests.",
    "Loyalty": "Loyalty points.",
    "Reviews": "Product reviews.",
}
SECURITY_SCHEMES = {
    "bearerAuth": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Access token of a signed-in user.",
    },
    "apiKeyAuth": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Api-Key",
        "description": "Public store key; opens visitor sessions only.",
    },
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The document. Paths are relative to a store, which the server's address names."""
    spec = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=DESCRIPTION,
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        servers=[
            {
                "url": STOREFRONT,
                "description": "Base path of one store.",
                "variables": {
                    "store_id": {"default": get_settings().store_id, "description": "Store key."}
                },
            }
        ],
    )
    spec["security"] = [{"bearerAuth": []}]
    spec["paths"] = {
        path.removeprefix(STOREFRONT): methods
        for path, methods in spec["paths"].items()
        if path.startswith(STOREFRONT)
    }
    components = spec["components"]
    components["securitySchemes"] = SECURITY_SCHEMES
    sampler = Sampler(spec)
    for methods in spec["paths"].values():
        for operation in methods.values():
            _drop_validation_answer(operation)
            _show_examples(operation, sampler)
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    return spec


def _drop_validation_answer(operation: dict[str, Any]) -> None:
    """FastAPI announces an answer of its own for bad input; ours is the contract's 400."""
    answer = operation["responses"].get("422")
    if answer and "HTTPValidationError" in str(answer):
        del operation["responses"]["422"]


def _show_examples(operation: dict[str, Any], sampler: Sampler) -> None:
    for described in (operation["responses"]["200"], operation.get("requestBody", {})):
        content = described.get("content", {}).get("application/json")
        if content and not {"example", "examples"} & content.keys():
            content["example"] = sampler.sample(content["schema"])
