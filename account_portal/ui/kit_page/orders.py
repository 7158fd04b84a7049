"""Orders and their parts."""

import reflex as rx

from account_portal.ui import components as ui
from account_portal.ui.kit_page.content import ARABIC, GERMAN, PICTURES, THAI


def _order_card(number: str, status: str, more: int, total: float, currency: str) -> rx.Component:
    return ui.card(
        ui.lead_row(
            ui.thumbnail_stack([*PICTURES, "/missing.png"], more=more),
            ui.row(
                ui.link(number, to="/orders", variant="cover"), ui.status_badge("order", status)
            ),
            ui.text(
                ui.date("2026-11-19T09:30:00Z", "short"),
                f" · {3 + more} items",
                size="small",
                tone="muted",
            ),
            end=ui.money(total, currency, strong=True),
        ),
        variant="link",
    )


def orders() -> rx.Component:
    """A list of orders, and what one order consists of."""
    columns = [
        ui.Column("Product"),
        ui.Column("Quantity", numeric=True),
        ui.Column("Price", numeric=True),
    ]
    return ui.section(
        "Orders",
        ui.chips(
            [
                ui.Choice("All", "/orders", current=True, count=128),
                ui.Choice("Open", "/orders?status=open", count=2),
                ui.Choice("Delivered", "/orders?status=delivered"),
                ui.Choice("Cancelled", "/orders?status=cancelled"),
            ],
            "Filter orders",
        ),
        ui.card_list(
            _order_card("NW-2026-000123", "out_for_delivery_soon", 0, 1299, "INR"),
            _order_card("NW-2026-000122", "shipped", 4, 129999.5, "INR"),
            _order_card(
                "NORTHWIND-EUROPE-2026-000000000121-REPLACEMENT-A",
                "partially_return_to_origin",
                12,
                8,
                "JPY",
            ),
        ),
        ui.card(ui.order_tracker("shipped")),
        ui.card(ui.order_tracker("undelivered")),
        ui.card(ui.order_tracker("delivered")),
        ui.columns(
            ui.card(
                ui.stack(
                    ui.order_line(
                        GERMAN,
                        picture=PICTURES[0],
                        detail="Size 38 · Terracotta · SKU NW-TC-38",
                        end=ui.money(1299, "INR"),
                        below=ui.badge("2 returned", tone="info"),
                    ),
                    ui.divider(),
                    ui.order_line(
                        THAI, picture="/missing.png", detail="Quantity 2", end=ui.money(499, "INR")
                    ),
                    ui.divider(),
                    ui.order_line(
                        ARABIC, picture=None, detail="Quantity 1", end=ui.money(0, "INR")
                    ),
                )
            ),
            ui.stack(
                ui.card(
                    ui.price_breakdown(
                        [
                            ui.PriceLine("Subtotal", 2797),
                            ui.PriceLine("Discount", 300, minus=True, note="Coupon MONSOON"),
                            ui.PriceLine("Gift wrap", 0, optional=True),
                            ui.PriceLine("Shipping", 0, nothing="Free"),
                            ui.PriceLine("Total", 2497, total=True, note="Includes ₹388.37 tax"),
                        ],
                        "INR",
                    )
                ),
                ui.card(
                    ui.address_block(
                        ["22, 1st Cross, Indiranagar", "", "Bengaluru 560038", "Karnataka, India"],
                        name=THAI,
                        phone="+91 98765 43210",
                    )
                ),
            ),
        ),
        ui.card(
            ui.timeline(
                ui.timeline_event(
                    "Out for delivery",
                    when=ui.date("2026-11-23T06:10:00Z", "datetime"),
                    detail="Bengaluru hub",
                    tone="current",
                ),
                ui.timeline_event(
                    "Delivery tried",
                    when=ui.date("2026-11-22T11:02:00Z", "datetime"),
                    detail="Nobody at home. We come again tomorrow.",
                    tone="warn",
                ),
                ui.timeline_event(
                    "Handed to the courier", when=ui.date("2026-11-20T17:45:00Z", "datetime")
                ),
            )
        ),
        ui.table(
            columns,
            ui.table_row(columns, "Terracotta planter", "1", ui.money(1299, "INR")),
            ui.table_row(columns, GERMAN, "12,000", ui.money(15588000, "INR")),
            caption="Items of the order",
        ),
        ui.pager(3, 1200, previous_to="/orders?page=2", next_to="/orders?page=4"),
        ui.pager(1, 2, previous_to="", next_to="/orders?page=2", label="Pages, at the start"),
    )
