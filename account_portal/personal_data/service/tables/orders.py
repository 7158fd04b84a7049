"""Orders and what follows them."""

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from account_portal import models as m
from account_portal.personal_data.service.tables.base import (
    Own,
    by_order,
    by_parcel,
    direct,
    ordering,
    owned,
)


def _copies(customer_id: str) -> ColumnElement[bool]:
    copy = col(m.AddressCopy.id)
    names = (
        m.Order.billing_address_id,
        m.Order.shipping_address_id,
        m.OrderReturn.pickup_address_id,
    )
    return or_(*(copy.in_(owned(name, customer_id)) for name in names))


ORDERS: tuple[Own, ...] = (
    Own(
        m.Withdrawal,
        "Withdrawals from contracts",
        direct(m.Withdrawal),
        "reference received_at name order_text contact items_text withdraw_items language receipt "
        "is_proven order_number status outcome is_carried_out "
        "not_carried_out nothing_left answer settled_at",
        {
            **ordering("id customer_id repeat_key"),
            "settled_by": "It names somebody who works for the shop.",
        },
        # What names goods is what somebody typed, too.
        scrubbed="name order_text contact items_text withdraw_items receipt repeat_key outcome "
        "not_carried_out answer",
        kept="id reference language customer_id order_number status settled_by",
    ),
    Own(
        m.Order,
        "Orders",
        direct(m.Order),
        "order_number order_date status payment_status payment_success_date currency "
        "customer_email customer_phone customer_note customer_groups coupon_code "
        "applied_promotions applied_coupons extra promotion_discount_amount coupon_discount_amount "
        "promotion_savings coupon_savings other_savings subtotal item_total_tax "
        "shipping_estimated_cost shipping_discount_amount shipping_amount shipping_tax_rate "
        "shipping_tax_amount handling_charge_excluding_tax handling_charge_tax_amount "
        "grand_total loyalty_point_earned loyalty_point_redeemed loyalty_amount "
        "cancellation_charge "
        "credit_balance_used shipping_provider_id courier_company_id on_subscription "
        "billing_address_id shipping_address_id replaces_return_id replaces_claim_id "
        "cancellation_reason feedback "
        "cancelled_at delivered_at completes_at created_at modified_at",
        ordering("id customer_id"),
        order=m.Order.id,
        scrubbed="customer_email customer_phone customer_note extra feedback cancellation_reason",
        kept="id customer_id order_number status payment_status currency coupon_code "
        "customer_groups applied_promotions applied_coupons shipping_provider_id "
        "courier_company_id billing_address_id shipping_address_id replaces_return_id "
        "replaces_claim_id",
    ),
    Own(
        m.OrderLine,
        "What you ordered",
        by_order(m.OrderLine.order_id),
        "id position product_id product_name product_image_url product_type category tags sku "
        "download_url twin_of slug variant_id variant_name backorder on_offer on_promotion "
        "on_subscription subscription_plan subscription_interval subscription_frequency quantity "
        "free_quantity is_free_item price_including_tax selling_price listing_price "
        "selling_price_excluding_tax promotion_discount_amount coupon_discount_amount tax_type "
        "tax_rate tax_amount line_total shipping_additional_cost associated_options",
        ordering("order_id"),
        order=m.OrderLine.order_id,
        scrubbed="associated_options download_url",
        kept="id order_id product_id product_name product_image_url product_type category tags "
        "sku twin_of slug variant_id variant_name subscription_plan subscription_frequency "
        "tax_type",
    ),
    Own(
        m.AddressCopy,
        "Addresses of orders and returns",
        _copies,
        "id first_name last_name business_name tax_identification_number address_line1 "
        "address_line2 landmark delivery_instructions pincode city state country country_code "
        "phone email",
        ordering("address_id"),
        scrubbed="address_id first_name last_name business_name tax_identification_number "
        "address_line1 address_line2 landmark delivery_instructions pincode city country_code "
        "phone email",
        kept="id state country",
    ),
    Own(
        m.Shipment,
        "Parcels",
        by_order(m.Shipment.order_id),
        "id reference_number status total_weight total_boxes shipping_amount shipping_tax_amount "
        "courier_company_name awb_no tracking_url eta_delivery packed_at shipped_date "
        "delivered_date cancellation_reason shipping_label_url created_at modified_at",
        ordering("order_id"),
        order=m.Shipment.order_id,
        scrubbed="awb_no tracking_url shipping_label_url cancellation_reason",
        kept="id order_id reference_number status courier_company_name eta_delivery",
    ),
    Own(
        m.ShipmentItem,
        "What was in parcels",
        by_parcel(m.ShipmentItem.shipment_id),
        "shipment_id line_id quantity free_quantity written_off",
        ordering("id"),
        order=select(col(m.Shipment.order_id))
        .where(col(m.Shipment.id) == col(m.ShipmentItem.shipment_id))
        .scalar_subquery(),
        kept="id shipment_id line_id",
    ),
    Own(
        m.ShipmentEvent,
        "The way of parcels",
        by_parcel(m.ShipmentEvent.shipment_id),
        "shipment_id status text place happened_at",
        ordering("id"),
        scrubbed="text place",
        kept="id shipment_id status",
    ),
    Own(
        m.Payment,
        "Payments",
        by_order(m.Payment.order_id),
        "request_number amount payment_status payment_date payment_reference_number "
        "payment_method payment_gateway collection expires_at card_number card_type bank_name "
        "upi_id wallet_name bank_account_number created_at modified_at",
        {
            **ordering("id order_id success_url failure_url icon_url"),
            "redirect_url": "It led to a payment page and may still open it.",
        },
        order=m.Payment.order_id,
        scrubbed="redirect_url success_url failure_url card_number bank_name upi_id wallet_name "
        "bank_account_number",
        kept="id order_id request_number payment_status payment_reference_number "
        "payment_method payment_gateway collection icon_url card_type",
    ),
    Own(
        m.Refund,
        "Refunds",
        by_order(m.Refund.order_id),
        "request_number refund_amount refund_date status payment_mode payment_method "
        "payment_reference_number bank_account_number bank_name refund_remarks purpose "
        "created_at modified_at",
        ordering(
            "id order_id return_id claim_id retries_id bank_account_id shipment_id payment_id "
            "handed_over_at due_at tries gateway_error"
        ),
        order=m.Refund.order_id,
        scrubbed="bank_account_id bank_account_number bank_name refund_remarks gateway_error",
        kept="id order_id return_id claim_id retries_id request_number status payment_mode "
        "payment_method payment_reference_number purpose shipment_id payment_id",
    ),
    Own(
        m.CancelledItem,
        "What was cancelled",
        by_order(m.CancelledItem.order_id),
        "line_id quantity free_quantity amount charge reason created_at",
        ordering("id order_id"),
        scrubbed="reason",
        kept="id order_id line_id",
        order=m.CancelledItem.order_id,
    ),
    Own(
        m.Invoice,
        "Invoices",
        by_order(m.Invoice.order_id),
        "number year sequence issued_at content",
        ordering("id order_id"),
        kept="id order_id number year content",
        order=m.Invoice.order_id,
    ),
    Own(
        m.OrderReturn,
        "Returns",
        direct(m.OrderReturn),
        "id request_number status subtotal shipping_amount asked_shipping_amount total_tax "
        "grand_total pickup_address_id by_law changed_at courier_company_name awb_no "
        "parcel_told_at approved_at rejected_at rejection_reason shipped_at "
        "received_at inspected_at inspection_corrected_at completed_at cancelled_at created_at "
        "modified_at",
        ordering("customer_id order_id replacement_order_id"),
        order=m.OrderReturn.order_id,
        scrubbed="rejection_reason awb_no courier_company_name",
        kept="id customer_id order_id request_number status pickup_address_id replacement_order_id",
    ),
    Own(
        m.ReturnItem,
        "What you sent back",
        lambda customer_id: col(m.ReturnItem.return_id).in_(owned(m.OrderReturn.id, customer_id)),
        "id return_id line_id position quantity resolution reason_code return_reason "
        "refund_amount tax_amount fee asked_amount asked_tax asked_fee accepted_quantity "
        "refused_quantity refusal_code refusal_note refused_goods can_ask_again",
        order=select(col(m.OrderReturn.order_id))
        .where(col(m.OrderReturn.id) == col(m.ReturnItem.return_id))
        .scalar_subquery(),
        scrubbed="return_reason refusal_note",
        kept="id return_id line_id resolution reason_code refusal_code refused_goods",
    ),
    Own(
        m.Claim,
        "What you told the store was wrong",
        direct(m.Claim),
        "id claim_number status wish shipment_id resolution answer decided_at withdrawn_at "
        "return_id created_at modified_at",
        ordering("customer_id order_id replacement_order_id resent_shipment_id"),
        order=m.Claim.order_id,
        scrubbed="answer",
        kept="id customer_id order_id claim_number status wish shipment_id resolution return_id "
        "replacement_order_id resent_shipment_id",
    ),
    Own(
        m.ClaimItem,
        "The items it was about",
        lambda customer_id: col(m.ClaimItem.claim_id).in_(owned(m.Claim.id, customer_id)),
        "id claim_id line_id position quantity problem details amount tax_amount refunded",
        order=select(col(m.Claim.order_id))
        .where(col(m.Claim.id) == col(m.ClaimItem.claim_id))
        .scalar_subquery(),
        scrubbed="details",
        kept="id claim_id line_id problem",
    ),
    Own(
        m.Evidence,
        "Photos and videos of what you sent back, or said was wrong",
        direct(m.Evidence),
        "id media_id return_item_id claim_item_id position created_at",
        ordering("customer_id order_id"),
    ),
    Own(
        m.Purchase,
        "Products you received",
        direct(m.Purchase),
        "product_id order_number order_date product_name product_image_url currency "
        "selling_price listing_price",
        ordering("customer_id order_id"),
        kept="customer_id product_id order_id order_number product_name product_image_url currency",
    ),
    Own(
        m.Subscription,
        "Repeating deliveries",
        direct(m.Subscription),
        "subscription_number product_id sku status plan interval frequency quantity next_date "
        "shipping_address_id billing_address_id created_at modified_at",
        ordering("id customer_id"),
    ),
)
