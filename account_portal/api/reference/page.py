"""The reference page."""

import json
from collections.abc import Iterable
from typing import Any

from account_portal.api.reference.elements import Html, element, inline, join, prose
from account_portal.api.reference.fields import Field, Fields

Operation = dict[str, Any]


def render(spec: dict[str, Any], style: str, first_call: str) -> str:
    """The whole page."""
    fields = Fields(spec)
    groups = [
        (tag, [call for call in _calls(spec) if tag["name"] in call[2]["tags"]])
        for tag in spec["tags"]
    ]
    groups = [(tag, calls) for tag, calls in groups if calls]
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{spec['info']['title']} {spec['info']['version']}"),
        element("style", Html(style)),
    )
    body = element(
        "body",
        element("a", "Skip to the calls", href="#main", class_="skip"),
        _menu(spec, groups),
        element(
            "main",
            _introduction(spec, first_call),
            *(_group(tag, calls, fields) for tag, calls in groups),
            id="main",
        ),
    )
    return "<!doctype html>" + element("html", head, body, lang="en")


def _calls(spec: dict[str, Any]) -> Iterable[tuple[str, str, Operation]]:
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _menu(spec: dict[str, Any], groups: list[Any]) -> Html:
    return element(
        "nav",
        element("strong", spec["info"]["title"]),
        *(
            element(
                "details",
                element("summary", tag["name"], element("span", str(len(calls)), class_="count")),
                element(
                    "ul",
                    *(
                        element(
                            "li",
                            element("a", operation["summary"], href=f"#{operation['operationId']}"),
                        )
                        for _, _, operation in calls
                    ),
                ),
                open=True,
            )
            for tag, calls in groups
        ),
        aria_label="Calls",
    )


def _introduction(spec: dict[str, Any], first_call: str) -> Html:
    server = spec["servers"][0]["url"].replace(
        "{store_id}", spec["servers"][0]["variables"]["store_id"]["default"]
    )
    return element(
        "header",
        element("h1", spec["info"]["title"]),
        element(
            "p",
            f"Version {spec['info']['version']} · ",
            element("a", "openapi.json", href="openapi.json"),
            class_="muted",
        ),
        prose(spec["info"]["description"]),
        element("p", "All paths begin with ", element("code", server), "."),
        element("pre", element("code", first_call.replace("{server}", server))),
    )


def _group(tag: dict[str, str], calls: list[Any], fields: Fields) -> Html:
    name = tag["name"].lower().replace(" ", "-")
    return element(
        "section",
        element("h2", tag["name"], id=f"tag-{name}"),
        element("p", tag["description"], class_="muted"),
        *(_call(method, path, operation, fields) for method, path, operation in calls),
        aria_labelledby=f"tag-{name}",
    )


def _call(method: str, path: str, operation: Operation, fields: Fields) -> Html:
    anchor = operation["operationId"]
    return element(
        "article",
        element("h3", element("a", operation["summary"], href=f"#{anchor}")),
        element(
            "p",
            element("span", method, class_=f"method {method.lower()}"),
            element("code", _breakable(path)),
            class_="address",
        ),
        prose(operation.get("description", "")),
        element("p", _who_may(operation), class_="muted"),
        _parameters(operation, fields),
        _body(operation, fields),
        _answer(operation, fields),
        _errors(operation),
        id=anchor,
    )


def _breakable(path: str) -> Html:
    return join(*(join("/", part, element("wbr")) for part in path.split("/")[1:]))


def _who_may(operation: Operation) -> str:
    schemes = operation.get("security", [{"bearerAuth": []}])
    if "keyAuth" in schemes[0]:
        return f"Needs a key with the scope {schemes[0]['keyAuth'][0]}."
    if any("apiKeyAuth" in scheme for scheme in schemes):
        return "Needs the store's public key."
    return "Open to everybody." if {} in schemes else "Needs an access token."


def _parameters(operation: Operation, fields: Fields) -> Html:
    places: dict[str, list[Field]] = {}
    for parameter in operation.get("parameters", ()):
        schema = {**parameter["schema"], "description": parameter.get("description", "")}
        row = fields.describe(parameter["name"], schema, required=parameter.get("required", False))
        places.setdefault(parameter["in"], []).append(row)
    return join(
        *(join(element("h4", f"In the {place}"), _table(rows)) for place, rows in places.items())
    )


def _body(operation: Operation, fields: Fields) -> Html:
    contents = operation.get("requestBody", {}).get("content", {})
    return join(
        *(
            join(
                element("h4", "Body ", element("span", kind, class_="muted")),
                _table(fields.of(content["schema"])),
                _examples(content),
            )
            for kind, content in contents.items()
        )
    )


def _answer(operation: Operation, fields: Fields) -> Html:
    contents = operation["responses"]["200"].get("content", {})
    return join(
        *(
            join(
                element("h4", "Answer"),
                element(
                    "details",
                    element("summary", "Fields"),
                    _table(fields.of(content["schema"]), answer=True),
                ),
                _examples(content),
            )
            for content in contents.values()
        )
    )


def _errors(operation: Operation) -> Html:
    rows = [
        element(
            "tr",
            element("td", status),
            element("td", element("code", example["value"]["code"])),
            element("td", example["value"]["message"]),
        )
        for status, answer in operation["responses"].items()
        if status != "200"
        for content in answer["content"].values()
        for example in content.get("examples", {}).values()
    ]
    if not rows:
        return Html()
    return join(element("h4", "Errors"), _scrolling(element("table", element("tbody", *rows))))


def _examples(content: dict[str, Any]) -> Html:
    found = [(name, given["value"]) for name, given in content.get("examples", {}).items()]
    if "example" in content:
        found.append(("Example", content["example"]))
    return join(
        *(
            element(
                "details",
                element("summary", name.replace("_", " ").capitalize()),
                element(
                    "pre", element("code", json.dumps(value, indent=2, ensure_ascii=False)),
                    tabindex="0",
                ),
                open=place == 0,
            )
            for place, (name, value) in enumerate(found)
        )
    )  # fmt: skip


def _table(rows: Iterable[Field], *, answer: bool = False) -> Html:
    written = [_row(row, answer=answer) for row in rows]
    return _scrolling(element("table", element("tbody", *written))) if written else Html()


def _row(row: Field, *, answer: bool) -> Html:
    missing = "may be left out" if answer else "required"
    shown = row.required != answer
    return element(
        "tr",
        element(
            "td",
            element("code", row.name),
            element("span", f" {missing}", class_="note") if shown else Html(),
            class_=f"in-{row.depth}",
        ),
        element("td", row.kind, class_="muted"),
        element(
            "td",
            inline(row.text),
            *(element("span", limit, class_="limit") for limit in row.limits),
        ),
    )


def _scrolling(table: Html) -> Html:
    return element("div", table, class_="wide", tabindex="0")
