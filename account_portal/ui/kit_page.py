"""`/dev/kit`: every component with realistic content, long names included. Demo mode only."""

from urllib.parse import quote

import reflex as rx

from account_portal.ui import components as ui
from account_portal.ui import layout
from account_portal.ui.components.status import STATUSES
from account_portal.ui.icons import PATHS
from account_portal.ui.layout import MenuRow

MENU = (
    MenuRow("Home", "/", "house"),
    MenuRow("Orders", "/orders", "package"),
    MenuRow("Returns", "/returns", "undo-2"),
    MenuRow("Rewards", "/loyalty", "gift"),
    MenuRow("Profile", "/profile", "user"),
    MenuRow("Addresses", "/addresses", "map-pin"),
    MenuRow("Notifications", "/notifications", "bell"),
    MenuRow("Security", "/security", "shield"),
    MenuRow("Reviews", "/reviews", "star"),
)
MENU = tuple(MenuRow(row.label, row.to, row.icon, "main" if i < 4 else "you") for i, row in enumerate(MENU))
GERMAN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
THAI = "คุณพิมพ์ชนก ลือวิเศษไพบูลย์กิจวัฒนานนท์ชัย"
ARABIC = "عبد الرحمن بن محمد بن عبد العزيز آل الشيخ الأنصاري"


def _drawing(sky: str, shape: str) -> str:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><rect width="96" height="96" fill="{sky}"/>'
        f'<circle cx="48" cy="44" r="22" fill="{shape}"/><rect x="26" y="58" width="44" height="16" rx="8" '
        f'fill="{shape}" opacity=".6"/></svg>'
    )
    return "data:image/svg+xml," + quote(svg)


PICTURES = [_drawing("#f3e4d4", "#b9653b"), _drawing("#dce9e5", "#2f6f62"), _drawing("#e4e2f2", "#5b53a6")]
CODES = [("+91", "India +91"), ("+49", "Germany +49"), ("+66", "Thailand +66"), ("+966", "Saudi Arabia +966")]


def _buttons() -> rx.Component:
    return ui.section(
        "Buttons",
        ui.row(
            ui.button("Track parcel", variant="primary"),
            ui.button("Return items"),
            ui.button("Skip", variant="quiet"),
            ui.button("Cancel order", variant="danger"),
            ui.link_button("All orders", to="/orders", icon_name="package"),
        ),
        ui.row(
            ui.button("Save address", variant="primary", busy=False, busy_label="Saving…"),
            ui.button("Save address", variant="primary", busy=True, busy_label="Saving…"),
            ui.button("Pay again", disabled=True),
            ui.button("Small", size="small", icon_name="pencil"),
            ui.icon_button("trash-2", "Delete address"),
            ui.copy_button("NW-2026-000123", "Copy order number"),
            ui.print_button(),
        ),
        ui.row(
            ui.link("Order NW-2026-000123", to="/orders"),
            ui.link("Plain link", to="/orders", variant="plain"),
            ui.outside_link("Track at Delhivery", href="https://example.com/track"),
        ),
    )


def _fields() -> rx.Component:
    return ui.section(
        "Fields",
        ui.card(
            ui.form(
                ui.grid(
                    ui.text_field("first_name", "First name", default_value="Asha", auto_complete="given-name"),
                    ui.text_field("last_name", "Last name", default_value=GERMAN, auto_complete="family-name"),
                    ui.text_field(
                        "pincode",
                        "Postcode",
                        default_value="56003",
                        error="A postcode in India has six digits, such as 560038.",
                    ),
                    ui.text_field("landmark", "Landmark", optional=True, hint="Helps the courier find you."),
                    ui.select_field(
                        "country", "Country", [("IN", "India"), ("DE", "Germany"), ("TH", "Thailand")]
                    ),
                    ui.date_field("pickup", "Pick-up day", hint="Monday to Saturday."),
                    ui.phone_field(codes=CODES, value="9876543210", hint="For the courier."),
                    ui.search_field("q", "Order number or product"),
                ),
                ui.grid(
                    ui.password_field("current", "Current password"),
                    ui.password_field("new", "New password", new=True, hint="At least 8 characters."),
                ),
                ui.code_field(hint="Sent to a•••@example.com. Valid for 10 minutes.", auto_submit=False),
                ui.textarea_field("comment", "Comment", optional=True, max_length=500),
                ui.checkbox("gift", "Wrap as a gift", hint="The invoice stays out of the parcel."),
                ui.radio_cards(
                    "Refund to",
                    ui.radio_card(
                        "refund_mode",
                        "original_payment_mode",
                        "The way you paid",
                        hint="Visa ending in 1111, in 3 to 5 days.",
                        default_checked=True,
                    ),
                    ui.radio_card(
                        "refund_mode",
                        "bank_transfer",
                        "Bank account",
                        hint="No verified account yet. Add one in your profile.",
                        disabled=True,
                    ),
                    id="refund_mode",
                    columns=2,
                ),
                ui.star_field(),
                ui.file_field(
                    "photos", "Add photos", limit=4, hint="JPEG, PNG or WebP, up to 5 MB each, 4 at most."
                ),
                ui.form_actions(ui.submit("Save"), ui.button("Discard", variant="quiet")),
                on_submit=rx.prevent_default,
            )
        ),
        ui.rows(
            ui.switch("Order updates by e-mail", hint="Confirmation, dispatch and delivery.", default_checked=True),
            ui.switch("Offers by SMS"),
            ui.switch("Always on", checked=True, disabled=True),
        ),
    )


def _order_card(number: str, status: str, more: int, total: float, currency: str) -> rx.Component:
    return ui.card(
        ui.lead_row(
            ui.thumbnail_stack([*PICTURES, "/missing.png"], more=more),
            ui.row(ui.link(number, to="/orders", variant="cover"), ui.status_badge("order", status)),
            ui.text(
                ui.date("2026-11-19T09:30:00Z", "short"), f" · {3 + more} items", size="small", tone="muted"
            ),
            end=ui.money(total, currency, strong=True),
        ),
        variant="link",
    )


def _orders() -> rx.Component:
    columns = [ui.Column("Product"), ui.Column("Quantity", numeric=True), ui.Column("Price", numeric=True)]
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
            _order_card("NORTHWIND-EUROPE-2026-000000000121-REPLACEMENT-A", "partially_return_to_origin", 12, 8, "JPY"),
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
                    ui.order_line(THAI, picture="/missing.png", detail="Quantity 2", end=ui.money(499, "INR")),
                    ui.divider(),
                    ui.order_line(ARABIC, picture=None, detail="Quantity 1", end=ui.money(0, "INR")),
                )
            ),
            ui.stack(
                ui.card(
                    ui.price_breakdown(
                        [
                            ui.PriceLine("Subtotal", 2797),
                            ui.PriceLine("Discount", 300, minus=True, note="Coupon MONSOON"),
                            ui.PriceLine("Gift wrap", 0, optional=True),
                            ui.PriceLine("Shipping", 49),
                            ui.PriceLine("Total", 2546, total=True, note="Includes ₹388.37 tax"),
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
                ui.timeline_event("Out for delivery", when=ui.date("2026-11-23T06:10:00Z", "datetime"), detail="Bengaluru hub", tone="current"),
                ui.timeline_event("Delivery tried", when=ui.date("2026-11-22T11:02:00Z", "datetime"), detail="Nobody at home. We come again tomorrow.", tone="warn"),
                ui.timeline_event("Handed to the courier", when=ui.date("2026-11-20T17:45:00Z", "datetime")),
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


def _states() -> rx.Component:
    kinds = [
        ui.stack(
            ui.text(kind.replace("_", " ").capitalize(), strong=True),
            ui.row(*[ui.status_badge(kind, status) for status in statuses]),
            gap="small",
        )
        for kind, statuses in STATUSES.items()
    ]
    return ui.section(
        "States",
        *kinds,
        ui.row(
            ui.status_badge("order", "shipped", plain=True),
            ui.badge("Default for billing", tone="accent"),
            ui.badge("Verified", tone="success", icon_name="check"),
        ),
    )


def _feedback() -> rx.Component:
    return ui.section(
        "Feedback",
        ui.alert("Order NW-2026-000123 comes tomorrow, between 9:00 and 13:00.", tone="info"),
        ui.alert("Returns closed on 3 May 2026, 30 days after delivery.", tone="warn", title="Too late to return"),
        ui.alert("Your bank said no. Nothing was taken.", tone="danger", action=ui.button("Pay again", size="small")),
        ui.alert("Address saved.", tone="success"),
        ui.form_error("The e-mail or the password is wrong."),
        ui.grid(
            ui.card(ui.empty("nothing", "No orders yet", "What you buy appears here.", action=ui.link_button("To the shop", to="/"))),
            ui.card(ui.empty("no_match", "No order matches", "Nothing found for “planter 2019”.", action=ui.link_button("Clear filters", to="/orders"))),
            ui.card(ui.empty("failed", "Could not load your orders", "The connection broke off. Your orders are safe.", action=ui.button("Try again"))),
            ui.card(ui.empty("not_found", "There is no such order", "It may belong to another account.")),
        ),
        ui.loading(*ui.skeleton_cards(2), ui.row(ui.skeleton("circle"), ui.grow(ui.skeleton("title"), ui.skeleton(), ui.skeleton("short")))),
        ui.progress_bar(1200, "1,200 of 5,000 points to Gold", most=5000),
        ui.step_list(["Items", "Pick-up", "Check"], 1),
    )


def _people() -> rx.Component:
    return ui.section(
        "People, ratings, time",
        ui.row(
            ui.avatar("Asha Rao"),
            ui.avatar(THAI, size="large"),
            ui.avatar(ARABIC, size="small"),
            ui.avatar("Asha Rao", PICTURES[1], size="large"),
            ui.avatar("Broken Picture", "/missing.png"),
        ),
        ui.row(ui.stars(4.5), ui.text("4.5", size="small", tone="muted"), ui.stars(1), ui.stars(5, size=24)),
        ui.facts(
            ("Ordered", ui.date("2026-11-19T09:30:00Z")),
            ("Arrives", ui.relative_day("2026-11-24", capitalised=True)),
            ("Return until", ui.date("2026-12-23T18:29:59Z", "binding")),
            ("Signed in", ui.date("2026-11-23T20:00:00Z", "ago")),
            ("Total", ui.money(129999.5, "INR")),
            ("In yen", ui.money(8000, "JPY")),
            ("Name", ARABIC),
        ),
        ui.disclosure("What happens next?", ui.text("We pack your parcel within a day and write to you when it leaves.")),
        ui.disclosure("Invoice", ui.text("It comes by e-mail."), open=True),
        ui.tabs(
            [ui.Choice("Waiting for review", "/reviews", current=True, count=3), ui.Choice("My reviews", "/reviews?tab=mine", count=12)],
            "Reviews",
        ),
        ui.breadcrumb([("Orders", "/orders"), ("NW-2026-000123", "/orders")], "Return"),
    )


def _dialogs() -> rx.Component:
    return ui.section(
        "Dialogs",
        ui.row(
            ui.button("Cancel order…", opens="cancel-order"),
            ui.button("Delete address…", opens="delete-address"),
        ),
        ui.dialog(
            ui.form(
                ui.select_field("reason", "Reason", [("late", "Comes too late"), ("mistake", "Ordered by mistake")], id="cancel-reason"),
                ui.textarea_field("note", "Comment", optional=True, id="cancel-note"),
                ui.price_breakdown([ui.PriceLine("You get back", 2546, total=True)], "INR"),
                ui.form_actions(
                    ui.submit("Cancel order", variant="danger", busy=False, busy_label="Cancelling…"),
                    ui.button("Keep order", closes=True),
                    end=True,
                ),
                on_submit=rx.prevent_default,
            ),
            id="cancel-order",
            title="Cancel order NW-2026-000123?",
            description="The money goes back the way you paid, in 3 to 5 days.",
        ),
        ui.dialog(
            ui.address_block(["22, 1st Cross", "Bengaluru 560038"], name="Asha Rao"),
            id="delete-address",
            title="Delete this address?",
            size="small",
            footer=[ui.button("Keep", closes=True), ui.button("Delete", variant="danger", closes=True)],
        ),
    )


def _icons() -> rx.Component:
    return ui.section("Icons", ui.row(*[ui.icon(name, label=name) for name in PATHS], gap="medium"))


def kit_page() -> rx.Component:
    """The page itself, in the shell it documents."""
    return layout.shell(
        ui.page_header(
            "Orders of a shop with a rather long heading",
            back=("Home", "/"),
            description="Everything pages are built of, with content as it comes.",
            actions=[ui.print_button(), ui.button("Pay again", variant="primary")],
            meta=ui.status_badge("order", "shipped"),
        ),
        _buttons(),
        _fields(),
        _orders(),
        _states(),
        _feedback(),
        _people(),
        _dialogs(),
        _icons(),
        menu=MENU,
        current="/addresses",
        store_name="Northwind",
        name="Asha Rao",
    )
