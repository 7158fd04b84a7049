"""What imports said, by the keys under which it is kept."""

from typing import Any

from sqlalchemy import Select, select
from sqlmodel import col

from account_portal import models as m
from account_portal.personal_data.service.tables.base import by_order, direct


def statement_keys(customer_id: str) -> Select[Any]:
    """Keys under which imports said something of a customer, or of what belongs to them."""
    own = direct(m.User)(customer_id)
    names = (m.User.external_id, m.User.email, m.User.shop_email, m.User.phone)
    called: Select[Any] = select(col(names[0]).label("name")).where(own)
    who = called.union(
        *(select(col(name)).where(own) for name in names[1:]),
        select(col(m.User.country_code) + col(m.User.phone)).where(own),
    ).subquery()
    said = (
        select(("review/" + who.c.name).label("name"))
        .union(select("review-of/" + col(m.User.id)).where(own))
        .subquery()
    )
    activity = col(m.LoyaltyActivity.external_id)
    number = col(m.Subscription.subscription_number)
    parts: list[Select[Any]] = [
        select("customer/" + who.c.name),
        select("user/" + col(m.User.id)).where(own),
        select("order/" + col(m.Order.order_number)).where(direct(m.Order)(customer_id)),
        select("loyalty_activity/" + activity).where(direct(m.LoyaltyActivity)(customer_id)),
        select("subscription/" + number).where(direct(m.Subscription)(customer_id)),
        *(
            select(said.c.name + "/" + col(model.product_id))
            .select_from(said)
            .join(model, direct(model)(customer_id))
            for model in (m.Review, m.Purchase)
        ),
        *(
            select(f"{kind}/" + col(name)).where(by_order(order)(customer_id))
            for kind, name, order in (
                ("shipment", m.Shipment.reference_number, m.Shipment.order_id),
                ("payment", m.Payment.request_number, m.Payment.order_id),
                ("refund", m.Refund.request_number, m.Refund.order_id),
            )
        ),
    ]
    return select(parts[0].union_all(*parts[1:]).subquery())
