"""The API reference: a page made from the OpenAPI document. No script, no other host."""

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from account_portal.api.reference.page import render

PATH = "/api/docs"
STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def add_reference(app: FastAPI) -> None:
    """Serve the page; it is made when it is first asked for."""

    @lru_cache(maxsize=1)
    def page() -> str:
        return render(app.openapi(), STYLE)

    async def show(_request: Request) -> Response:
        return HTMLResponse(page(), headers=_headers())

    app.add_route(PATH, show, methods=["GET"], include_in_schema=False)


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
