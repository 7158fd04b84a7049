"""What can be done with orders; the only place that decides."""

from account_portal.orders.service.arrivals import (
    arrival_of,
    written_arrival,
    zone_of_customer,
    zone_of_delivery,
)
from account_portal.orders.service.cancelling import (
    cancel_for_shop,
    cancel_order,
    cancel_withdrawn,
    preview_cancel,
    withdrawable_of,
)
from account_portal.orders.service.cancelling_items import cancel_items_for_shop
from account_portal.orders.service.closing_attempts import close_next_attempt
from account_portal.orders.service.delivery import change_delivery, list_delivery_choices
from account_portal.orders.service.documents import (
    apply_settings,
    refresh_due,
    refresh_orders,
    whole_details,
)
from account_portal.orders.service.gateway_refunds import pay_back_next, report_refund
from account_portal.orders.service.history import list_order_years, search_orders
from account_portal.orders.service.links import cart_items, help_link
from account_portal.orders.service.lost_parcels import refund_shipment, resend_shipment
from account_portal.orders.service.new_refunds import add_refund
from account_portal.orders.service.page import (
    get_order_page,
    list_lost,
    list_on_the_way,
    list_unpaid,
)
from account_portal.orders.service.paying import (
    get_hosted_payment,
    is_paid_somewhere,
    pay_again,
    report_payment,
    retry_payment,
    settle_payment,
)
from account_portal.orders.service.paying_back import is_sent_by_gateway
from account_portal.orders.service.payments import get_payment_status
from account_portal.orders.service.policies import (
    apply_policy_file,
    get_policy,
    list_policies,
    set_policy,
    settings_policy,
    try_policy,
)
from account_portal.orders.service.policy_texts import read_policy, read_policy_file, write_policy
from account_portal.orders.service.reading import (
    count_orders,
    get_order,
    list_orders,
    list_payments,
    list_shipment_events,
    list_shipments,
)
from account_portal.orders.service.refund_reading import (
    list_refunds,
    refunds_by_claim,
    refunds_by_return,
    shown_refunds,
    waiting_retries,
)
from account_portal.orders.service.refunds import (
    approve_refund,
    create_refund,
    give_back,
    give_back_late_points,
    redirect_refund,
    retry_refund,
    settle_refund,
)
from account_portal.orders.service.shop import (
    approve_order,
    create_shipment,
    move_shipment,
)
from account_portal.orders.service.statements import list_withdrawals
from account_portal.orders.service.telling import items_of_parcel

__all__ = [
    "add_refund",
    "apply_policy_file",
    "apply_settings",
    "approve_order",
    "approve_refund",
    "arrival_of",
    "cancel_for_shop",
    "cancel_items_for_shop",
    "cancel_order",
    "cancel_withdrawn",
    "cart_items",
    "change_delivery",
    "close_next_attempt",
    "count_orders",
    "create_refund",
    "create_shipment",
    "get_hosted_payment",
    "get_order",
    "get_order_page",
    "get_payment_status",
    "get_policy",
    "give_back",
    "give_back_late_points",
    "help_link",
    "is_paid_somewhere",
    "is_sent_by_gateway",
    "items_of_parcel",
    "list_delivery_choices",
    "list_lost",
    "list_on_the_way",
    "list_order_years",
    "list_orders",
    "list_payments",
    "list_policies",
    "list_refunds",
    "list_shipment_events",
    "list_shipments",
    "list_unpaid",
    "list_withdrawals",
    "move_shipment",
    "pay_again",
    "pay_back_next",
    "preview_cancel",
    "read_policy",
    "read_policy_file",
    "redirect_refund",
    "refresh_due",
    "refresh_orders",
    "refund_shipment",
    "refunds_by_claim",
    "refunds_by_return",
    "report_payment",
    "report_refund",
    "resend_shipment",
    "retry_payment",
    "retry_refund",
    "search_orders",
    "set_policy",
    "settings_policy",
    "settle_payment",
    "settle_refund",
    "shown_refunds",
    "try_policy",
    "waiting_retries",
    "whole_details",
    "withdrawable_of",
    "write_policy",
    "written_arrival",
    "zone_of_customer",
    "zone_of_delivery",
]
