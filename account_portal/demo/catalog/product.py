"""What the demo shop knows of a thing it sells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

CURRENCY = "INR"
TAX_TYPE = "GST"


class Kind(StrEnum):
    """The contract's product types."""

    PHYSICAL = "physical"
    DIGITAL = "digital"
    BUNDLE = "bundle"


@dataclass(frozen=True, slots=True)
class Variant:
    """One thing that can be put into a basket.

    Prices are in minor units (paise) and include the tax. `name` is None where the product has no
    choice to make.
    """

    sku: str
    name: str | None
    selling_price: int
    listing_price: int
    weight_grams: int
    picture: str
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def variant_id(self) -> str | None:
        """Stable id, only where there is a choice."""
        return self.sku.lower() if self.name else None

    @property
    def on_offer(self) -> bool:
        """Whether it is sold below its list price."""
        return self.selling_price < self.listing_price

    @property
    def image_url(self) -> str:
        """Path of the picture on the pages' host."""
        return f"/products/{self.picture}.svg"


@dataclass(frozen=True, slots=True)
class Product:
    """A product with its variants, the usual one first."""

    product_id: str
    name: str
    category: str
    tax_rate: int
    description: str
    variants: tuple[Variant, ...]
    kind: Kind = Kind.PHYSICAL
    tax_type: str = TAX_TYPE

    @property
    def image_url(self) -> str:
        """The picture of the usual variant."""
        return self.variants[0].image_url


def single(
    sku: str, price: int, weight: int, picture: str, *, listed: int | None = None
) -> tuple[Variant, ...]:
    """The only variant of a product without a choice. `listed` is the price before the offer."""
    return (Variant(sku, None, price, listed or price, weight, picture),)


def choice(
    option: str,
    picture: str | None,
    *rows: tuple[str, str, int, int, int] | tuple[str, str, int, int, int, str],
) -> tuple[Variant, ...]:
    """Variants along one option: (sku, value, price, list price, grams[, picture])."""
    variants = []
    for sku, value, price, listed, weight, *own in rows:
        image = own[0] if own else picture
        if image is None:
            raise ValueError(f"{sku} has no picture")
        variants.append(Variant(sku, value, price, listed, weight, image, {option: value}))
    return tuple(variants)
