"""Declares routes of the contract."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_type_hints

import orjson
from fastapi import APIRouter

from account_portal.api.router import documentation as docs
from account_portal.api.router.parsing import JSON_LIMIT
from account_portal.api.router.plan import Access, Guard, Plan, RepeatsOf, read_parameter
from account_portal.api.router.serving import ContractRoute
from account_portal.core.errors import PortalError, PreconditionFailed, PreconditionNotHeeded

STOREFRONT = "/api/v1/{store_id}/storefront"
MERCHANT = "/api/v1/{store_id}/merchant"


class ContractRouter(APIRouter):
    """Routes of one resource."""

    def __init__(self, *, tag: str, prefix: str = STOREFRONT) -> None:
        super().__init__(prefix=prefix, tags=[tag], redirect_slashes=False)

    def expose(
        self,
        method: Literal["GET", "POST", "PUT", "DELETE"],
        path: str,
        *,
        operation_id: str,
        summary: str,
        message: str,
        content: str | None = None,
        access: Access = "customer",
        scope: str = "",
        raises: Sequence[type[PortalError]] = (),
        also: Sequence[int] = (),
        writes: bool | None = None,
        inline: bool = False,
        idempotent: bool | RepeatsOf = False,
        guard: Guard | None = None,
        form: bool = False,
        accepts_json: bool = False,
        body_limit: int = JSON_LIMIT,
        examples: Mapping[str, Any] | None = None,
        openapi_extra: Mapping[str, Any] | None = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Expose a function whose first parameter is the context.

        Args:
            method: HTTP method; all but GET write.
            path: path below the store; its parameters are arguments of the function.
            operation_id: name of the call in the contract.
            summary: what it does, for the reference.
            message: text of a successful answer.
            content: name of the returned thing inside `content`; none: it is the content itself.
            access: who may call; `customer` unless said otherwise.
            scope: what a key of the shop's systems needs; makes `access` theirs.
            raises: errors with their own code; they document themselves.
            also: further statuses the contract lists.
            writes: whether the transaction writes, if the method does not tell.
            inline: run on the event loop where that was measured to be faster (SQLite, indexed,
                bounded reads only).
            idempotent: heed `Idempotency-Key`; where no customer and no system calls, what tells
                whose key it is.
            guard: heed `If-Match`; what asks for the version of the thing that the path names.
            form: the body is multipart/form-data.
            accepts_json: a form route that takes JSON as well.
            body_limit: bytes of a body.
            examples: request bodies for the reference.
            openapi_extra: anything else the document says of the call.
        """
        if scope:
            access = "shop"

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            hints = get_type_hints(function, include_extras=True)
            signature = inspect.signature(function)
            names = [name for name in signature.parameters if name != "ctx"]
            parameters = tuple(
                read_parameter(
                    name, hints[name], signature.parameters[name].default, path, form=form
                )
                for name in names
            )
            plan = Plan(
                service=function,
                parameters=parameters,
                access=access,
                scope=scope,
                writes=method != "GET" if writes is None else writes,
                inline=inline,
                idempotent=bool(idempotent),
                repeats_of=idempotent if callable(idempotent) else None,
                guard=guard,
                body_limit=body_limit,
                accepts_json=accepts_json,
                prefix=b'{"message":' + orjson.dumps(message) + b',"success":true',
                content=content,
            )

            def declare() -> dict[str, Any]:
                def endpoint() -> None:
                    raise AssertionError("served by its plan")

                shown = [
                    signature.parameters[name].replace(
                        annotation=docs.documented(hints[name], parameter),
                        kind=inspect.Parameter.KEYWORD_ONLY,
                    )
                    for name, parameter in zip(names, parameters, strict=True)
                    if parameter.place != "form"
                ]
                if idempotent:
                    shown.append(docs.IDEMPOTENCY_KEY)
                if guard is not None:
                    shown.append(docs.IF_MATCH)
                endpoint.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
                endpoint.__name__ = function.__name__

                guarding: tuple[type[PortalError], ...] = ()
                if guard is not None:
                    guarding += (PreconditionFailed,)
                if access == "shop" and method != "GET":
                    guarding += (PreconditionNotHeeded,)
                errors = docs.errors_by_status(
                    access, parameters, (*raises, *guarding), also, idempotent=bool(idempotent)
                )
                security = [{"keyAuth": [scope]}] if scope else docs.SECURITY[access]
                extra: dict[str, Any] = {"security": security, **(openapi_extra or {})}
                codes = {
                    str(status): [error.code for error in own] for status, own in errors.items()
                }
                if any(codes.values()):
                    extra["x-error-codes"] = {status: own for status, own in codes.items() if own}
                body = next((p for p in parameters if p.place in ("body", "form")), None)
                if body is not None and body.place == "form":
                    extra["requestBody"] = docs.form_docs(
                        hints[body.name], body.files, accepts_json=accepts_json
                    )
                if examples:
                    shown_examples = {name: {"value": value} for name, value in examples.items()}
                    bodies = extra.setdefault("requestBody", {}).setdefault("content", {})
                    bodies.setdefault("application/json", {})["examples"] = shown_examples
                name = "".join(part.title() for part in operation_id.split("-"))
                responses = {status: docs.error_docs(status, own) for status, own in errors.items()}
                if access == "shop" and docs.has_version(hints.get("return")):
                    responses[200] = docs.ETAG
                return {
                    "endpoint": endpoint,
                    "tags": self.tags,
                    "operation_id": operation_id,
                    "summary": summary,
                    "description": inspect.cleandoc(function.__doc__ or ""),
                    "response_model": docs.answer_model(name, hints.get("return"), content),
                    "response_description": "Done.",
                    "responses": responses,
                    "openapi_extra": extra,
                }

            self.routes.append(
                ContractRoute(self.prefix + path, plan, method=method, declare=declare)
            )
            return function

        return register
