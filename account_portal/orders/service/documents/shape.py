"""Rows of an order in the contract's shape."""

from collections.abc import Sequence
from typing import Any

from account_portal.core import money
from account_portal.core.bulk import Stored
from account_portal.core.links import shown_link, shown_picture
from account_portal.core.text import folded, without_number_sign
from account_portal.models import AddressFields
from account_portal.orders import rules
from account_portal.states import RefundStatus

Rows = Sequence[Stored]


def shape_line(line: Stored, scale: int) -> dict[str, Any]:
    """One line; amounts in major units."""
    return {
        "product_id": line["product_id"],
        "product_name": line["product_name"],
        "product_image_url": shown_picture(line["product_image_url"]),
        "product_type": line["product_type"],
        "sku": line["sku"],
        "slug": line["slug"],
        "variant_id": line["variant_id"],
        "variant_name": line["variant_name"],
        "backorder": line["backorder"],
        "on_offer": line["on_offer"],
        "on_promotion": line["on_promotion"],
        "on_subscription": line["on_subscription"],
        "subscription_plan": line["subscription_plan"],
        "subscription_interval": line["subscription_interval"],
        "subscription_frequency": line["subscription_frequency"],
        "quantity": line["quantity"],
        "free_quantity": line["free_quantity"],
        "is_free_item": line["is_free_item"],
        "price_including_tax": line["price_including_tax"],
        "selling_price": line["selling_price"] / scale,
        "listing_price": line["listing_price"] / scale,
        "selling_price_excluding_tax": line["selling_price_excluding_tax"] / scale,
        "promotion_discount_amount": line["promotion_discount_amount"] / scale,
        "coupon_discount_amount": line["coupon_discount_amount"] / scale,
        "tax_type": line["tax_type"],
        "tax_rate": line["tax_rate"] / 100,
        "tax_amount": line["tax_amount"] / scale,
        "shipping_additional_cost": line["shipping_additional_cost"] / scale,
        "associated_options": line["associated_options"],
    }


def _head(order: dict[str, Any], refunds: Rows, scale: int) -> dict[str, Any]:
    """What the row of the list and the detail both begin with."""
    payable = rules.net_payable(
        order["grand_total"], order["loyalty_amount"], order["credit_balance_used"]
    )
    return {
        "order_number": order["order_number"],
        "order_date": order["order_date"],
        "status": order["status"],
        "payment_status": order["payment_status"],
        "payment_success_date": order["payment_success_date"],
        "has_refund": any(refund["status"] != RefundStatus.FAILED for refund in refunds),
        "on_subscription": order["on_subscription"],
        "grand_total": order["grand_total"] / scale,
        "loyalty_point_redeemed": order["loyalty_point_redeemed"] / money.POINT_SCALE,
        "loyalty_point_earned": order["loyalty_point_earned"] / money.POINT_SCALE,
        "credit_balance_used": order["credit_balance_used"] / scale,
        "to_be_paid": payable / scale,
        "customer_note": order["customer_note"],
        "currency": {
            "name": money.currency_name(order["currency"]),
            "code": order["currency"],
            "symbol": money.currency_symbol(order["currency"]),
        },
        "created_at": order["created_at"],
        "modified_at": order["modified_at"],
    }


def shape_summary(
    order: dict[str, Any], items: list[dict[str, Any]], refunds: Rows, scale: int
) -> dict[str, Any]:
    """`OrderList`: a row of the history."""
    return {
        **_head(order, refunds, scale),
        "order_items_count": len(items),
        "order_items": items,
    }


_AMOUNTS = (
    "promotion_discount_amount",
    "coupon_discount_amount",
    "promotion_savings",
    "coupon_savings",
    "other_savings",
    "subtotal",
    "item_total_tax",
    "shipping_estimated_cost",
    "shipping_discount_amount",
    "shipping_amount",
    "shipping_tax_amount",
    "handling_charge_excluding_tax",
    "handling_charge_tax_amount",
)
_TEXTS = (
    "customer_email",
    "customer_phone",
    "coupon_code",
    "applied_promotions",
    "applied_coupons",
    "shipping_provider_id",
    "courier_company_id",
    "cancellation_reason",
    "feedback",
    "cancelled_at",
)


def shape_detail(
    order: dict[str, Any], items: list[dict[str, Any]], refunds: Rows, scale: int
) -> dict[str, Any]:
    """`OrderDetail`, without addresses, payments, shipments and what may be done with it now."""
    savings = order["promotion_savings"] + order["coupon_savings"] + order["other_savings"]
    shipping = order["shipping_amount"] + order["shipping_tax_amount"]
    handling = order["handling_charge_excluding_tax"] + order["handling_charge_tax_amount"]
    tax = (
        order["item_total_tax"] + order["shipping_tax_amount"] + order["handling_charge_tax_amount"]
    )
    return {
        **_head(order, refunds, scale),
        **{name: order[name] / scale for name in _AMOUNTS},
        **{name: order[name] for name in _TEXTS},
        "is_promotion_applied": bool(order["applied_promotions"] or order["promotion_savings"]),
        "is_coupon_applied": bool(order["coupon_code"]),
        "total_savings": savings / scale,
        "subtotal_including_tax": (order["subtotal"] + order["item_total_tax"]) / scale,
        "shipping_tax_rate": order["shipping_tax_rate"] / 100,
        "shipping_amount_including_tax": shipping / scale,
        "handling_charge_including_tax": handling / scale,
        "total_tax": tax / scale,
        "order_items_count": len(items),
        "order_items": [dict(item) for item in items],
        "metadata": order["extra"],
    }


_ADDRESS_FIELDS = tuple(AddressFields.model_fields)


def shape_address(row: Stored | None) -> dict[str, Any] | None:
    """`OrderAddress`."""
    if row is None:
        return None
    return {"id": row["address_id"], **{name: row[name] for name in _ADDRESS_FIELDS}}


_PAYMENT_FIELDS = (
    "request_number",
    "payment_status",
    "payment_date",
    "payment_reference_number",
    "payment_method",
)
_METHOD_FIELDS = (
    "card_number",
    "card_type",
    "bank_name",
    "upi_id",
    "wallet_name",
    "bank_account_number",
)


def shape_payment(row: Stored, scale: int) -> dict[str, Any]:
    """`OrderPayment`; fields of a method appear only for that method."""
    return {
        "transaction_type": "payment",
        "amount": row["amount"] / scale,
        **{name: row[name] for name in _PAYMENT_FIELDS},
        "icon_url": shown_picture(row["icon_url"]),
        **{name: row[name] for name in _METHOD_FIELDS if row[name] is not None},
    }


_SHIPMENT_FIELDS = (
    "reference_number",
    "status",
    "total_boxes",
    "courier_company_name",
    "awb_no",
    "eta_delivery",
    "shipped_date",
    "delivered_date",
    "cancellation_reason",
    "created_at",
    "modified_at",
)


def shape_shipment(
    row: Stored, items: list[Stored], by_line: dict[str, Stored], scale: int
) -> dict[str, Any]:
    """`OrderShipment`."""
    return {
        **{name: row[name] for name in _SHIPMENT_FIELDS},
        "shipping_label_url": shown_link(row["shipping_label_url"]),
        "tracking_url": shown_link(row["tracking_url"]),
        "total_weight": row["total_weight"] / 1000,
        "shipping_amount": row["shipping_amount"] / scale,
        "shipping_tax_amount": row["shipping_tax_amount"] / scale,
        "shipping_amount_including_tax": (row["shipping_amount"] + row["shipping_tax_amount"])
        / scale,
        "shipment_items_count": len(items),
        "shipment_items": [
            _shipment_item(item, by_line[item["line_id"]])
            for item in sorted(items, key=lambda item: by_line[item["line_id"]]["position"])
        ],
    }


def _shipment_item(item: Stored, line: Stored) -> dict[str, Any]:
    return {
        "product_id": line["product_id"],
        "product_name": line["product_name"],
        "product_image_url": shown_picture(line["product_image_url"]),
        "sku": line["sku"],
        "variant_id": line["variant_id"],
        "variant_name": line["variant_name"],
        "quantity": item["quantity"],
        "free_quantity": item["free_quantity"],
        "is_free_item": line["is_free_item"],
    }


def search_text(order: dict[str, Any], lines: Rows) -> str:
    """What the history's search looks at, as `folded` writes it."""
    names = [order["order_number"], *(line["product_name"] for line in lines)]
    if called := (order["extra"] or {}).get("name"):  # what the shop's own mails say
        names.append(without_number_sign(called))
    return "\n".join(folded(name) for name in names)
