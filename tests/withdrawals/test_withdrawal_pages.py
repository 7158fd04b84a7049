"""The pages of the withdrawal function, without script."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.models import Order, OrderReturn, User, Withdrawal
from account_portal.orders import service as orders
from account_portal.orders.schemas import CancelItem, Policy
from account_portal.security.cookies import order_cookie_name, session_cookie_name
from account_portal.withdrawals.rules import faults_of, language_of, texts_in, titles
from account_portal.withdrawals.rules.texts import languages
from tests.conftest import Api
from tests.factories.auth import make_page_session
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.factories.users import make_user
from tests.withdrawals.test_withdrawals import key_of

OWN = {"sec-fetch-site": "same-origin"}
SAID = {"name": "Asha <b>", "order": "NW-1", "contact": "asha@example.com", "lang": "en"}


@pytest.mark.parametrize("language", sorted(languages("")))
def test_all_texts_are_there_in_all_languages(language: str) -> None:
    texts, english = texts_in(language, ""), texts_in("en", "")
    assert texts.keys() == english.keys()
    for name, text in texts.items():
        assert re.findall(r"{\w+}", text) == re.findall(r"{\w+}", english[name])
        assert text.strip()
        assert language == "en" or name == "goods" or text != english[name], name


@pytest.mark.parametrize(
    ("asked", "accepted", "country", "expected"),
    [
        ("de", "fr", "IN", "de"),
        ("xx", "fr-FR,en;q=0.5", "DE", "fr"),
        ("", "ja,nl", "DE", "nl"),
        ("", "", "AT", "de"),
        ("", "*", "IT", "it"),
        ("../../etc", "", "IN", "en"),
    ],
)
def test_the_language_is_the_customers(
    asked: str, accepted: str, country: str, expected: str
) -> None:
    assert language_of(asked, accepted, country, "") == expected


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ('{"intro": "At {shop}"}', "de.json: intro: {shop} is not known here"),
        ('{"intro": "At {store.__class__}"}', "de.json: intro: {store.__class__} is not known"),
        ('{"intro": "At {store!r:>9}"}', "de.json: intro: {store!r:>9} is not known here"),
        ('{"intro": "At {"}', "de.json: intro: "),
        ('{"intro": 7}', "de.json: intro: is no text"),
        ('{"into": "At"}', "de.json: into: no text has this name"),
        ("[]", "de.json: is no JSON object"),
        ("{", "de.json: "),
        ('{"intro": "Bei {store}"}', None),
    ],
)
def test_a_text_that_cannot_be_filled_in_gives_way_to_ours(
    tmp_path: Path, content: str, wrong: str | None
) -> None:
    (tmp_path / "de.json").write_text(content)
    folder = str(tmp_path)
    ours = texts_in("de", "")["intro"]
    faults = faults_of(folder)
    if wrong is None:
        assert faults == []
        assert texts_in("de", folder)["intro"] == "Bei {store}"
        return
    assert len(faults) == 1
    assert faults[0].startswith(wrong)
    assert texts_in("de", folder)["intro"] == ours


def test_a_shop_has_words_and_languages_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "de.json").write_text(json.dumps({"title": "Hier widerrufen"}))
    (tmp_path / "sv.json").write_text(json.dumps({"title": "Ångra avtalet här"}))
    folder = str(tmp_path)
    assert texts_in("de", folder)["title"] == "Hier widerrufen"
    assert texts_in("de", folder)["confirm"] == "Widerruf bestätigen"
    assert texts_in("sv", folder)["next"] == "Continue"
    assert language_of("", "sv", "IN", folder) == "sv"


def test_two_steps_to_a_receipt(api: Api, database: Database) -> None:
    page = api.client.get("/withdraw?lang=de&order=NW-1")
    assert '<html lang="de">' in page.text
    assert "<h1>Vertrag widerrufen</h1>" in page.text
    # The button in the store's accent, where the sheet of such pages has one of its own.
    assert page.text.index('href="/theme.css"') < page.text.index('href="/plain-page.css"')
    assert 'value="NW-1"' in page.text
    sure = api.client.post("/withdraw", data={**SAID, "lang": "de"}, headers=OWN)
    assert "Widerruf bestätigen</button>" in sure.text
    assert "Asha &lt;b&gt;" in sure.text
    assert "<b>" not in sure.text
    assert rows(database, Withdrawal) == []  # the first step states nothing
    done = api.client.post("/withdraw/confirm", data={**SAID, "lang": "de"}, headers=OWN)
    assert "Ihr Widerruf ist eingegangen" in done.text
    link = re.search(r'href="(/withdraw/receipt\?key=[^"]+)"', done.text)
    assert link
    file = api.client.get(link[1])
    [row] = rows(database, Withdrawal)
    assert file.text == row.receipt + "\n"
    assert f"{row.reference}.txt" in file.headers["content-disposition"]
    assert api.client.get("/withdraw/receipt?key=nothing").status_code == 404


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": " "}, "Please fill this in."),
        ({"order": ""}, "Please fill this in."),
        ({"contact": "asha"}, "full e-mail address"),
        ({"contact": ""}, "Please fill this in."),
    ],
)
def test_what_is_missing_is_told_at_its_field(
    api: Api, database: Database, said: dict[str, str], words: str
) -> None:
    for path in ("/withdraw", "/withdraw/confirm"):
        answer = api.client.post(path, data={**SAID, **said}, headers=OWN)
        assert answer.status_code == 400
        assert words in answer.text
        assert 'aria-invalid="true"' in answer.text
    assert rows(database, Withdrawal) == []


def test_another_site_states_nothing(api: Api, database: Database) -> None:
    for headers in ({}, {"sec-fetch-site": "cross-site"}):
        answer = api.client.post("/withdraw/confirm", data=SAID, headers=headers)
        assert answer.status_code == 403
    too_long = {**SAID, "items": "x" * 300_000}
    assert api.client.post("/withdraw", data=too_long, headers=OWN).status_code == 413
    assert rows(database, Withdrawal) == []


def test_whoever_is_signed_in_chooses_units(
    api: Api, database: Database, owner: User, stranger: User, clock: Any
) -> None:
    order = make_order(
        database, owner, status="delivered", parcels=[{}], place={"country": "Germany"}
    )
    field = 'name="units-SKU-0"'
    path = f"/withdraw?order={order.order_number}"
    assert field not in api.client.get(path).text
    for user, sees in ((stranger, False), (owner, True)):
        make_page_session(database, user, clock.now, f"secret-{user.id}")
        api.client.cookies.set(session_cookie_name(), f"secret-{user.id}")
        assert (field in api.client.get(path).text) is sees
    said = {**SAID, "order": order.order_number, "units-SKU-0": "1"}
    assert "1 x " in api.client.post("/withdraw", data=said, headers=OWN).text
    link = f'<a href="/orders/{order.order_number}">Back to the order</a>'
    assert link in api.client.get(path).text
    assert link in api.client.post("/withdraw/confirm", data=said, headers=OWN).text
    [request] = rows(database, OrderReturn)
    assert rows(database, Withdrawal)[0].outcome == request.request_number
    assert rows(database, Order, id=order.id)


def test_who_can_choose_need_not_write(
    api: Api, database: Database, acting: Any, owner: User
) -> None:
    """A field for words beside the choice read as if 0 of all were nothing."""
    order = make_order(
        database, owner, place={"country": "Germany"}, customer_email="owner@example.com"
    )
    path = f"/withdraw?order={order.order_number}"
    words, hint = '<textarea name="items"', "Leave all at 0 to withdraw from the whole contract."
    closed = api.client.get(path).text
    assert (words in closed, hint in closed, "Back to the order" in closed) == (True, False, False)
    api.client.cookies.set(order_cookie_name(), key_of(acting, database, order))
    opened = api.client.get(path).text
    assert (words in opened, hint in opened) == (False, True)
    assert '<a href="/found-order">Back to the order</a>' in opened
    typed = {**SAID, "order": order.order_number, "items": "the blue one", "step": "change"}
    kept = api.client.post("/withdraw", data=typed, headers=OWN).text
    assert words in kept
    assert "the blue one" in kept


@pytest.mark.parametrize("is_exempt", [False, True])
def test_a_line_of_which_nothing_is_left_is_not_spoken_of(
    api: Api, database: Database, acting: Any, owner: User, clock: Any, is_exempt: bool
) -> None:
    lines = [make_line(place, product_name=name) for place, name in enumerate(("Lamp", "Mug"))]
    if is_exempt:
        rule = {"name": "Made", "applies_to": {"skus": ["SKU-0"]}}
        made = rule | {"returns": {"never": "made_to_order"}}
        with acting(SHOP) as ctx:
            orders.set_policy(ctx, Policy.model_validate({"rules": [made]}), source="api")
    place = {"country": "Germany"}
    order = make_order(database, owner, lines=lines, place=place, at=clock.advance(minutes=1))
    make_page_session(database, owner, clock.now, "secret")
    api.client.cookies.set(session_cookie_name(), "secret")

    def pages() -> str:
        said = {**SAID, "order": order.order_number}
        ask = api.client.get(f"/withdraw?order={order.order_number}").text
        check = api.client.post("/withdraw", data=said, headers=OWN).text
        return ask + check + api.client.post("/withdraw/confirm", data=said, headers=OWN).text

    with acting(SHOP) as ctx:
        gone = [CancelItem(sku="SKU-0", quantity=1)]
        orders.cancel_items_for_shop(ctx, order.order_number, gone, "Sold out")
    assert "Lamp" in api.client.get(f"/withdraw?order={order.order_number}").text
    with acting(SHOP) as ctx:
        orders.cancel_items_for_shop(ctx, order.order_number, gone, "Sold out")
    told = pages()
    assert "How many of Mug?" in told
    assert "Lamp" not in told


def test_whoever_is_signed_in_need_not_say_who_they_are(
    api: Api, database: Database, clock: Any
) -> None:
    user = make_user(database, first_name='Asha "A"', last_name="Rao", email="asha@example.com")
    nameless = make_user(
        database,
        first_name=None,
        last_name=None,
        email=None,
        country_code="+91",
        phone="9876543210",
    )
    make_page_session(database, user, clock.now, "secret")
    make_page_session(database, nameless, clock.now, "other")
    name, contact = 'value="Asha &quot;A&quot; Rao"', 'value="asha@example.com"'

    def page(cookie: str | None, **headers: str) -> str:
        api.client.cookies.clear()
        if cookie is not None:
            api.client.cookies.set(session_cookie_name(), cookie)
        answer = api.client.get("/withdraw?order=NW-1", headers=headers)
        assert answer.headers["cache-control"] == "no-store"
        assert 'value="NW-1"' in answer.text
        return answer.text

    for own in (page("secret"), page("secret", **{"sec-fetch-dest": "document"})):
        assert name in own
        assert contact in own
    assert page("other").count('value=""') == 2
    for other in (page(None), page("wrong"), page("secret", **{"sec-fetch-dest": "iframe"})):
        assert other.count('value=""') == 2
    api.client.cookies.set(session_cookie_name(), "secret")
    changed = {**SAID, "name": "", "contact": "other@example.com"}
    assert name not in api.client.post("/withdraw", data=changed, headers=OWN).text


def test_signs_that_nothing_has_are_no_crash(api: Api, database: Database) -> None:
    """PostgreSQL keeps no NUL, and its driver asks for none."""
    assert api.client.get("/withdraw?order=%00").status_code in (200, 400)
    for path in ("/withdraw", "/withdraw/confirm"):
        for name in ("name", "order", "contact"):
            answer = api.client.post(path, data={**SAID, name: "a\0"}, headers=OWN)
            assert answer.status_code == 400, (path, name)
    assert rows(database, Withdrawal) == []


def test_a_form_of_many_lines_and_long_words_is_taken(api: Api, database: Database) -> None:
    """A browser sends each end of a line as two signs, and counts it as one."""
    said = {"name": "Asha", "order": "X-1", "contact": "a@example.com", "lang": "en"}
    said |= {f"units-{place}-{'long' * 12}": "1" for place in range(300)}
    said["items"] = "\r\n".join(["ten green mugs"] * 133)
    for path in ("/withdraw", "/withdraw/confirm"):
        answer = api.client.post(path, data=said, headers=OWN)
        assert answer.status_code == 200, answer.text
    [row] = rows(database, Withdrawal)
    assert row.items_text.count("ten green mugs") == 133
    assert row.items_text.count("1 x ") == 300


def test_links_to_it_bear_its_title_in_each_language_the_stores_first(tmp_path: Path) -> None:
    assert titles("DE", "")[0] == ("de", "Vertrag widerrufen")
    assert titles("IN", "")[0] == ("en", "Withdraw from contract here")
    assert {language for language, _ in titles("IN", "")} == {"de", "en", "es", "fr", "it", "nl"}
    (tmp_path / "sv.json").write_text('{"title": "Frånträd avtalet"}', encoding="utf-8")
    assert titles("SE", str(tmp_path))[-1] == ("sv", "Frånträd avtalet")
