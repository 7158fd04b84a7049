"""OpenAPI documents, made from the routes: the customer's contract, and the shop's systems' API."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from account_portal.api.router import MERCHANT, STOREFRONT
from account_portal.api.samples import Sampler
from account_portal.core.settings import get_settings


@dataclass(frozen=True)
class Book:
    """What a document says besides its calls."""

    title: str
    summary: str
    description: str
    prefix: str
    """Path all its calls lie below, which its server's address names."""
    tags: dict[str, str]
    security: list[dict[str, list[str]]]
    security_schemes: dict[str, dict[str, str]]
    first_call: str
    """A command to begin with, for the reference page; `{server}` is the document's address."""
    defaults_in_words: bool = False
    """Whether defaults of what is sent stand in descriptions: generators of clients take a field
    that has one for a field that is always there."""


CUSTOMERS = Book(
    title="Storefront My Account API",
    summary="Account area of a storefront for signed-in customers.",
    description="""\
Everything a customer can do with their account: profile, address book, orders and what follows
them, points and reviews, with the sign-in calls those need.

Sign in with `POST /auth/login/password` and send the access token as `Authorization: Bearer`. Every
answer has the same shape: `message` and `success`, with `content` when it went well, and a stable
`code` when it did not. Times are RFC 3339 in UTC; money is a number in the order's currency.
""",
    prefix=STOREFRONT,
    tags={
        "Auth": "Sign-in, sign-out, codes and passwords.",
        "Passkeys": "Signing in without a password, by WebAuthn.",
        "Two-step sign-in": "A second proof, for accounts that ask for two.",
        "Guests": "One order, without an account.",
        "Users": "Profile, picture, opt-ins.",
        "Addresses": "Address book.",
        "Bank accounts": "Accounts for bank-transfer refunds.",
        "Orders": "Order history, payments, cancellation.",
        "Returns": "Return requests.",
        "Claims": "What went wrong with an order.",
        "Evidence": "Photos and videos of items that go back or have a problem.",
        "Loyalty": "Loyalty points.",
        "Reviews": "Product reviews.",
    },
    security=[{"bearerAuth": []}],
    security_schemes={
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
    },
    first_call=(
        "curl -s {server}/auth/login/password \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        '  -d \'{"email": "asha@example.com", "password": "…"}\''
    ),
)
SYSTEMS = Book(
    title="Merchant API",
    summary="What the shop's own systems tell the account portal, and ask of it.",
    description="""\
For the shop's ERP, storefront and warehouse: records go in, deeds are done, lists and events are
read. The same as the commands `import` and `shop`.

Make a key with `python -m account_portal keys create NAME --scope SCOPE` and send it as
`Authorization: Bearer apk_…`. Every answer has the same shape: `message` and `success`, with
`content` when it went well, and a stable `code` when it did not. A deed that the present state
forbids answers 409 or 422, with the state of the order in `content`.

Times are RFC 3339 in UTC; money is a number in the order's currency. `POST` takes an
`Idempotency-Key`: a repeat within 24 hours gets the first answer again. `RateLimit-Limit`,
`RateLimit-Remaining` and `RateLimit-Reset` tell how many calls a key has, and has left, and in how
many seconds it has all of them again.
""",
    prefix=MERCHANT,
    tags={
        "Records": "What the shop says of customers, orders and everything that belongs to them.",
        "Orders": "Orders and their parcels.",
        "Payments": "What became of payments.",
        "Refunds": "Money on its way back.",
        "Returns": "Return requests, decided and received.",
        "Claims": "What customers say went wrong, decided.",
        "Customers": "Customers, their points and bank accounts.",
        "Reviews": "Reviews of products.",
        "Messages": "Messages to customers.",
        "Events": "What happened, in order.",
        "Webhooks": "Where events are sent to.",
        "Withdrawals": "Withdrawals from contracts, as consumers state them.",
        "Policies": "What customers may do after the purchase.",
    },
    security=[{"keyAuth": []}],
    security_schemes={
        "keyAuth": {
            "type": "http",
            "scheme": "bearer",
            "description": "A key of the shop, `apk_…`, with the scope that the call names.",
        }
    },
    first_call="curl -s {server}/orders -H 'Authorization: Bearer apk_…'",
    defaults_in_words=True,
)


def describe(app: FastAPI, book: Book = CUSTOMERS) -> dict[str, Any]:
    """The document. Paths are relative to a store, which the server's address names."""
    settings = get_settings()
    routes = [route for route in app.routes if getattr(route, "path", "").startswith(book.prefix)]
    spec = get_openapi(
        title=book.title,
        version=app.version,
        summary=book.summary,
        description=book.description,
        routes=routes,
        tags=[{"name": name, "description": text} for name, text in book.tags.items()],
        servers=[
            {
                "url": settings.origin + book.prefix,
                "description": "Base path of one store.",
                "variables": {
                    "store_id": {"default": settings.store_id, "description": "Store key."}
                },
            }
        ],
    )
    spec["security"] = book.security
    spec["paths"] = {
        path.removeprefix(book.prefix): methods for path, methods in spec["paths"].items()
    }
    components = spec["components"]
    components["securitySchemes"] = book.security_schemes
    _name_forms_apart(spec)
    sampler = Sampler(spec)
    for methods in spec["paths"].values():
        for operation in methods.values():
            _drop_validation_answer(operation)
            _show_examples(operation, sampler)
            _put_quoted_defaults_in_words(operation)
    if book.defaults_in_words:
        _name_bodies(spec)
        _refuse_unknown_fields(spec)
        _put_defaults_in_words(spec)
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    return spec


def _name_forms_apart(spec: dict[str, Any]) -> None:
    """Give models that are sent in another form than they are shown in a name for each form.

    FastAPI tells them apart by their keys alone: generators of clients go by titles.
    """
    schemas: dict[str, Any] = spec["components"]["schemas"]
    names = {
        key: f"{key.removesuffix('-Input')}Input"
        if key.endswith("-Input")
        else key[: -len("-Output")]
        for key in schemas
        if key.endswith(("-Input", "-Output"))
    }
    for key, name in names.items():
        schemas[name] = {**schemas.pop(key), "title": name}
    refs = {f"#/components/schemas/{key}": f"#/components/schemas/{names[key]}" for key in names}
    waiting: list[Any] = [spec] if refs else []
    while waiting:
        found = waiting.pop()
        if isinstance(found, list):
            waiting += found
        elif isinstance(found, dict):
            for key, value in found.items():
                if isinstance(value, str):
                    found[key] = refs.get(value, value)
                else:
                    waiting.append(value)


def _drop_validation_answer(operation: dict[str, Any]) -> None:
    """FastAPI announces an answer of its own for bad input; ours is the contract's 400."""
    answer = operation["responses"].get("422")
    if answer and "HTTPValidationError" in str(answer):
        del operation["responses"]["422"]


def _name_bodies(spec: dict[str, Any]) -> None:
    """Give bodies a name, which is what generators of clients call them."""
    for methods in spec["paths"].values():
        for operation in methods.values():
            content = operation.get("requestBody", {}).get("content", {})
            shown = content.get("application/json", {}).get("schema", {})
            if "properties" in shown:
                words = operation["operationId"].split("-")
                name = "".join(word.title() for word in words) + "Body"
                spec["components"]["schemas"][name] = {**shown, "title": name}
                content["application/json"]["schema"] = {"$ref": f"#/components/schemas/{name}"}


def _put_defaults_in_words(spec: dict[str, Any]) -> None:
    """Say in words what a field of a body is that is left out."""
    for part in _parts_of_bodies(spec):
        for field in part.get("properties", {}).values():
            _put_default_in_words(field)


def _refuse_unknown_fields(spec: dict[str, Any]) -> None:
    """Say that bodies have no other fields; records may, and are told which nobody knows."""
    for part in _parts_of_bodies(spec, without="Records"):
        if "properties" in part:
            part.setdefault("additionalProperties", False)


def _parts_of_bodies(spec: dict[str, Any], without: str = "") -> Iterator[dict[str, Any]]:
    """All objects that describe bodies, but for those of calls with a tag, once each."""
    schemas: dict[str, Any] = spec["components"]["schemas"]
    waiting: list[Any] = [
        operation["requestBody"]
        for methods in spec["paths"].values()
        for operation in methods.values()
        if "requestBody" in operation and without not in operation["tags"]
    ]
    seen: set[str] = set()
    while waiting:
        found = waiting.pop()
        if isinstance(found, list):
            waiting += found
        elif isinstance(found, dict):
            yield found
            waiting += [part for name, part in found.items() if name not in ("example", "examples")]
            name = str(found.get("$ref", "")).rpartition("/")[2]
            if name and name not in seen:
                seen.add(name)
                waiting.append(schemas[name])


def _put_quoted_defaults_in_words(operation: dict[str, Any]) -> None:
    """Say defaults that are JSON themselves in words.

    A generator of clients escapes their quotes twice, and sends what is no JSON.
    """
    for parameter in operation.get("parameters", []):
        if '"' in str(parameter["schema"].get("default", "")):
            _put_default_in_words(parameter["schema"])
            parameter["description"] = parameter["schema"].pop("description")


def _put_default_in_words(field: dict[str, Any]) -> None:
    default = field.pop("default", None)
    if default is None or default in ([], {}, ""):
        return
    words = f"`{default}` if left out." if isinstance(default, str) else f"{default} if left out."
    if isinstance(default, bool):
        words = f"{str(default).lower()} if left out."
    field["description"] = f"{field.get('description', '')} {words}".strip()


def _show_examples(operation: dict[str, Any], sampler: Sampler) -> None:
    for described in (operation["responses"]["200"], operation.get("requestBody", {})):
        content = described.get("content", {}).get("application/json")
        if content and not {"example", "examples"} & content.keys():
            content["example"] = sampler.sample(content["schema"])
