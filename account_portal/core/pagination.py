"""Pages of a list and its order, as the contract speaks of them."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Generic, Literal

from pydantic import Field

from account_portal.core.errors import InvalidInput
from account_portal.core.schemas import Input, Shown, View

MAX_PAGE = 2**53
Direction = Literal["asc", "desc"]


class PageParams(Input):
    """Which page of a list."""

    page: int = Field(default=1, ge=1, le=MAX_PAGE, description="Page, counted from 1.")
    limit: int = Field(default=10, ge=1, le=100, description="Rows per page.")

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.page - 1) * self.limit


@dataclass(frozen=True, slots=True)
class Page(Generic[Shown]):
    """Some rows of a list, and where they stand in it."""

    rows: Shown
    pagination: "Pagination"


@dataclass(frozen=True, slots=True)
class CursorPage(Generic[Shown]):
    """Some rows of a list that is read onwards, and how to go on; no cursor: these are the last."""

    rows: Shown
    next_cursor: str | None


class Pagination(View):
    """Where a page stands in its list."""

    total_records: int = Field(ge=0)
    total_pages: int = Field(ge=0)
    previous_page: int | None = Field(ge=1)
    next_page: int | None = Field(ge=1)
    limit: int = Field(ge=1)


def paginate(total: int, params: PageParams) -> Pagination:
    """Describe a page; one after the last points back to the last real one."""
    pages = -(-total // params.limit)
    return Pagination(
        total_records=total,
        total_pages=pages,
        previous_page=min(params.page - 1, pages) or None,
        next_page=params.page + 1 if params.page < pages else None,
        limit=params.limit,
    )


def parse_sort(text: str | None, allowed: Collection[str]) -> list[tuple[str, Direction]]:
    """Read ``{"order_date": "desc"}``; only allowed fields, in order of weight.

    Raises:
        InvalidInput: for bad JSON, an unknown field or direction.
    """
    if text is None:
        return []
    try:
        wanted = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidInput(sort_by="must be a JSON object") from None
    if not isinstance(wanted, dict) or not wanted:
        raise InvalidInput(sort_by="must be a JSON object with at least one field")
    for field, direction in wanted.items():
        if field not in allowed:
            raise InvalidInput(sort_by=f"can sort by {', '.join(sorted(allowed))} only")
        if direction not in ("asc", "desc"):
            raise InvalidInput(sort_by="directions are asc and desc")
    return list(wanted.items())
