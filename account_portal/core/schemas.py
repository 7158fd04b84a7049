"""Bases of what goes in (`Input`) and what comes out (`View`), and the field types they share."""

import re
from dataclasses import dataclass
from decimal import Decimal
from os import SEEK_END
from typing import Annotated, Any, BinaryIO, Generic, Protocol, Self, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
    TypeAdapter,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from account_portal.core.ids import ULID_PATTERN
from account_portal.core.text import plain, without_unseen

Shown = TypeVar("Shown")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


_LINE_BREAK = re.compile(r"[\r\n\x85\u2028\u2029]")


def has_line_break(value: object) -> bool:
    """Whether a text is more than one line."""
    return isinstance(value, str) and _LINE_BREAK.search(value) is not None


class View(BaseModel):
    """What leaves a service: an allow-list, the API's answer, and what a page's state holds."""

    # Built when first used: a start needs few of them.
    model_config = ConfigDict(
        defer_build=True, from_attributes=True, json_schema_serialization_defaults_required=True
    )


class Input(BaseModel):
    """What one action takes, parsed once at the door.

    Unknown fields are ignored. Texts lose white space at both ends and may hold no control
    characters, which no database keeps alike. Names are one line: they stand in heads of messages.
    """

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, frozen=True)

    @field_validator("*", mode="after")
    @classmethod
    def _no_control_characters(cls, value: Any, info: ValidationInfo) -> Any:
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and _CONTROL.search(text) for text in texts):
            raise ValueError("must not contain control characters")
        if (info.field_name or "").endswith("name") and has_line_break(value):
            raise ValueError("must be one line")
        return value

    def sent(self, *names: str) -> dict[str, Any]:
        """The fields that were sent, for updates that keep what they leave out."""
        found = {name: getattr(self, name) for name in self.model_fields_set}
        return {name: found[name] for name in names if name in found} if names else found


def _describe_changes(schema: dict[str, Any]) -> None:
    schema["minProperties"] = 1
    for field in schema["properties"].values():
        field.pop("default", None)


KEPT: Any = None
"""Default of a field of `Changes`: left out, it keeps its value (`sent()` does not name it)."""


class Changes(Input):
    """What an update takes: every field may be left out, but not all of them.

    Defaults are `KEPT`. Null is refused where the type does not allow it.
    """

    model_config = ConfigDict(json_schema_extra=_describe_changes)

    @model_validator(mode="before")
    @classmethod
    def _not_empty(cls, value: Any) -> Any:
        if isinstance(value, dict) and not value:
            raise ValueError("must have at least one field")
        return value


ABSENT: Any = None
"""Default of a field of `Input` that may be left out, but may not be null."""


class _NotNull:
    """Says in the schema that a value, where it is given, is never null."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        shown = handler(schema)
        kinds = [kind for kind in shown.pop("anyOf", ()) if kind != {"type": "null"}]
        return {**kinds[0], **shown} if len(kinds) == 1 else shown


Sometimes = Annotated[
    Shown | None, _NotNull(), Field(default=None, exclude_if=lambda value: value is None)
]
"""A field of a `View` that is left out where it has no value: `card_type: Sometimes[str]`."""


def _lower(value: str) -> str:
    return value.lower()


def plain_text(value: object) -> object:
    """Validator of codes and numbers: digits of every script are read; other kinds stay."""
    return plain(value) if isinstance(value, str) else value


def seen_text(value: object) -> object:
    """Validator of what is quoted to others: signs that show nothing are taken out."""
    return without_unseen(value) if isinstance(value, str) else value


def _one_line(value: str) -> str:
    if has_line_break(value):
        raise ValueError("must be one line")
    return value


def _text(value: object) -> object:
    if isinstance(value, str):
        return value
    raise ValueError("must be a text")


def _number(value: object) -> object:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    raise ValueError("must be a number")


def _countable(value: int) -> int:
    if value.bit_length() > 63:  # what databases hold
        raise ValueError("is too large")
    return value


WholeNumber = Annotated[int, BeforeValidator(_number), AfterValidator(_countable)]
"""A whole number that came as a number, not as a text or a yes; none that nothing can hold."""

Ulid = Annotated[str, StringConstraints(pattern=ULID_PATTERN)]
OrderNumber = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{2,39}$"),
    Field(description="Readable order key, unique in the store."),
]
Email = Annotated[
    EmailStr,
    StringConstraints(max_length=254),
    AfterValidator(_lower),
    BeforeValidator(_text),
]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_one_line),
    BeforeValidator(seen_text),
]
"""One line that is quoted to others: it looks like nothing else than what it says."""
CountryCode = Annotated[
    str,
    StringConstraints(pattern=r"^\+[1-9][0-9]{0,3}$"),
    Field(description="Dialling prefix with a leading plus."),
]
Phone = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4,14}$"),
    BeforeValidator(plain_text),
    Field(description="National number without the prefix. Ten digits when the prefix is `+91`."),
]
NewPassword = Annotated[
    str,
    StringConstraints(min_length=8, max_length=128, strip_whitespace=False),
    Field(json_schema_extra={"format": "password", "writeOnly": True}),
]
CurrentPassword = Annotated[
    str,
    StringConstraints(min_length=1, max_length=128, strip_whitespace=False),
    Field(json_schema_extra={"format": "password", "writeOnly": True}),
]
Amount = Annotated[
    Decimal,
    PlainSerializer(float, return_type=float, when_used="json"),
    WithJsonSchema({"type": "number", "format": "double", "minimum": 0}),
]
"""Money or points in major units; a number in the contract, never below zero."""

Moment = AwareDatetime
"""RFC 3339 in UTC, ending in ``Z``."""


class CurrencyView(View):
    """Currency of an amount."""

    name: str = ""
    code: Annotated[str, StringConstraints(min_length=3, max_length=3)]
    symbol: str = ""


class ReceivedFile(Protocol):
    """A file as web frameworks hand it on; whatever its sender left out is None."""

    @property
    def filename(self) -> str | None:
        """What its sender calls it."""

    @property
    def content_type(self) -> str | None:
        """What its sender says is in it."""

    @property
    def size(self) -> int | None:
        """How many bytes came."""

    @property
    def file(self) -> BinaryIO:
        """Its content."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form; big ones lie on disk, so read only what is needed."""

    filename: str
    content_type: str
    size: int
    file: BinaryIO

    @classmethod
    def received(cls, file: ReceivedFile) -> Self:
        """A file from a form or a page, as services take it."""
        return cls(
            filename=(file.filename or "")[:255],
            content_type=(file.content_type or "").lower(),
            size=file.size or 0,
            file=file.file,
        )

    def read(self, limit: int = -1) -> bytes:
        """The content from the start, at most `limit` bytes of it."""
        self.file.seek(0)
        return self.file.read(limit)

    def measure(self) -> int:
        """How many bytes there really are."""
        return self.file.seek(0, SEEK_END)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.is_instance_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> dict[str, str]:
        return {"type": "string", "format": "binary"}


class EncodedView(Generic[Shown]):
    """A view that is already JSON, as documents kept beside orders are.

    The API sends the bytes; a page asks for the `view`.
    """

    __slots__ = ("_adapter", "json", "version")

    def __init__(
        self, adapter: TypeAdapter[Shown], json: bytes, version: str | None = None
    ) -> None:
        self._adapter = adapter
        self.json = json
        self.version = version

    def view(self) -> Shown:
        """The same as objects."""
        return self._adapter.validate_json(self.json)
