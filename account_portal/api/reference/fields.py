"""Rows that explain a schema: one for each field, fields of fields after it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Field:
    """One row."""

    name: str
    depth: int
    kind: str
    required: bool
    text: str
    limits: tuple[str, ...]


class Fields:
    """Reads the schemas of one document."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self._spec = spec

    def of(self, schema: Schema, depth: int = 0) -> Iterator[Field]:
        """The fields of an object, of what a list holds, or of each kind a union allows."""
        if depth > DEEPEST:
            return
        seen: set[str] = set()
        for kind in self._kinds(schema):
            if "items" in kind:
                yield from self.of(kind["items"], depth)
            required = set(kind.get("required", ()))
            for name, field in kind.get("properties", {}).items():
                if name not in seen:
                    seen.add(name)
                    yield self.describe(name, field, required=name in required, depth=depth)
                    yield from self.of(field, depth + 1)

    def describe(self, name: str, schema: Schema, *, required: bool, depth: int = 0) -> Field:
        """One field or parameter."""
        kinds = self._kinds(schema)
        named = dict.fromkeys(self._kind_name(kind) for kind in kinds)
        first = next((kind for kind in kinds if kind.get("type") != "null"), kinds[0])
        text = schema.get("description") or first.get("description", "")
        return Field(
            name=name,
            depth=depth,
            kind=" or ".join(named) or "any",
            required=required,
            text=text,
            limits=tuple(_limits(first)),
        )

    def _resolve(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            found = self._spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            schema = {**found, **{key: value for key, value in schema.items() if key != "$ref"}}
        return schema

    def _kinds(self, schema: Schema) -> list[Schema]:
        schema = self._resolve(schema)
        parts = [part for key in ("anyOf", "oneOf", "allOf") for part in schema.get(key, ())]
        return [kind for part in parts for kind in self._kinds(part)] or [schema]

    def _kind_name(self, kind: Schema) -> str:
        if "items" in kind:
            inner = " or ".join(dict.fromkeys(map(self._kind_name, self._kinds(kind["items"]))))
            return f"list of {inner}"
        if kind.get("format") == "binary":
            return "file"
        named = kind.get("type")
        if isinstance(named, list):
            return " or ".join(named)
        return str(
            named or ("object" if "properties" in kind else type(kind.get("const")).__name__)
        )


def _limits(kind: Schema) -> Iterator[str]:
    if "items" in kind and "enum" in kind["items"]:
        kind = kind["items"]
    if "const" in kind:
        yield f"always {kind['const']!r}".replace("'", "").replace("True", "true")
    if kind.get("enum"):
        yield "one of " + ", ".join(str(choice) for choice in kind["enum"])
    low, high = kind.get("minLength"), kind.get("maxLength")
    if low is not None and low == high:
        yield f"{low} characters"
    elif low and high:
        yield f"{low} to {high} characters"
    elif high:
        yield f"up to {high} characters"
    if "minimum" in kind and "maximum" in kind:
        yield f"{kind['minimum']} to {kind['maximum']}"
    elif "minimum" in kind:
        yield f"{kind['minimum']} or more"
    if kind.get("format") in ("date-time", "email", "uri"):
        yield {"date-time": "RFC 3339, UTC", "email": "e-mail", "uri": "address"}[kind["format"]]
    if kind.get("default") not in (None, "", [], {}):
        yield f"default {kind['default']}"
