"""The API reference: a page made from the OpenAPI document. No script, no other host."""

import base64
import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from account_portal.api.reference.page import render

STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def add_reference(
    app: FastAPI, path: str, document: Callable[[], dict[str, Any]], first_call: str
) -> None:
    """Serve the page of a document; it is made when it is first asked for.

    Args:
        app: gets the route.
        path: of the page; the document lies beside it.
        document: makes it.
        first_call: a command to begin with; `{server}` is the document's address.
    """

    @lru_cache(maxsize=1)
    def page() -> str:
        return render(document(), STYLE, first_call)

    async def show(_request: Request) -> Response:
        return HTMLResponse(page(), headers=_headers())

    app.add_route(path, show, methods=["GET"], include_in_schema=False)


def _headers() -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = (
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Cache-Control": "public, max-age=300",
    }
