"""Every page in each of its states.

`make screens` takes a picture of each; tests/e2e/test_every_state.py looks at each with axe, and
compares the rows with the table of pages: a page without its states fails.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from account_portal import routes
from tests.factories.extremes import BARE, MAX, ONE
from tests.factories.pictures import make_picture
from tests.factories.reviews import FILM
from tests.looks.look import (
    Look,
    Reach,
    State,
    follow,
    leave_to_the_server,
    opened,
    press,
    press_inside,
    press_once,
    wait_for,
)

ORDERS, RETURNS, CLAIMS = routes.ORDERS, routes.RETURNS, routes.CLAIMS


def _wrong_password(page: Page) -> None:
    page.get_by_label("Current password", exact=True).fill("not it")
    page.get_by_label("New password", exact=True).fill("short")
    leave_to_the_server(page)
    page.get_by_role("button", name="Change password").click()


def _no_authenticator(page: Page) -> None:
    """Somebody who closes the browser's question."""
    page.evaluate(
        """() => {
          const closed = async () => { throw new DOMException("", "NotAllowedError"); };
          navigator.credentials.create = closed;
        }"""
    )


def _choose_item(page: Page) -> None:
    page.get_by_role("checkbox").first.click()
    page.get_by_label("Reason").first.select_option("Too small")


def _choose_problem(page: Page) -> None:
    page.get_by_role("checkbox").first.click()
    page.get_by_label("What is wrong", exact=True).select_option("missing_item")


def _another_address(page: Page) -> None:
    page.get_by_label("Another address").click()
    expect(page.get_by_label("City", exact=True)).to_be_visible()
    leave_to_the_server(page)


def _choose_files(page: Page) -> None:
    films = [
        {"name": f"{name}.webm", "mimeType": "video/webm", "buffer": FILM}
        for name in ("Pouring", "The-lid-from-all-sides-and-how-it-closes-2026-11-20")
    ]
    photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": make_picture()}
    letter = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    dialog = opened(page)
    dialog.get_by_label("Add photos or videos").set_input_files([*films, photo, letter])
    expect(dialog.get_by_text("0:02")).to_have_count(2)


def _rate(page: Page) -> None:
    opened(page).locator("label").filter(has_text=re.compile("^4 stars$")).click()


def _see_films(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^My reviews")).click()
    film = page.get_by_label("Video of your review").first
    expect(film).to_have_js_property("videoWidth", 64)


_KEYS: dict[tuple[str, str], str] = {}
"""Of orders that are open, by server and number."""


def _open_order(number: str) -> Reach:
    """Open an order without an account, as a code to its contact does."""

    def step(page: Page) -> None:
        api, seen = "/api/v1/main/storefront/find-order", {"x-debug-mode": "true"}
        asked = {"order_number": number, "contact": "demo@example.com"}
        place = urlsplit(page.url).netloc, number
        if place not in _KEYS:  # a second code for the same order would have to wait
            found = page.request.post(api, data=asked, headers=seen).json()["content"]
            opened = page.request.post(f"{api}/confirm", data=found).json()["content"]
            _KEYS[place] = opened["order_token"]
        page.context.add_cookies([{"name": "portal-order", "value": _KEYS[place], "url": page.url}])
        page.goto(routes.FOUND_ORDER)

    return step


def _found(name: str, number: str, seen: str, *steps: Reach) -> Look:
    wait = wait_for(f"Order {number}")
    how = (_open_order(number), wait, *steps)
    state: State = "form" if name else "full"
    # Begun where nothing leads away: without the order's key its page does, at its own time.
    return Look(
        f"found-order{name}",
        routes.FOUND_ORDER,
        state,
        seen,
        at=routes.FIND_ORDER,
        who="",
        steps=how,
    )


def _choose_found(page: Page) -> None:
    page.get_by_label("How many").first.select_option("1")
    page.get_by_label("Reason").select_option("too_small")


ON = press("^Continue$")
_FIRST_STEP = (*follow("^Order ", "Price"), *follow("^Return items", "Return this"))
_SECOND_STEP = (*_FIRST_STEP, _choose_item, ON, wait_for("Where should we collect"))
_RETURNABLE = f"{ORDERS}?group=delivered&text=T-shirt"
_APPROVED = f"{RETURNS}/RET-NW-21291-1"
_TO_CHANGE = f"{RETURNS}/RET-NW-21325-1/change"


_REPORTING = f"{ORDERS}/NW-21357/claim"
_CLAIMED = "NW-21416"
_OPEN_CLAIM = f"{CLAIMS}/CLM-{_CLAIMED}-1"


def _order(name: str, number: str, *steps: Reach, **values: Any) -> Look:
    values = {"state": "full", "seen": "Price", **values}
    return Look(f"order-{name}", routes.ORDER, at=f"{ORDERS}/{number}", steps=steps, **values)


def _returning(name: str, state: State, seen: str, *steps: Reach) -> Look:
    return Look(f"return-items-{name}", routes.RETURN, state, seen, _RETURNABLE, steps=steps)


def _reporting(name: str, state: State, seen: str, *steps: Reach, **values: Any) -> Look:
    return Look(
        f"report-{name}", routes.CLAIM, state, seen, **{"at": _REPORTING, "steps": steps, **values}
    )


LOOKS: tuple[Look, ...] = (
    Look("home", routes.HOME, "full", "Latest orders"),
    Look("home-one", routes.HOME, "one", "Latest orders", who=ONE),
    Look("home-max", routes.HOME, "full", "Latest orders", who=MAX),
    Look("home-empty", routes.HOME, "nothing", "No orders yet", who=BARE),
    Look("orders", ORDERS, "full", "Page 1 of"),
    Look("orders-one", ORDERS, "one", "ONE-1", who=ONE),
    Look("orders-max", ORDERS, "full", "MAX-", who=MAX),
    Look("orders-empty", ORDERS, "nothing", "No orders yet", who=BARE),
    Look(
        "orders-no-match", ORDERS, "no match", "No order matches", f"{ORDERS}?text=nothing-like-it"
    ),
    Look("orders-beyond", ORDERS, "no match", "There is no such page", f"{ORDERS}?page=999"),
    _order("unpaid", "NW-21622", seen="The payment failed"),
    _order("checked", "NW-21614"),
    _order("partly-paid", "NW-21595"),
    _order("partly-shipped", "NW-21497"),
    _order("shipped", "NW-21474", lambda page: page.get_by_text("Tracking history").last.click()),
    _order("delivered", "NW-21357"),
    _order("claimed", _CLAIMED, seen="Reports"),
    _order("complete", "NW-21126"),
    _order("undelivered", "NW-21379"),
    _order("coming-back", "NW-21268"),
    _order("cancelled", "NW-21446"),
    _order("max", "MAX-LONG-0001-2026-ABCDEFGHIJ", who=MAX),
    _order("max-way", "MAX-WAY", who=MAX),
    _order("max-money", "MAX-MONEY", who=MAX),
    _order("yen", "MAX-JPY", who=MAX),
    _order(
        "cancelling", "NW-21614", press("^Cancel order"), state="dialog", seen="Cancel this order?"
    ),
    _order(
        "delivering",
        "NW-21614",
        press("^Change delivery"),
        state="dialog",
        seen="Where should it go?",
    ),
    _order(
        "cancelling-wrong",
        "NW-21614",
        press("^Cancel order"),
        press_inside("Cancel order"),
        state="form",
        seen="Please fill this in.",
    ),
    Look("order-missing", routes.ORDER, "missing", "There is no such order", f"{ORDERS}/NW-1"),
    _returning("choosing", "full", "Return this", *_FIRST_STEP),
    _returning("none-chosen", "form", "Choose at least one item", *_FIRST_STEP, ON),
    _returning("chosen", "form", "What would you like?", *_FIRST_STEP, _choose_item),
    _returning("pickup", "full", "Where should we collect", *_SECOND_STEP),
    _returning("pickup-wrong", "form", "Please fill this in.", *_SECOND_STEP, _another_address, ON),
    _returning("check", "full", "You get back", *_SECOND_STEP, ON),
    Look(
        "return-items-closed",
        routes.RETURN,
        "nothing",
        "Nothing from this order can be returned now",
        f"{ORDERS}/NW-21126/return",
    ),
    Look(
        "return-items-missing",
        routes.RETURN,
        "missing",
        "There is no such order",
        f"{ORDERS}/NW-1/return",
    ),
    _reporting("choosing", "full", "Something is wrong with this"),
    _reporting("none-chosen", "form", "Choose at least one item", ON),
    _reporting("chosen", "form", "What would you like?", _choose_problem),
    _reporting("check", "full", "You ask for up to", _choose_problem, ON),
    _reporting("parcel", "full", "The parcel has not arrived", at=f"{ORDERS}/NW-21379/claim"),
    _reporting("parcel-check", "full", "You ask for up to", ON, at=f"{ORDERS}/NW-21379/claim"),
    _reporting(
        "closed",
        "nothing",
        "Nothing of this order can be reported now",
        at=f"{ORDERS}/NW-21614/claim",
    ),
    _reporting("missing", "missing", "There is no such order", at=f"{ORDERS}/NW-1/claim"),
    *(
        Look(f"claim-{name}", routes.CLAIM_DETAIL, "full", "For order", f"{CLAIMS}/CLM-{number}-1")
        for name, number in (
            ("open", _CLAIMED),
            ("declined", "NW-21090"),
            ("replaced", "NW-20974"),
        )
    ),
    Look(
        "claim-withdrawing",
        routes.CLAIM_DETAIL,
        "dialog",
        "Withdraw this report?",
        _OPEN_CLAIM,
        steps=(press("^Withdraw report"),),
    ),
    Look(
        "claim-missing",
        routes.CLAIM_DETAIL,
        "missing",
        "There is no such report",
        f"{CLAIMS}/CLM-1",
    ),
    Look("returns", RETURNS, "full", "RET-NW"),
    Look("returns-one", RETURNS, "one", "Waiting for approval", who=ONE),
    Look("returns-max", RETURNS, "full", "Waiting for approval", who=MAX),
    Look("returns-empty", RETURNS, "nothing", "No returns yet", who=BARE),
    Look("returns-beyond", RETURNS, "no match", "There is no such page", f"{RETURNS}?page=99"),
    Look("return", routes.RETURN_DETAIL, "full", "For order", _APPROVED),
    *(
        Look(f"return-{name}", routes.RETURN_DETAIL, "full", "For order", f"{RETURNS}/{number}")
        for name, number in (
            ("created", "RET-NW-21325-1"),
            ("shipped", "RET-NW-21242-1"),
            ("received", "RET-NW-21212-1"),
            ("cancelled", "RET-NW-20974-1"),
            ("replaced", "RET-NW-21002-1"),
        )
    ),
    Look("return-done", routes.RETURN_DETAIL, "full", "For order", f"{RETURNS}/RET-NW-21090-1"),
    Look(
        "return-declined",
        routes.RETURN_DETAIL,
        "full",
        "For order",
        f"{RETURNS}/RET-NW-21048-1",
    ),
    Look(
        "return-max",
        routes.RETURN_DETAIL,
        "full",
        "For order",
        RETURNS,
        MAX,
        follow("^Return RET", "For order"),
    ),
    Look(
        "return-parcel",
        routes.RETURN_DETAIL,
        "dialog",
        "It is on the receipt of the courier.",
        _APPROVED,
        steps=(press("^(Add|Change) tracking number"),),
    ),
    Look(
        "return-cancelling",
        routes.RETURN_DETAIL,
        "dialog",
        "Cancel this return?",
        _APPROVED,
        steps=(press("^Cancel return"),),
    ),
    Look(
        "return-missing",
        routes.RETURN_DETAIL,
        "missing",
        "There is no such return",
        f"{RETURNS}/RET-1",
    ),
    Look("return-change", routes.RETURN_CHANGE, "full", "Keep it as it is", _TO_CHANGE),
    Look(
        "return-change-check",
        routes.RETURN_CHANGE,
        "check",
        "Save changes",
        _TO_CHANGE,
        steps=(press("^Continue"),),
    ),
    Look(
        "return-change-late",
        routes.RETURN_CHANGE,
        "late",
        "This return can no longer be changed",
        _APPROVED + "/change",
    ),
    Look(
        "return-change-missing",
        routes.RETURN_CHANGE,
        "missing",
        "There is no such return",
        f"{RETURNS}/RET-1/change",
    ),
    Look("loyalty", routes.LOYALTY, "full", "Your balance"),
    Look("loyalty-one", routes.LOYALTY, "one", "1 point", who=ONE),
    Look("loyalty-max", routes.LOYALTY, "full", "Your balance", who=MAX),
    Look("loyalty-empty", routes.LOYALTY, "nothing", "No points yet", who=BARE),
    Look(
        "loyalty-beyond", routes.LOYALTY, "no match", "There is no such page", "/loyalty?page=9999"
    ),
    Look("profile", routes.PROFILE, "full", "HDFC"),
    Look("profile-one", routes.PROFILE, "one", "HDFC", who=ONE),
    Look("profile-max", routes.PROFILE, "full", "Bank accounts", who=MAX),
    Look("profile-empty", routes.PROFILE, "nothing", "No bank account yet", who=BARE),
    Look("profile-name", routes.PROFILE, "form", "Save name", steps=(press("Edit name"),)),
    Look("profile-picture", routes.PROFILE, "dialog", "Your picture", steps=(press("picture$"),)),
    Look(
        "profile-phone",
        routes.PROFILE,
        "dialog",
        "Change your phone number",
        steps=(press("Change Phone"),),
    ),
    Look(
        "profile-account",
        routes.PROFILE,
        "dialog",
        "New bank account",
        steps=(press("Add account"),),
    ),
    Look(
        "profile-account-wrong",
        routes.PROFILE,
        "form",
        "Please fill this in.",
        steps=(press("Add account"), press_inside("Save account")),
    ),
    Look(
        "profile-account-edit",
        routes.PROFILE,
        "dialog",
        "Edit bank account",
        steps=(press("Edit HDFC"),),
    ),
    Look(
        "profile-account-delete",
        routes.PROFILE,
        "dialog",
        "Delete this bank account?",
        steps=(press("Delete HDFC"),),
    ),
    Look("addresses", routes.ADDRESSES, "full", "Default delivery"),
    Look("addresses-one", routes.ADDRESSES, "one", "Default delivery", who=ONE),
    Look("addresses-max", routes.ADDRESSES, "full", "Default delivery", who=MAX),
    Look("addresses-empty", routes.ADDRESSES, "nothing", "No addresses yet", who=BARE),
    Look("addresses-new", routes.ADDRESSES, "dialog", "New address", steps=(press("Add address"),)),
    Look(
        "addresses-wrong",
        routes.ADDRESSES,
        "form",
        "Please fill this in.",
        steps=(press("Add address"), press_inside("Save address")),
    ),
    Look(
        "addresses-delete",
        routes.ADDRESSES,
        "dialog",
        "Delete this address?",
        steps=(press("Delete Parents"),),
    ),
    Look(
        "addresses-kept",
        routes.ADDRESSES,
        "said",
        "A subscription uses this address",
        steps=(press("Delete Home"), press_inside("Delete address")),
    ),
    Look("reviews", routes.REVIEWS, "full", "Write a review"),
    Look("reviews-mine", routes.REVIEWS, "full", "Published", "/reviews?tab=mine"),
    Look("reviews-max", routes.REVIEWS, "full", "Write a review", who=MAX),
    Look("reviews-max-mine", routes.REVIEWS, "full", "Not published", "/reviews?tab=mine", MAX),
    Look("reviews-empty", routes.REVIEWS, "nothing", "Nothing to review yet", who=BARE),
    Look(
        "reviews-none-mine",
        routes.REVIEWS,
        "nothing",
        "You have not written",
        "/reviews?tab=mine",
        BARE,
    ),
    Look("reviews-beyond", routes.REVIEWS, "no match", "There is no such page", "/reviews?page=99"),
    Look(
        "reviews-writing",
        routes.REVIEWS,
        "dialog",
        "Your rating",
        steps=(press("^Write a review of"),),
    ),
    Look(
        "reviews-wrong",
        routes.REVIEWS,
        "form",
        "Choose how many stars",
        steps=(press("^Write a review of"), press_inside("Send review")),
    ),
    Look(
        "reviews-files",
        routes.REVIEWS,
        "form",
        "letter.pdf cannot be sent",
        steps=(press("^Write a review of"), _choose_files),
    ),
    Look(
        "reviews-films",
        routes.REVIEWS,
        "full",
        "Being checked",
        steps=(
            press("^Write a review of"),
            _rate,
            _choose_files,
            press_inside("Send review"),
            wait_for("Thank you"),
            _see_films,
        ),
    ),
    Look(
        "reviews-gone",
        routes.REVIEWS,
        "said",
        "This product is not waiting",
        "/reviews?product=none",
    ),
    Look("notifications", routes.NOTIFICATIONS, "full", "Newsletter"),
    Look("security", routes.SECURITY, "full", "This device"),
    Look("security-one", routes.SECURITY, "one", "Apple Passwords", who=ONE),
    Look("security-max", routes.SECURITY, "full", "Not used yet", who=MAX),
    Look(
        "security-adding-passkey",
        routes.SECURITY,
        "dialog",
        "keeps the passkey for you",
        steps=(press("Add a passkey"),),
    ),
    Look(
        "security-adding-passkey-wrong",
        routes.SECURITY,
        "form",
        "No passkey was made.",
        steps=(press("Add a passkey"), _no_authenticator, press_inside("Create passkey")),
    ),
    Look(
        "security-naming-passkey",
        routes.SECURITY,
        "dialog",
        "Rename this passkey",
        who=ONE,
        steps=(press("Rename Apple Passwords"),),
    ),
    Look(
        "security-removing-passkey",
        routes.SECURITY,
        "dialog",
        "will no longer sign you in",
        who=MAX,
        steps=(press("^Remove "),),
    ),
    Look(
        "security-wrong",
        routes.SECURITY,
        "form",
        "Use at least 8 characters.",
        steps=(_wrong_password,),
    ),
    Look(
        "security-closing",
        routes.SECURITY,
        "dialog",
        "Orders on their way still arrive",
        steps=(press("Close account"),),
    ),
    Look(
        "security-closing-sure",
        routes.SECURITY,
        "dialog",
        "Are you sure?",
        steps=(press("Close account"), press_inside("Continue")),
    ),
    Look("your-data", routes.YOUR_DATA, "full", "Something is still under way"),
    Look("your-data-bare", routes.YOUR_DATA, "one", "Delete account", who=BARE),
    Look(
        "your-data-deleting",
        routes.YOUR_DATA,
        "dialog",
        "stay without your name until",
        who=BARE,
        steps=(press("Delete account"),),
    ),
    Look(
        "your-data-deleting-sure",
        routes.YOUR_DATA,
        "dialog",
        "Nobody can undo this",
        who=BARE,
        steps=(press("Delete account"), press_inside("Continue")),
    ),
    Look(
        "your-data-asked",
        routes.YOUR_DATA,
        "said",
        "Your copy is ",
        who=ONE,
        steps=(press_once("Ask for a copy", "Your copy is "),),
    ),
    Look("login", routes.LOGIN, "full", "E-mail or phone", who=""),
    Look("login-code", routes.LOGIN, "full", "If there is an account", "/login?step=code", ""),
    *(
        Look(f"login-{name}", routes.LOGIN, "form", seen, f"/login?error={code}", "")
        for name, seen, code in (
            ("wrong", "Wrong e-mail", "invalid_credentials"),
            ("waiting", "Too many attempts", "too_many_requests"),
        )
    ),
    Look("register", routes.REGISTER, "full", "At least 8 characters", who=""),
    Look("forgot", routes.FORGOT_PASSWORD, "full", "We send you a code", who=""),
    Look(
        "forgot-code",
        routes.FORGOT_PASSWORD,
        "full",
        "At least 8 characters",
        "/forgot-password?step=code",
        "",
    ),
    Look("find-order", routes.FIND_ORDER, "full", "Send me a code", who=""),
    Look(
        "find-order-closed",
        routes.FIND_ORDER,
        "form",
        "an hour",
        "/find-order?error=order_closed",
        "",
    ),
    Look("find-order-code", routes.FIND_ORDER, "full", "ten minutes", "/find-order?step=code", ""),
    Look(
        "find-order-wrong",
        routes.FIND_ORDER,
        "form",
        "not right",
        "/find-order?step=code&error=otp_invalid",
        "",
    ),
    _found("", "NW-21357", "Send items back"),
    _found("-returning", "NW-21325", "Not now", press("Send items back")),
    _found(
        "-return-shown",
        "NW-21291",
        "You get back",
        press("Send items back"),
        _choose_found,
        press("Continue"),
    ),
    _found("-reporting", "NW-21357", "Tell us more", press("Report a problem")),
    _found(
        "-report-shown",
        "NW-21379",
        "You ask for up to",
        press("Parcel has not arrived"),
        press("Continue"),
    ),
    _found("-unpaid", "NW-21622", "The payment failed"),
    _found("-cancelling", "NW-21605", "How many", press("Cancel items")),
    Look("hand-over", routes.HAND_OVER, "full", "You can close this window"),
    Look("payment-done", routes.PAYMENT_DONE, "full", "You can close this window", who=""),
    Look("nowhere", routes.NOT_FOUND, "missing", "Page not found", "/nowhere", ""),
    Look("kit", routes.KIT, "full", "Everything pages are built of", who=""),
)
