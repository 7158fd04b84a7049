"""What a service returned, as the bytes of the contract's envelope."""

from typing import Any

import orjson
from pydantic import BaseModel

from account_portal.api.router.plan import Plan
from account_portal.core.pagination import CursorPage, Page
from account_portal.core.schemas import EncodedView


def encode(value: Any) -> bytes:
    """JSON of what a service returned."""
    if isinstance(value, EncodedView):
        return value.json
    if isinstance(value, BaseModel):
        return value.__pydantic_serializer__.to_json(value)
    if isinstance(value, list | tuple):
        return b"[" + b",".join([encode(entry) for entry in value]) + b"]"
    if isinstance(value, dict):
        fields = [orjson.dumps(name) + b":" + encode(entry) for name, entry in value.items()]
        return b"{" + b",".join(fields) + b"}"
    return orjson.dumps(value)


def version_of(content: Any) -> str | None:
    """The version of what an answer is about: its own, or that of the order it tells of."""
    for found in (content, _part(content, "order")):
        version = _part(found, "version")
        if isinstance(version, str):
            return version
    return None


def _part(content: Any, name: str) -> Any:
    return content.get(name) if isinstance(content, dict) else getattr(content, name, None)


def encode_answer(plan: Plan, result: Any) -> bytes:
    """The whole answer; a call that returns nothing leaves `content` out."""
    if result is None:
        return plan.prefix + b"}"
    if isinstance(result, Page):
        assert plan.content is not None
        rows, pagination = encode(result.rows), encode(result.pagination)
        name = plan.content.encode()
        content = b'{"' + name + b'":' + rows + b',"pagination":' + pagination + b"}"
    elif isinstance(result, CursorPage):
        assert plan.content is not None
        rows, cursor = encode(result.rows), encode(result.next_cursor)
        content = b'{"' + plan.content.encode() + b'":' + rows + b',"next_cursor":' + cursor + b"}"
    elif plan.content is not None:
        content = b'{"' + plan.content.encode() + b'":' + encode(result) + b"}"
    else:
        content = encode(result)
    return plan.prefix + b',"content":' + content + b"}"
