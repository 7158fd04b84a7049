"""What serving a route takes, worked out once from the function it exposes."""

import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from fastapi import params
from pydantic import BaseModel, TypeAdapter

Access = Literal["open", "visitor", "customer", "shop"]
Place = Literal["path", "query", "query_model", "header", "body", "form"]


class OwnUserMark:
    """Marks a parameter that must be the caller's own user id, else 403."""


OWN_USER = OwnUserMark()
RepeatsOf = Callable[[Any], tuple[str, str]]
"""Takes the context; whose the `Idempotency-Key` is, and for what if the path does not say."""
Guard = Callable[[Any, str, Collection[str]], None]
"""Takes the context, what the path names and the versions that will do; raises if it has none."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a route, and where in the request it comes from."""

    name: str
    alias: str
    place: Place
    adapter: TypeAdapter[Any]
    default: Any
    own_user: bool
    documented: bool
    lists: frozenset[str] = frozenset()
    """Names that may be repeated in a query or form."""
    files: frozenset[str] = frozenset()
    """Names that a form fills with files; the same input as JSON is documented without them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the handler of a route needs."""

    service: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    access: Access
    scope: str
    """What a key of the shop's systems needs for it."""
    writes: bool
    inline: bool
    idempotent: bool
    repeats_of: RepeatsOf | None
    """Whose keys they are; none: the customer's or the system's that calls."""
    guard: Guard | None
    """Heeds `If-Match`: it is asked whether what the path names has one of these versions."""
    body_limit: int
    accepts_json: bool
    prefix: bytes
    """The answer as far as it is always the same: `{"message":…,"success":true`."""
    content: str | None


def read_parameter(name: str, annotation: Any, default: Any, path: str, *, form: bool) -> Parameter:
    """Tell from an argument's annotation where its value comes from."""
    marks = get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
    base = get_args(annotation)[0] if marks else annotation
    mark = next((mark for mark in marks if isinstance(mark, params.Param | params.Body)), None)
    alias = getattr(mark, "alias", None) or name
    place: Place
    if "{" + name + "}" in path:
        place = "path"
    elif isinstance(mark, params.Query):
        place = "query_model" if _is_model(base) else "query"
    elif isinstance(mark, params.Header):
        place, alias = "header", alias.replace("_", "-").lower()
    else:
        place = "form" if form else "body"
    return Parameter(
        name=name,
        alias=alias,
        place=place,
        adapter=TypeAdapter(annotation),
        default=default,
        own_user=any(isinstance(mark, OwnUserMark) for mark in marks),
        documented=getattr(mark, "include_in_schema", True),
        lists=_names(base, "list["),
        files=_names(base, "Upload"),
    )


def _is_model(base: Any) -> bool:
    return inspect.isclass(base) and issubclass(base, BaseModel)


def _names(base: Any, kind: str) -> frozenset[str]:
    """Fields of a model whose type mentions a kind."""
    if not _is_model(base):
        return frozenset()
    return frozenset(
        str(field.alias or name)
        for name, field in base.model_fields.items()
        if kind in str(field.annotation)
    )
