"""The document's examples keep to its schemas; the reference page shows all of it, by itself."""

import base64
import hashlib
import re
from typing import Any

import jsonschema_rs
import pytest
from starlette.testclient import TestClient

from account_portal.api.app import make_app
from tests.contract.facts import Document

CLIENT = TestClient(make_app())
SPEC: dict[str, Any] = CLIENT.get("/api/openapi.json").json()
CALLS = {call: operation for call, operation, _ in Document(SPEC).operations()}


def examples(content: dict[str, Any]) -> list[Any]:
    found = [example["value"] for example in content.get("examples", {}).values()]
    return [*found, content["example"]] if "example" in content else found


@pytest.mark.parametrize("call", CALLS)
def test_examples_keep_to_their_schema(call: str) -> None:
    operation = CALLS[call]
    described = [operation["responses"][status] for status in operation["responses"]]
    contents = [
        content
        for part in (operation.get("requestBody", {}), *described)
        for kind, content in part.get("content", {}).items()
        if kind == "application/json"
    ]
    shown = 0
    for content in contents:
        schema = {**content["schema"], "components": SPEC["components"]}
        validator = jsonschema_rs.validator_for(schema, validate_formats=True)
        for example in examples(content):
            shown += 1
            assert [str(fault) for fault in validator.iter_errors(example)] == []
    assert shown >= len(contents), "a body or an answer has no example"


def test_the_page_explains_every_call() -> None:
    page = CLIENT.get("/api/docs").text
    for call, operation in CALLS.items():
        assert f'id="{operation["operationId"]}"' in page, call
        assert operation["summary"] in page.replace("&#x27;", "'")


def test_the_page_needs_nothing_else() -> None:
    response = CLIENT.get("/api/docs")
    page = response.text
    assert "<script" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = response.headers["content-security-policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "style=" not in page


def test_texts_of_the_document_are_text() -> None:
    from account_portal.api.reference.elements import element, inline

    assert element("p", "<b>&", title='"') == '<p title="&quot;">&lt;b&gt;&amp;</p>'
    assert inline("say `a < b`") == "say <code>a &lt; b</code>"
