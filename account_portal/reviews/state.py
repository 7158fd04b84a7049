"""State of the page of reviews."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.core.pagination import paginate
from account_portal.core.schemas import Upload, View
from account_portal.reviews import rules, service
from account_portal.reviews.schemas import (
    CreateReview,
    CustomerReadyForReview,
    CustomerReview,
    CustomerReviews,
)
from account_portal.ui.asking import told_in_form
from account_portal.ui.bridge import call, read
from account_portal.ui.paging import page_links, wanted_page
from account_portal.ui.session import PageData, Session, action, page_load

_PER_PAGE = 20
_OF_PHOTOS = {
    "payload_too_large": "images",
    "unsupported_media_type": "images",
    "bad_request": "images",
}
"""Failures that are told at the photos."""


class Writing(View):
    """The product that is being reviewed, and what the form begins with."""

    product_id: str
    product_name: str
    product_image_url: str
    order_number: str
    rating: float = 0
    review_text: str = ""


class ReviewsState(PageData, Session):
    """Products that wait for a review and reviews written. Tab and page are in the address."""

    tab: str = "waiting"
    waiting: list[CustomerReadyForReview] = []
    written: list[CustomerReview] = []
    waiting_count: int = 0
    written_count: int = 0
    page: int = 1
    pages: int = 0
    previous_link: str = ""
    next_link: str = ""
    writing: Writing | None = None
    """What the dialog is about; none: it is closed."""
    progress: int = 0
    """Percent of the photos that has been sent."""

    @page_load
    async def load(self) -> None:
        """Show the tab of the address; `?product=…` begins the review of that product."""
        query = dict(self.router.url.query_parameters)
        found = await self._show(query)
        product_id = query.get("product", "")
        self.writing = _begun(found, product_id)
        if product_id and self.writing is None:
            done = any(one.product_id == product_id for one in found.reviews)
            words = (
                rules.ReviewExists.message if done else "This product is not waiting for a review."
            )
            self._say(words, "info")

    async def _show(self, query: dict[str, str]) -> CustomerReviews:
        found: CustomerReviews = await read(self, service.list_reviews)
        self.tab = "mine" if query.get("tab") == "mine" else "waiting"
        self.waiting_count = len(found.ready_for_review)
        self.written_count = len(found.reviews)
        wanted = wanted_page(query, _PER_PAGE)
        total = self.written_count if self.tab == "mine" else self.waiting_count
        pagination = paginate(total, wanted)
        if wanted.page > max(1, pagination.total_pages):  # the last one of a page was written
            wanted = wanted_page({"page": pagination.total_pages or 1}, _PER_PAGE)
            pagination = paginate(total, wanted)
        part = slice(wanted.offset, wanted.offset + wanted.limit)
        self.waiting = found.ready_for_review[part] if self.tab == "waiting" else []
        self.written = found.reviews[part] if self.tab == "mine" else []
        self.page, self.pages = wanted.page, pagination.total_pages
        kept = {"tab": "mine"} if self.tab == "mine" else {}
        self.previous_link, self.next_link = page_links(routes.REVIEWS, pagination, **kept)
        return found

    @action
    async def write(self, product_id: str) -> None:
        """Open the form for a product that waits, or whose review was declined."""
        self.progress = 0
        self.writing = _begun(await read(self, service.list_reviews), product_id)
        if self.writing is None:
            await self._show(dict(self.router.url.query_parameters))
            self._say("This product is not waiting for a review.", "info")

    @rx.event
    async def stop_writing(self) -> Any:
        """Close the form; nothing is sent."""
        self.writing, self.errors = None, {}
        return self._leave_product()

    @rx.event
    async def show_progress(self, progress: dict[str, Any]) -> None:
        """Say how much of the photos has been sent."""
        share = progress.get("progress")
        self.progress = round(100 * min(max(share, 0), 1)) if isinstance(share, int | float) else 0

    @action
    async def send(self, form: dict[str, Any], files: list[rx.UploadFile]) -> Any:
        """Send the review with its photos."""
        self.progress = 0
        about = self.writing
        if about is None:  # pressed twice
            return None
        if not form.get("rating"):
            self.errors = {"rating": "Choose how many stars."}
            return None
        data = CreateReview.model_validate(
            {
                "order_number": about.order_number,
                "rating": str(form["rating"]),
                "review_text": str(form.get("review_text") or ""),
                "images": [_upload(file) for file in files],
            }
        )
        with told_in_form(self, **_OF_PHOTOS):
            await call(self, service.create_review, about.product_id, data, slow_first=True)
            await self._show(dict(self.router.url.query_parameters))
            self.writing = None
            self._say("Thank you. Your review appears once we have checked it.")
        if self.errors:
            # A photo is named by its place; the form has one field for all of them.
            self.errors = {name.partition(".")[0]: text for name, text in self.errors.items()}
            return None
        return self._leave_product()

    def _leave_product(self) -> Any:
        """Take the product out of the address, so that a reload does not open the form again."""
        if "product" not in dict(self.router.url.query_parameters):
            return None
        return rx.redirect(routes.REVIEWS, replace=True)


def _begun(found: CustomerReviews, product_id: str) -> Writing | None:
    for waiting in found.ready_for_review:
        if waiting.product_id == product_id:
            return Writing(
                product_id=product_id,
                product_name=waiting.product_name,
                product_image_url=waiting.product_image_url or "",
                order_number=waiting.order_number,
            )
    for review in found.reviews:
        if review.product_id == product_id and rules.may_write(review.status):
            return Writing(
                product_id=product_id,
                product_name=review.product_name,
                product_image_url=review.product_image_url or "",
                order_number=review.order_number,
                rating=float(review.rating),
                review_text=review.review_text,
            )
    return None


def _upload(file: rx.UploadFile) -> Upload:
    return Upload(
        filename=file.filename or "",
        content_type=file.content_type or "",
        size=file.size or 0,
        file=file.file,
    )
