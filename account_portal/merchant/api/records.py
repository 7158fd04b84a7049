"""Records of the shop's systems: an array, a stream of any length, or one."""

import inspect
from collections.abc import Sequence
from typing import Annotated, Any, cast
from urllib.parse import parse_qs

import pydantic
from fastapi import Path, Query
from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from account_portal.api.deps import Ctx
from account_portal.api.errors import error_response
from account_portal.api.router import ContractRoute, Headers, admit, read_caller
from account_portal.core.errors import NotFound, PortalError, ValidationError
from account_portal.core.settings import get_settings
from account_portal.core.validation import to_fields
from account_portal.merchant import deeds, records
from account_portal.merchant.api.deps import merchant_router
from account_portal.merchant.api.streaming import NDJSON, stream, take_whole
from account_portal.merchant.importing.fields import Record
from account_portal.merchant.importing.outcomes import NATURAL_KEYS
from account_portal.merchant.importing.records import RECORDS, AnyRecord
from account_portal.merchant.schemas import (
    MOST_AT_ONCE,
    Number,
    RecordOutcome,
    RecordOutcomes,
    RecordsQuery,
)

SCOPE = "records:write"
LARGEST_ARRAY = 16 * 1024 * 1024
"""Bytes of a JSON array; a stream may have any length."""

router = merchant_router("Records")


class _Described:
    """An object that is checked by the import; in the document it is the record it stands for."""

    def __init__(self, record: Any, *, without: Sequence[str] = ()) -> None:
        self._record = record
        self._without = without

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return handler(source)

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        shown = handler(TypeAdapter(self._record).core_schema)
        if not self._without:
            return shown
        whole = handler.resolve_ref_schema(shown)
        return {
            **whole,
            "title": f"{whole['title']}Content",
            "properties": _without(whole["properties"], self._without),
            "required": [name for name in whole.get("required", ()) if name not in self._without],
        }


def _without(fields: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: field for name, field in fields.items() if name not in names}


Records = Annotated[list[Annotated[Any, _Described(AnyRecord)]], Field(max_length=MOST_AT_ONCE)]
_EXAMPLE = [
    {
        "type": "order",
        "order_number": "NW-10482",
        "customer_email": "asha@example.com",
        "order_date": "2026-03-01T09:30:00Z",
        "lines": [{"sku": "MUG-IND-01", "quantity": 2, "selling_price": "389.99"}],
    },
    {
        "type": "shipment",
        "order_number": "NW-10482",
        "reference_number": "SHP-30771",
        "status": "shipped",
    },
]


@router.expose(
    "POST",
    "/records",
    operation_id="put-records",
    summary="Tell what the shop knows",
    message="Records taken in.",
    scope=SCOPE,
    raises=(records.RecordsRefused,),
    body_limit=LARGEST_ARRAY,
    examples={"orders": _EXAMPLE},
)
def put_records(ctx: Ctx, data: Records, query: Annotated[RecordsQuery, Query()]) -> RecordOutcomes:
    """The same records as the command `import` takes, in any order.

    New ones are made; of known ones what the shop changed since it last spoke of them is applied.

    An array has at most 1,000 records. `application/x-ndjson`, one record a line, may have any
    length: it is taken in while it comes, a thousand records at a time, and answered by one line
    for each record, as soon as it is in; records that need others come last. A bad record stops no
    other, unless the call is `strict`.
    """
    return records.put_records(ctx, data, strict=query.strict)


def _by_content_type(whole: ASGIApp) -> ASGIApp:
    """Serve streams beside arrays."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != NDJSON:
            await whole(scope, receive, send)
            return
        headers: Headers = []
        try:
            await _stream(request, scope, receive, send, headers)
        except PortalError as error:
            await error_response(error, headers)(scope, receive, send)
        except ClientDisconnect:
            return

    return serve


async def _stream(
    request: Request, scope: Scope, receive: Receive, send: Send, headers: Headers
) -> None:
    if request.path_params.get("store_id") != get_settings().store_id:
        raise NotFound
    await run_in_threadpool(admit, read_caller(request), SCOPE, headers)
    asked = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    try:
        query = RecordsQuery.model_validate({name: values[-1] for name, values in asked.items()})
    except pydantic.ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise ValidationError(to_fields(faults)) from None
    if query.strict:
        await take_whole(request, scope, receive, send, records.put_all_records, headers)
    else:
        await stream(request, scope, receive, send, records.stream_records, headers)


_route = cast("ContractRoute", router.routes[-1])
_route.app = _by_content_type(_route.app)

_PATHS = {
    "product": "products",
    "customer": "customers",
    "order": "orders",
    "shipment": "shipments",
    "payment": "payments",
    "refund": "refunds",
    "loyalty_activity": "loyalty-activities",
    "subscription": "subscriptions",
}
"""Where one record is put; a review has no key of its own."""


def _expose_one(kind: str, plural: str, record: type[Record]) -> None:
    name = NATURAL_KEYS[kind][0]
    parameter = "id" if name == "external_id" else name
    words = kind.replace("_", " ")

    def put(ctx: Ctx, data: dict[str, Any], **key: str) -> RecordOutcome:
        return records.put_record(ctx, kind, key[parameter], data)

    put.__name__ = f"put_{kind}"
    put.__doc__ = (
        f"The record `{kind}`, without `type` and `{name}`. Putting the same again changes nothing."
    )
    in_path = Annotated[Number, Path(description=f"Its `{name}`.")]
    put.__annotations__ |= {
        parameter: in_path,
        "data": Annotated[dict[str, Any], _Described(record, without=("type", name))],
    }
    kinds = inspect.Parameter.KEYWORD_ONLY
    put.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(one, kinds) for one in ("ctx", parameter, "data")]
    )
    router.expose(
        "PUT",
        f"/{plural}/{{{parameter}}}",
        operation_id=f"put-{kind.replace('_', '-')}",
        summary=f"Tell of one {words}",
        message="Record taken in.",
        scope=SCOPE,
        raises=(records.RecordRefused,),
        also=(404,),
        guard=deeds.guard(kind, creates=True) if kind in records.VERSIONED else None,
        body_limit=LARGEST_ARRAY,
    )(put)


for _kind, _plural in _PATHS.items():
    _expose_one(_kind, _plural, RECORDS[_kind])
