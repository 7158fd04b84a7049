"""Parts of the profile's page."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.ui import components as ui
from account_portal.ui.variants import Child, Text


def contact_row(
    label: Text,
    value: Any,
    *,
    is_verified: Any,
    shown: Child,
    missing: Text,
    on_verify: Any,
    on_change: Any,
    busy: Any,
    can_prove: Any,
) -> rx.Component:
    """One way to reach the customer: what it is, whether it is verified, what can be done.

    Args:
        label: "E-mail".
        value: the contact, empty when there is none.
        is_verified: whether it was confirmed by a code.
        shown: the contact as it is written.
        missing: said in its place when there is none.
        on_verify: sends a code to it.
        on_change: asks for another.
        busy: a code is being sent.
        can_prove: the store can send codes to such a contact.
    """
    of_it = ui.hidden_text(" ", label)
    mark = rx.cond(
        is_verified,
        ui.badge("Verified", tone="success", icon_name="circle-check"),
        ui.badge("Not verified", tone="warn", icon_name="circle-alert"),
    )
    return ui.row(
        ui.stack(
            ui.text(label, tone="muted", size="small"),
            rx.cond(
                value,
                ui.row(shown, mark),
                ui.text(missing, tone="muted"),
            ),
            gap="tight",
        ),
        rx.cond(
            can_prove,
            ui.row(
                rx.cond(
                    value & ~is_verified,
                    ui.button(
                        "Verify",
                        of_it,
                        size="small",
                        on_click=on_verify,
                        busy=busy,
                        busy_label="Sending…",
                    ),
                ),
                ui.unframed_only(
                    ui.button(
                        rx.cond(value, "Change", "Add"), of_it, size="small", on_click=on_change
                    )
                ),
                ui.framed_only(
                    ui.window_button(
                        rx.cond(value, "Change", "Add"),
                        of_it,
                        to=routes.PROFILE,
                        frame_action="window",
                        size="small",
                    )
                ),
            ),
        ),
        justify="between",
    )
