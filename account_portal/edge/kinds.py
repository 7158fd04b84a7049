"""What kind of thing a request is for: one of few, for metrics and traces."""

from account_portal.edge.asgi import Scope

_KINDS = (
    ("/assets/", "asset"),
    ("/console", "console"),
    ("/health", "health"),
    ("/backend", "page_event"),
    ("/media", "media"),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def kind_of_path(path: str) -> str:
    """`api`, `systems_api`, `console`, `page`, `page_event`, `media`, `asset`, `health`, `file`."""
    for start, kind in _KINDS:
        if path.startswith(start):
            return kind
    if path.startswith("/api/"):
        return "systems_api" if "/merchant/" in path else "api"
    return "file" if "." in path else "page"


def method_of(scope: Scope) -> str:
    """The method of a request; `other` for what nobody heard of."""
    method: str = scope["method"]
    return method if method in _METHODS else "other"
