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
PAGES = {"/api/docs": "/api/openapi.json", "/api/merchant/docs": "/api/merchant/openapi.json"}
SPECS: dict[str, Any] = {page: CLIENT.get(path).json() for page, path in PAGES.items()}
CALLS = {
    page: {call: operation for call, operation, _ in Document(spec).operations()}
    for page, spec in SPECS.items()
}
EACH = [(page, call) for page, calls in CALLS.items() for call in calls]


def examples(content: dict[str, Any]) -> list[Any]:
    found = [example["value"] for example in content.get("examples", {}).values()]
    return [*found, content["example"]] if "example" in content else found


@pytest.mark.parametrize(("page", "call"), EACH)
def test_examples_keep_to_their_schema(page: str, call: str) -> None:
    operation = CALLS[page][call]
    described = [operation["responses"][status] for status in operation["responses"]]
    contents = [
        content
        for part in (operation.get("requestBody", {}), *described)
        for kind, content in part.get("content", {}).items()
        if kind == "application/json"
    ]
    shown = 0
    for content in contents:
        schema = {**content["schema"], "components": SPECS[page]["components"]}
        validator = jsonschema_rs.validator_for(schema, validate_formats=True)
        for example in examples(content):
            shown += 1
            assert [str(fault) for fault in validator.iter_errors(example)] == []
    assert shown >= len(contents), "a body or an answer has no example"


@pytest.mark.parametrize("path", PAGES)
def test_the_page_explains_every_call(path: str) -> None:
    page = CLIENT.get(path).text
    for call, operation in CALLS[path].items():
        assert f'id="{operation["operationId"]}"' in page, call
        assert operation["summary"] in page.replace("&#x27;", "'")


@pytest.mark.parametrize("path", PAGES)
def test_the_page_needs_nothing_else(path: str) -> None:
    response = CLIENT.get(path)
    page = response.text
    assert "<script" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page)
    assert SPECS[path]["servers"][0]["url"].startswith("http://localhost:8000/api/v1/{store_id}/")
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
