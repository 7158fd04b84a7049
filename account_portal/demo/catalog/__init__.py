"""What the demo shop "Northwind" sells: pure data, the same at every start."""

from account_portal.demo.catalog.home import HOME
from account_portal.demo.catalog.pantry import KITCHEN, PANTRY
from account_portal.demo.catalog.personal import CARE, CLOTHING, LEISURE
from account_portal.demo.catalog.product import CURRENCY, Kind, Product, Variant

PRODUCTS: tuple[Product, ...] = (*PANTRY, *KITCHEN, *HOME, *CLOTHING, *CARE, *LEISURE)

_BY_ID = {product.product_id: product for product in PRODUCTS}
_BY_SKU = {variant.sku: (product, variant) for product in PRODUCTS for variant in product.variants}

__all__ = ["CURRENCY", "PRODUCTS", "Kind", "Product", "Variant", "find_product", "find_sku"]


def find_product(product_id: str) -> Product:
    """The product of that id. KeyError when the shop has none."""
    return _BY_ID[product_id]


def find_sku(sku: str) -> tuple[Product, Variant]:
    """The product and the variant of a stock keeping unit. KeyError when the shop has none."""
    return _BY_SKU[sku]
