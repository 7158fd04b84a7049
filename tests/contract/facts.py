"""What an OpenAPI document promises, as facts that two documents can be compared by.

A fact is a line of text. Two documents that say the same in different ways (a reference or the
schema itself, a union or one object with optional fields, null as a type or as an alternative) give
the same facts. Descriptions and examples are no promises and give none.
"""

import re
from collections.abc import Iterator
from typing import Any

METHODS = ("get", "put", "post", "delete", "patch")
GENERAL_CODES = {
    "validation_error",
    "unauthorized",
    "forbidden",
    "login_required",
    "not_found",
    "conflict",
    "payload_too_large",
    "unsupported_media_type",
    "unprocessable",
    "too_many_requests",
}
"""Codes every call of that status may answer with, listed or not."""

DEEPEST = 12

Schema = dict[str, Any]


def broken(contract: set[str], ours: set[str]) -> list[str]:
    """What differs between two sets of facts of one call.

    An answer may keep to the contract more closely than it must: leave out a field that need not be
    there, or always have it, or never make it null. A request asks for exactly what it says.
    """
    left_out = {
        fact.removesuffix(" is a field")
        for fact in contract - ours
        if _ANSWER.match(fact)
        and fact.endswith(" is a field")
        and fact.replace(" is a field", " is required") not in contract
    }
    missing = {
        fact
        for fact in contract - ours
        if not (_ANSWER.match(fact) and _MAY.search(fact))
        and not any(fact.startswith((f"{field} ", f"{field}[")) for field in left_out)
    }
    added = {fact for fact in ours - contract if not (_ANSWER.match(fact) and _ALWAYS.search(fact))}
    return [f"missing: {fact}" for fact in sorted(missing)] + [
        f"not in the contract: {fact}" for fact in sorted(added)
    ]


_ANSWER = re.compile(r"\d{3} ")
_MAY = re.compile(r" may be \w+$")
_ALWAYS = re.compile(r" is required$")


class Document:
    """An OpenAPI document, with its references resolved as they are met."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.paths = spec["paths"]

    def resolve(self, node: Any) -> Any:
        """What a reference leads to; keys beside it are kept."""
        while isinstance(node, dict) and "$ref" in node:
            beside = {key: value for key, value in node.items() if key != "$ref"}
            found: Any = self.spec
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            node = {**found, **beside}
        return node

    def operations(self) -> Iterator[tuple[str, dict[str, Any], list[Any]]]:
        """Each call as `GET /orders`, its object, and the parameters of its path."""
        for path, methods in self.paths.items():
            shared = methods.get("parameters", [])
            for method in METHODS:
                if method in methods:
                    yield f"{method.upper()} {path}", methods[method], shared

    def facts(self) -> set[str]:
        """Everything promised."""
        return {
            f"{call}: {fact}"
            for call, operation, shared in self.operations()
            for fact in self._of_operation(operation, shared)
        }

    def _of_operation(self, operation: dict[str, Any], shared: list[Any]) -> Iterator[str]:
        yield f"is called {operation['operationId']}"
        for scheme in operation.get("security", self.spec.get("security", [])):
            yield f"is open to {' and '.join(sorted(scheme)) or 'everybody'}"
        yield f"is listed under {', '.join(operation['tags'])}"
        for listed in (*shared, *operation.get("parameters", [])):
            parameter = self.resolve(listed)
            name = f"{parameter['in']} parameter {parameter['name'].lower()}"
            yield f"{name} {'required' if parameter.get('required') else 'optional'}"
            yield from self._of_schema(parameter["schema"], name)
        if "requestBody" in operation:
            body = self.resolve(operation["requestBody"])
            yield f"body {'required' if body.get('required') else 'optional'}"
            for kind, content in body["content"].items():
                yield from self._of_schema(content["schema"], f"{kind} body")
        yield from self._of_answers(operation)

    def _of_answers(self, operation: dict[str, Any]) -> Iterator[str]:
        for status, listed in operation["responses"].items():
            answer = self.resolve(listed)
            yield f"answers {status}"
            for header in answer.get("headers", {}):
                yield f"{status} has the header {header}"
            for kind, content in answer.get("content", {}).items():
                yield from self._of_schema(content["schema"], f"{status} {kind}")
        for status, codes in operation.get("x-error-codes", {}).items():
            yield from (f"{status} code {code}" for code in codes if code not in GENERAL_CODES)

    def _of_schema(self, schema: Any, at: str, depth: int = 0) -> Iterator[str]:
        kinds = self._alternatives(schema)
        for kind in {kind for found in kinds for kind in _types(found)}:
            yield f"{at} may be {kind}"
        full = [set(_choices(found)) for found in kinds if found.get("type") != "null"]
        if full and all(full):
            choices = set().union(*full)
            yield f"{at} is one of {', '.join(sorted(choices))}"
        if depth > DEEPEST:
            return
        objects = [found for found in kinds if "properties" in found]
        names = {name: None for found in objects for name in found["properties"]}
        required = [set(found.get("required", ())) for found in objects]
        for name in names:
            always = all(name in listed for listed in required)
            yield f"{at} .{name} is a field"
            if always:
                yield f"{at} .{name} is required"
            found = [o["properties"][name] for o in objects if name in o["properties"]]
            yield from self._of_schema({"anyOf": found}, f"{at} .{name}", depth + 1)
        lists = [found["items"] for found in kinds if "items" in found]
        if lists:
            yield from self._of_schema({"anyOf": lists}, f"{at}[]", depth + 1)

    def _alternatives(self, schema: Any) -> list[Schema]:
        """The schemas a value may follow, none of them a union or a reference any more."""
        schema = self.resolve(schema)
        if not isinstance(schema, dict):
            return []
        found = [
            alternative
            for key in ("anyOf", "oneOf")
            for part in schema.get(key, ())
            for alternative in self._alternatives(part)
        ]
        own = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
        for part in own.pop("allOf", ()):
            for inner in self._alternatives(part):
                own = _both(own, inner)
        return [*found, own] if not found or {"properties", "type", "enum"} & own.keys() else found


def _both(one: Schema, other: Schema) -> Schema:
    """What has to follow two schemas at once."""
    return {
        **one,
        **other,
        "properties": {**one.get("properties", {}), **other.get("properties", {})},
        "required": [*one.get("required", ()), *other.get("required", ())],
    }


def _types(schema: Schema) -> Iterator[str]:
    listed = schema.get("type", [])
    for kind in [listed] if isinstance(listed, str) else listed:
        yield "number" if kind == "integer" and schema.get("format") == "double" else kind
    if "type" not in schema:
        if "properties" in schema:
            yield "object"
        elif "const" in schema or "enum" in schema:
            for value in schema.get("enum", [schema.get("const")]):
                yield _json_type(value)


def _json_type(value: Any) -> str:
    if value is None:
        return "null"
    return {bool: "boolean", int: "integer", float: "number"}.get(type(value), "string")


def _choices(schema: Schema) -> Iterator[str]:
    if "const" in schema:
        yield str(schema["const"])
    yield from (str(choice) for choice in schema.get("enum", ()) if choice is not None)
