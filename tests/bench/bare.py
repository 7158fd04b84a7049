"""The limit: an ASGI app that knows the answers and does nothing else."""

import json
import os
from pathlib import Path
from typing import Any

_ANSWERS = {
    path: body.encode()
    for path, body in json.loads(Path(os.environ["BENCH_ANSWERS"]).read_text()).items()
}


async def app(scope: dict[str, Any], _receive: Any, send: Any) -> None:
    """Answer with what the API answered."""
    if scope["type"] != "http":
        return
    query = scope["query_string"].decode()
    body = _ANSWERS.get(scope["path"] + (f"?{query}" if query else ""), b"{}")
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
