"""What review calls take and show; names are the contract's."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from account_portal.core.links import ShownPicture
from account_portal.core.schemas import KEPT, Amount, Input, Moment, OrderNumber, Ulid, View
from account_portal.media.schemas import MAX_IMAGES, Photos, Uploads
from account_portal.states import ReviewStatus

MAX_VIDEOS = 2


def _printable(value: str) -> str:
    if value.isprintable():
        return value
    raise ValueError("is not in the right form")


ProductId = Annotated[
    str, StringConstraints(min_length=1, max_length=64), AfterValidator(_printable)
]


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


_RATING = {"type": "number", "minimum": 1, "maximum": 5, "multipleOf": 0.5}
RatingInput = Annotated[
    Decimal, Field(ge=1, le=5, multiple_of=Decimal("0.5")), WithJsonSchema(_RATING)
]
Rating = Annotated[
    Decimal,
    PlainSerializer(float, return_type=float, when_used="json"),
    WithJsonSchema(_RATING),
]


def _number(value: Any, info: ValidationInfo) -> Any:
    # A form has nothing but texts; JSON has numbers.
    if isinstance(value, bool) or (info.mode == "json" and isinstance(value, str)):
        raise ValueError("must be a number")
    return value


class CreateReview(Input):
    """A review, with photos and videos if it comes as a form."""

    user_id: Ulid = Field(
        default=KEPT,
        description="The signed-in user; checked when sent.",
        json_schema_extra=_without_default,
    )
    order_number: OrderNumber
    rating: RatingInput
    review_text: str = Field(default="", max_length=5000)
    images: Photos = Field(default_factory=list)
    videos: Uploads = Field(
        default_factory=list, max_length=MAX_VIDEOS, description="MP4, MOV or WebM, 50 MiB each."
    )

    _plain_number = field_validator("rating", mode="before")(_number)


class UpdateReview(Input):
    """What is to change of a review; what is left out stays."""

    rating: RatingInput = Field(default=KEPT, json_schema_extra=_without_default)
    review_text: str = Field(default=KEPT, max_length=5000, json_schema_extra=_without_default)
    images: Uploads = Field(
        default_factory=list,
        max_length=MAX_IMAGES,
        description="JPEG, PNG or WebP, 5 MiB each. Files that are sent take the place of all "
        "the review had.",
    )
    videos: Uploads = Field(
        default_factory=list, max_length=MAX_VIDEOS, description="MP4, MOV or WebM, 50 MiB each."
    )
    remove_files: bool = Field(
        default=False, description="Whether the photos and videos it had go."
    )

    _plain_number = field_validator("rating", mode="before")(_number)


class ReviewImage(View):
    """A photo of a review. Addresses are relative to the portal."""

    blur_url: str | None = None
    thumbnail_url: str | None
    standard_url: str


class ReviewVideo(View):
    """A video of a review. Addresses are relative to the portal."""

    cover_image_url: str | None = None
    video_preview_url: str
    duration: str | None = None
    size: str | None


class CustomerReview(View):
    """A review of the caller."""

    id: Ulid
    product_id: str
    product_name: str
    product_image_url: ShownPicture
    status: ReviewStatus
    rating: Rating
    review_text: str
    review_date: Moment
    average_rating: Annotated[
        Decimal,
        PlainSerializer(float, return_type=float, when_used="json"),
        WithJsonSchema({"type": "number", "format": "double", "minimum": 0, "maximum": 5}),
        Field(description="Over the approved reviews of the product."),
    ]
    tags: list[str]
    images: list[ReviewImage]
    videos: list[ReviewVideo]
    listing_price: Amount
    selling_price: Amount
    order_number: OrderNumber
    created_at: Moment
    modified_at: Moment


class CustomerReadyForReview(View):
    """A product that waits for a review."""

    product_id: str
    product_name: str
    product_image_url: ShownPicture
    selling_price: Amount
    listing_price: Amount
    order_number: OrderNumber


class CustomerReviews(View):
    """What the caller wrote, and what waits to be written."""

    reviews: list[CustomerReview]
    ready_for_review: list[CustomerReadyForReview]
