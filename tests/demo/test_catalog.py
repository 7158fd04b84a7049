"""The demo catalogue holds together: seeding relies on it."""

import re
import unicodedata
from dataclasses import FrozenInstanceError

import pytest

from account_portal.demo.catalog import PRODUCTS, Kind, Product, Variant, find_product, find_sku
from account_portal.demo.pictures import PLACEHOLDER, SCENES

VARIANTS = [variant for product in PRODUCTS for variant in product.variants]


def test_ids_skus_and_names_are_unique() -> None:
    for values in (
        [product.product_id for product in PRODUCTS],
        [product.name for product in PRODUCTS],
        [variant.sku for variant in VARIANTS],
    ):
        assert len(set(values)) == len(values)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.product_id)
def test_product_is_complete(product: Product) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", product.product_id)
    assert product.name.strip() == product.name != ""
    assert 10 < len(product.description) < 120
    assert product.variants
    # A gift card is money: it is taxed when it is spent.
    assert product.tax_rate in ({0} if product.product_id == "gift-card" else {5, 12, 18})
    for variant in product.variants:
        assert 0 < variant.selling_price <= variant.listing_price
        assert variant.on_offer == (variant.selling_price != variant.listing_price)
        assert (variant.weight_grams == 0) == (product.kind is Kind.DIGITAL)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.product_id)
def test_variants_differ_where_there_are_several(product: Product) -> None:
    if len(product.variants) == 1:
        only = product.variants[0]
        assert only.name is None
        assert only.variant_id is None
        assert not only.options
        return
    names = [variant.name for variant in product.variants]
    assert None not in names
    assert len(set(names)) == len(names)
    for variant in product.variants:
        assert variant.name == " / ".join(variant.options.values())
    # What differs in colour or scent must differ in its picture.
    looks = {
        (variant.options.get("colour", variant.options.get("scent")), variant.picture)
        for variant in product.variants
    }
    assert len({picture for _, picture in looks}) == len(looks)


def test_every_picture_is_drawn_and_every_drawing_is_used() -> None:
    assert {variant.picture for variant in VARIANTS} == set(SCENES) - {PLACEHOLDER}


def test_catalogue_has_what_the_pages_must_withstand() -> None:
    assert len(PRODUCTS) >= 40
    assert {product.kind for product in PRODUCTS} == set(Kind)
    scripts = {
        unicodedata.name(letter).split()[0]
        for product in PRODUCTS
        for letter in product.name
        if letter.isalpha()
    }
    assert {"LATIN", "THAI", "ARABIC"} <= scripts
    assert max(len(word) for product in PRODUCTS for word in product.name.split()) > 30
    assert max(len(product.name) for product in PRODUCTS) > 90


def test_products_are_found_by_id_and_by_sku() -> None:
    chai = find_product("northwind-chai")
    assert chai.image_url == "/products/northwind-chai.svg"
    assert find_sku("NW-CHAI-250") == (chai, chai.variants[1])
    with pytest.raises(KeyError):
        find_product("no-such-thing")


def test_catalogue_cannot_be_changed_by_a_user_of_it() -> None:
    variant: Variant = VARIANTS[0]
    with pytest.raises(FrozenInstanceError):
        variant.selling_price = 1  # type: ignore[misc]
