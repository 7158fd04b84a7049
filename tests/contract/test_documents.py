"""What other people's tools say of the two OpenAPI documents: linters, importers, validators."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from account_portal.api.app import make_app
from tests.node_tools import run_tool

DOCUMENTS = ("customer", "merchant")
Document = dict[str, Any]


def document(name: str) -> Document:
    app = make_app()
    return app.openapi() if name == "customer" else app.systems_document


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("documents")
    found = {name: folder / f"{name}.json" for name in DOCUMENTS}
    for name, path in found.items():
        path.write_text(json.dumps(document(name)))
    return found


def test_redocly_finds_no_error(files: dict[str, Path]) -> None:
    run_tool("redocly", "lint", "--extends=recommended", *files.values())


def test_spectral_finds_no_error(files: dict[str, Path], tmp_path: Path) -> None:
    rules = tmp_path / "spectral.yaml"
    rules.write_text('extends: ["spectral:oas"]\n')
    said = run_tool("spectral", "lint", "--fail-severity=error", "-r", rules, *files.values())
    assert "0 errors" in said


@pytest.mark.parametrize("name", DOCUMENTS)
def test_postman_imports_every_call(name: str, files: dict[str, Path], tmp_path: Path) -> None:
    collection = tmp_path / "collection.json"
    run_tool("openapi2postmanv2", "-s", files[name], "-o", collection)
    wanted = {
        operation["summary"]
        for methods in document(name)["paths"].values()
        for operation in methods.values()
    }
    assert {item["name"] for item in requests_of(json.loads(collection.read_text()))} == wanted


def requests_of(folder: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in folder["item"]:
        if "item" in item:
            yield from requests_of(item)
        else:
            yield item


@pytest.mark.parametrize("name", DOCUMENTS)
def test_servers_are_absolute(name: str) -> None:
    [server] = document(name)["servers"]
    assert server["url"].startswith(("http://", "https://"))
    assert server["variables"]["store_id"]["default"]


def examples_of(part: Any, where: str = "") -> Iterator[tuple[str, Document, Any]]:
    """Each place that has a schema and an example of it: where, the schema, the example."""
    if isinstance(part, list):
        for number, one in enumerate(part):
            yield from examples_of(one, f"{where}/{number}")
    if not isinstance(part, dict):
        return
    # A media type or a parameter; else a schema, whose examples are of itself.
    schema = part["schema"] if isinstance(part.get("schema"), dict) else part
    if "example" in part and not isinstance(part.get("properties"), str):
        yield f"{where}/example", schema, part["example"]
    match part.get("examples"):
        case list(values):
            for number, value in enumerate(values):
                yield f"{where}/examples/{number}", schema, value
        case dict(named):
            for word, one in named.items():
                yield f"{where}/examples/{word}", schema, one["value"]
    for key, value in part.items():
        if key not in ("example", "examples", "default", "const", "enum"):
            yield from examples_of(value, f"{where}/{key.replace('/', '~1')}")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_example_fits_its_schema(name: str) -> None:
    spec = document(name)
    registry = Registry().with_resource(
        "urn:document", Resource.from_contents(spec, default_specification=DRAFT202012)
    )
    found = list(examples_of(spec))
    assert len(found) > 300
    faults = []
    for where, schema, example in found:
        absolute = json.loads(json.dumps(schema).replace('"#/', '"urn:document#/'))
        checker = jsonschema.Draft202012Validator(
            absolute, registry=registry, format_checker=jsonschema.FormatChecker()
        )
        faults += [
            f"{where}: {fault.json_path} {fault.message}" for fault in checker.iter_errors(example)
        ]
    assert not faults, "\n".join(faults[:20])
