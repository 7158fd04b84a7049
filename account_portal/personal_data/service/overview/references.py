"""What rows refer to, in words: items, parcels, addresses, products, and pictures."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from html import escape
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import col

from account_portal import models as m
from account_portal.context import Context
from account_portal.personal_data.service.rows import Row

_COPIED = ("billing_address_id", "shipping_address_id", "pickup_address_id")


class References:
    """Words for the keys that rows name."""

    def __init__(self, ctx: Context, customer_id: str, there: Collection[str]) -> None:
        """Begin with what any row may name.

        Args:
            ctx: the call's context.
            customer_id: whose rows they are.
            there: keys of the files that are in the archive.
        """
        self._ctx = ctx
        self._lines: dict[str, str] = {}
        self._addresses: dict[str, str] = self._of_saved(customer_id)
        self._products = self._of_products(customer_id)
        self._files = _by_folder(there)
        self._media = self._of_items(customer_id)

    def take(self, lines: Iterable[Row], others: Iterable[Row]) -> None:
        """Know what the orders at hand refer to; those before them are forgotten.

        Args:
            lines: what was ordered.
            others: rows that may name addresses.
        """
        self._lines = {row.values["id"]: line_name(row.values) for row in lines}
        keys = {row.values.get(name) for row in others for name in _COPIED} - {None}
        copy = m.AddressCopy
        found = self._ctx.db.execute(select(copy).where(col(copy.id).in_(keys))).scalars()
        self._addresses |= {one.id: _address(one) for one in found}

    def named(self, name: str, value: str) -> str | None:
        """What a column names; none: nothing that a person knows."""
        if name.endswith("address_id"):
            return self._addresses.get(value)
        if name == "product_id":
            return self._products.get(value)
        return self._lines.get(value) if name == "line_id" else None

    def pictures(self, item_id: str) -> str:
        """Pictures and videos of something, as far as they are in the archive."""
        shown = [self.file(media_id) for media_id in self._media.get(item_id, ())]
        inside = "".join(shown)
        return f'<div class="pictures">{inside}</div>' if inside else ""

    def file(self, media_id: str) -> str:
        """One picture or video; nothing when it is not in the archive."""
        names = self._files.get(media_id)
        if not names:
            return ""
        images = [name for name in names if name.endswith(".webp")]
        small = "small.webp" if "small.webp" in images else next(iter(images), "")
        films = [name for name in names if name not in images]
        large = "large.webp" if "large.webp" in images else small
        target = films[0] if films else large
        words = "Video" if films else "Picture"
        inside = f'<img src="{_href(media_id, small)}" alt="{words}" loading="lazy">'
        return f'<a href="{_href(media_id, target)}">{inside if small else words}</a>'

    def _of_saved(self, customer_id: str) -> dict[str, str]:
        mine = select(m.Address).where(col(m.Address.customer_id) == customer_id)
        return {one.id: _address(one) for one in self._ctx.db.execute(mine).scalars()}

    def _of_products(self, customer_id: str) -> dict[str, str]:
        mine = or_(
            *(
                col(m.Product.id).in_(
                    select(col(model.product_id)).where(col(model.customer_id) == customer_id)
                )
                for model in (m.Review, m.Subscription)
            )
        )
        found = self._ctx.db.execute(select(col(m.Product.id), col(m.Product.name)).where(mine))
        return {row.id: row.name for row in found}

    def _of_items(self, customer_id: str) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        shown = select(
            col(m.Evidence.return_item_id), col(m.Evidence.claim_item_id), col(m.Evidence.media_id)
        ).where(col(m.Evidence.customer_id) == customer_id)
        for row in self._ctx.db.execute(shown.order_by(col(m.Evidence.position))):
            found[row.return_item_id or row.claim_item_id or ""].append(row.media_id)
        reviewed = (
            select(col(m.ReviewMedia.review_id), col(m.ReviewMedia.media_id))
            .join(m.Review, col(m.Review.id) == col(m.ReviewMedia.review_id))
            .where(col(m.Review.customer_id) == customer_id)
            .order_by(col(m.ReviewMedia.position))
        )
        for row in self._ctx.db.execute(reviewed):
            found[row.review_id].append(row.media_id)
        return found


def line_name(line: Mapping[str, Any]) -> str:
    """A product with its variant."""
    variant = line.get("variant_name")
    return f"{line['product_name']}, {variant}" if variant else str(line["product_name"])


def _by_folder(keys: Collection[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key in sorted(keys):
        folder, _, name = key.partition("/")
        found[folder].append(name)
    return found


def _href(media_id: str, name: str) -> str:
    return escape(f"files/{media_id}/{name}")


def _address(one: m.Address | m.AddressCopy) -> str:
    phone = " ".join(filter(None, (one.country_code, one.phone)))
    lines = (
        " ".join(filter(None, (one.first_name, one.last_name))),
        one.business_name,
        one.tax_identification_number and f"Tax number {one.tax_identification_number}",
        one.address_line1,
        one.address_line2,
        one.landmark,
        " ".join(filter(None, (one.pincode, one.city))),
        ", ".join(filter(None, (one.state, one.country))),
        phone,
        one.email,
        one.delivery_instructions,
    )
    return "\n".join(line for line in lines if line)
