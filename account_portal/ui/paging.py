"""The page of a list, as an address names it."""

from typing import Any
from urllib.parse import urlencode

import pydantic

from account_portal.core.pagination import PageParams, Pagination


def wanted_page(parameters: Any, limit: int = 10) -> PageParams:
    """The page an address asks for; nonsense counts as the first."""
    try:
        return PageParams(page=dict(parameters).get("page") or 1, limit=limit)
    except pydantic.ValidationError:
        return PageParams(limit=limit)


def page_links(path: str, pagination: Pagination, **kept: str) -> tuple[str, str]:
    """Addresses of the previous and the next page, empty at an end.

    Args:
        path: of the list.
        pagination: where the shown page stands in it.
        **kept: other parts of the address that stay as they are.
    """

    def link(page: int | None) -> str:
        if page is None:
            return ""
        query = {**kept, **({"page": page} if page > 1 else {})}
        return path + (f"?{urlencode(query)}" if query else "")

    return link(pagination.previous_page), link(pagination.next_page)
