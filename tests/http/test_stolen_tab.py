"""A tab's token opens nothing: two browsers, one of which knows the other's token.

Against the server as it runs in production, on each database.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, col, select

from account_portal.auth.state import LoginState, SignInAgainState
from account_portal.core.db import Database
from account_portal.core.migrations import upgrade
from account_portal.models import User
from account_portal.profile.state.profile import ProfileState
from account_portal.widget.state import FrameState
from tests.conftest import DATABASES
from tests.factories.auth import change_user
from tests.factories.pictures import make_picture
from tests.factories.users import PASSWORD, make_user
from tests.factories.vouching import SHOP, make_assertion
from tests.live_tab import CLOSED, LiveTab, post, send, somebodys_email
from tests.portal_server import portal_server

PROFILE, AGAIN = ProfileState.get_full_name(), SignInAgainState.get_full_name()
FRAME = FrameState.get_full_name()
LOAD = f"{PROFILE}.load"
RENAME = f"{PROFILE}.save_name"
PICTURE = f"{PROFILE}.save_picture"
SECRET = "a word between shop and portal, long enough"


class Portal:
    """The server, its data, and what it logged."""

    def __init__(self, url: str, database: Database, folder: Path) -> None:
        self.url, self.database, self.folder = url, database, folder

    def customer(self, first_name: str) -> User:
        return make_user(self.database, email=somebodys_email(), first_name=first_name)

    def sign_in(self, user: User, cookie: str = "") -> str:
        """The cookie of a browser that signs in."""
        assert user.email
        answer, cookie = post(self.url, "login", cookie, contact=user.email, password=PASSWORD)
        assert answer["customer"] == user.id
        return cookie

    def now(self, user: User) -> User:
        with self.database.session(writes=False) as db:
            return db.exec(select(User).where(col(User.id) == user.id)).one()

    def log(self) -> str:
        return (self.folder / "server.log").read_text()


@pytest.fixture(scope="module", params=DATABASES)
def portal(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("portal")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'portal.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    database = Database(url)
    upgrade(database)
    make_user(database)  # who is somebody's already is not filled with demo data
    settings = {
        "PORTAL_DATABASE_URL": url,
        "PORTAL_PASSWORD_MEMORY_KIB": "64",
        "PORTAL_EMBED_ORIGINS": SHOP,
        "PORTAL_EMBED_SECRET": SECRET,
    }
    with portal_server(folder, **settings) as address:
        yield Portal(address, database, folder)
    with database.engine.begin() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())
    database.dispose()


@pytest.fixture
def victim(portal: Portal) -> User:
    return portal.customer("Vic")


@pytest.fixture
def thief(portal: Portal) -> User:
    return portal.customer("Thea")


def everywhere(token: str) -> dict[str, str]:
    """A stolen token, in each place where a server might look for it."""
    return {"token": token, "page": token, "address": f"token={token}&"}


def assert_opens_nothing(portal: Portal, tab: LiveTab, victim: User) -> None:
    """With what it has, the tab neither reads nor changes anything of the victim."""
    assert victim.email
    before = portal.now(victim)
    tab.open()
    tab.emit("event", {"name": LOAD, "payload": {}, "router_data": tab.router})
    tab.send(RENAME, form={"first_name": "Stolen", "last_name": "Name"})
    assert victim.email not in tab.heard
    assert victim.id not in tab.heard
    assert portal.now(victim) == before


def vouched(portal: Portal, user: User) -> str:
    """The proof that a frame is given whose storefront vouches."""
    subject = f"shop-{user.id}"
    change_user(portal.database, user, external_id=subject)
    word = make_assertion(sub=subject, aud=portal.url, key=SECRET)
    return str(post(portal.url, "vouch", assertion=word, origin=SHOP)[0]["proof"])


def test_a_page_shows_its_customer_and_a_reload_finds_its_state(
    portal: Portal, victim: User
) -> None:
    tab = LiveTab(portal.url, portal.sign_in(victim))
    assert victim.email in tab.open()
    tab.send(f"{PROFILE}.rename", until="is_renaming")
    tab.close()
    again = LiveTab(portal.url, tab.cookie, token=tab.said["token"])
    assert '"is_renaming_rx_state_":true' in again.open()


@pytest.mark.parametrize("is_signed_in", [False, True])
@pytest.mark.parametrize("is_open", [False, True])
def test_a_stolen_token_opens_nothing(
    portal: Portal, victim: User, thief: User, is_signed_in: bool, is_open: bool
) -> None:
    cookie = portal.sign_in(victim)
    tab = LiveTab(portal.url, cookie)
    assert victim.email in tab.open()
    tab.send(f"{PROFILE}.rename", until="is_renaming")
    if not is_open:
        tab.close()
    stolen = everywhere(tab.said["token"])
    theirs = LiveTab(portal.url, portal.sign_in(thief) if is_signed_in else "", **stolen)
    assert_opens_nothing(portal, theirs, victim)
    if is_signed_in:
        assert portal.now(thief).first_name == "Stolen"
    theirs.close()
    if is_open:
        tab.close()
    # And the tab it was stolen from is as its customer left it.
    mine = LiveTab(portal.url, cookie, token=tab.said["token"])
    told = mine.open()
    assert victim.email in told
    assert '"is_renaming_rx_state_":true' in told


def test_signed_in_again_in_place_the_tab_goes_on_and_its_token_opens_nothing(
    portal: Portal, victim: User, thief: User
) -> None:
    tab = LiveTab(portal.url, portal.sign_in(victim))
    tab.open()
    tab.send(f"{PROFILE}.rename", until="is_renaming")
    post(portal.url, "logout", tab.cookie)
    told = tab.send(RENAME, form={"first_name": "Too late", "last_name": ""})
    assert '"signed_out_rx_state_":true' in told
    tab.cookie = portal.sign_in(victim, tab.cookie)
    tab.close()
    told = tab.open() + tab.send(f"{AGAIN}.done")
    assert '"is_renaming_rx_state_":true' in told, "the form is open still"
    assert "You are signed in again" in told
    assert "Name saved." in tab.send(RENAME, form={"first_name": "Vicky", "last_name": ""})
    tab.close()
    for cookie in ("", portal.sign_in(thief)):
        theirs = LiveTab(portal.url, cookie, **everywhere(tab.said["token"]))
        assert_opens_nothing(portal, theirs, victim)
        theirs.close()
    assert portal.now(victim).first_name == "Vicky"


def test_somebody_else_who_signs_in_in_place_has_another_state(
    portal: Portal, victim: User, thief: User
) -> None:
    tab = LiveTab(portal.url, portal.sign_in(victim))
    tab.open()
    tab.close()
    other = LiveTab(portal.url, portal.sign_in(thief), **tab.said)
    told = other.open()
    assert thief.email in told
    assert victim.email not in told


@pytest.mark.parametrize("kind", ["vouched", "plain"])
def test_a_frame_without_cookies_shows_its_customer_by_its_proof_alone(
    portal: Portal, victim: User, thief: User, kind: str
) -> None:
    framed = {"frame": kind, "origin": SHOP}
    frame = LiveTab(portal.url, **framed, proof=vouched(portal, victim))
    assert victim.email in frame.open()
    assert "Name saved." in frame.send(RENAME, form={"first_name": "Framed", "last_name": ""})
    frame.close()
    token = everywhere(frame.said["token"])
    for cookie in ("", portal.sign_in(thief)):
        for said in ({}, framed, {**framed, "proof": vouched(portal, thief)}):
            theirs = LiveTab(portal.url, cookie, **token, **said)
            theirs.open()
            theirs.send(RENAME, form={"first_name": "Stolen", "last_name": ""})
            assert victim.email not in theirs.heard
            theirs.close()
    assert portal.now(victim).first_name == "Framed"


def test_a_proof_is_of_one_storefront_and_ends_with_its_session(
    portal: Portal, victim: User
) -> None:
    proof = vouched(portal, victim)
    for said in (
        {"frame": "vouched", "origin": "https://other.example"},
        {"frame": "vouched"},
        {},
    ):
        elsewhere = LiveTab(portal.url, **said, proof=proof)
        assert victim.email not in elsewhere.open()
    framed = {"frame": "vouched", "origin": SHOP, "proof": proof}
    frame = LiveTab(portal.url, **framed)
    assert victim.email in frame.open()
    frame.send(f"{FRAME}.sign_out")
    after = frame.send(RENAME, form={"first_name": "Late", "last_name": ""})
    assert "Name saved." not in after
    assert victim.email not in LiveTab(portal.url, **framed).open()
    assert portal.now(victim).first_name == "Vic"


def test_a_kept_proof_that_ended_does_not_stand_before_a_cookie(
    portal: Portal, victim: User
) -> None:
    cookie, proof = portal.sign_in(victim), vouched(portal, victim)
    framed = {"frame": "vouched", "origin": SHOP, "proof": proof}
    LiveTab(portal.url, **framed).open()
    ended = LiveTab(portal.url, **framed)
    ended.open()
    ended.send(f"{FRAME}.sign_out")
    assert victim.email not in LiveTab(portal.url, cookie, **framed).open()
    assert victim.email in LiveTab(portal.url, cookie, **{**framed, "frame": "plain"}).open()


def test_a_proof_is_no_token_of_the_api(portal: Portal, victim: User) -> None:
    proof = vouched(portal, victim)
    path = f"{portal.url}/api/v1/main/storefront/user/orders/return-eligible"
    assert send(path, b"{}", {"Authorization": f"Bearer {proof}"})[0] in (401, 404, 405)


def test_a_vouched_frame_is_not_whoever_was_here_last(portal: Portal, victim: User) -> None:
    cookie = portal.sign_in(victim)
    framed = {"frame": "vouched", "origin": SHOP}
    assert victim.email not in LiveTab(portal.url, cookie, **framed).open()
    assert victim.email in LiveTab(portal.url, cookie, **{**framed, "frame": "plain"}).open()


def test_signed_out_elsewhere_an_open_page_reads_and_changes_nothing_more(
    portal: Portal, victim: User
) -> None:
    tab = LiveTab(portal.url, portal.sign_in(victim))
    assert victim.email in tab.open()
    # Events of a tab follow each other: none that began before is under way after this one.
    tab.send(f"{PROFILE}.rename", until='"is_renaming_rx_state_":true')
    post(portal.url, "logout", tab.cookie)
    told = tab.send(LOAD, until="redirect")
    told += tab.send(RENAME, form={"first_name": "Late", "last_name": ""})
    told += tab.send("reflex___state____state.hydrate_and_load", until='"is_hydrated')
    assert victim.email not in told
    assert tab.upload(PICTURE, make_picture())[0] == 401
    assert (portal.now(victim).first_name, portal.now(victim).picture_id) == ("Vic", None)


def test_an_upload_is_for_whoever_sends_it(portal: Portal, victim: User, thief: User) -> None:
    tab = LiveTab(portal.url, portal.sign_in(victim))
    tab.open()
    token = everywhere(tab.said["token"])
    theirs = LiveTab(portal.url, portal.sign_in(thief), **token)
    _, told = theirs.upload(PICTURE, make_picture())
    assert victim.email not in told
    assert portal.now(victim).picture_id is None
    assert portal.now(thief).picture_id
    status, told = LiveTab(portal.url, **token).upload(PICTURE, make_picture())
    assert (status, json.loads(told)["code"]) == (401, "unauthorized")
    status, told = tab.upload(PICTURE, make_picture())
    assert (status, "Picture saved." in told) == (200, True)
    assert portal.now(victim).picture_id


def test_a_frame_without_cookies_uploads_by_its_proof(portal: Portal, victim: User) -> None:
    framed = {"frame": "vouched", "origin": SHOP, "proof": vouched(portal, victim)}
    frame = LiveTab(portal.url, **framed)
    frame.open()
    assert frame.upload(PICTURE, make_picture())[0] == 200
    assert portal.now(victim).picture_id


def test_what_nobody_typed_is_their_pages_own(portal: Portal) -> None:
    tab = LiveTab(portal.url, path="/login")
    tab.open()
    login = f"{LoginState.get_full_name()}.code_sent"
    assert "typed@example.com" in tab.send(
        login, until="typed@", answer={"contact": "typed@example.com", "channel": "email"}
    )
    tab.close()
    theirs = LiveTab(portal.url, path="/login", **everywhere(tab.said["token"]))
    assert "typed@example.com" not in theirs.open()


def test_the_key_of_a_state_opens_nothing_either(portal: Portal, victim: User) -> None:
    tab = LiveTab(portal.url, portal.sign_in(victim))
    told = tab.open()
    keys = set(re.findall(r'"client_token":"(\w+)"', told))
    tab.close()
    for key in keys:
        theirs = LiveTab(portal.url, **everywhere(key))
        assert_opens_nothing(portal, theirs, victim)


def test_a_duplicated_tab_has_a_state_of_its_own_that_it_finds_again(
    portal: Portal, victim: User
) -> None:
    tab = LiveTab(portal.url, portal.sign_in(victim))
    tab.open()
    copy = LiveTab(portal.url, tab.cookie, token=tab.said["token"])
    told = copy.open()
    (name,) = re.findall(r'\["new_token","([\w-]+)"\]', told)
    copy.said["token"] = name
    copy.send(f"{PROFILE}.rename", until="is_renaming")
    copy.close()
    assert '"is_renaming_rx_state_":true' in copy.open()


def test_no_address_names_a_tab(portal: Portal, victim: User) -> None:
    tab = LiveTab(portal.url, portal.sign_in(victim), address="token=named-in-the-address&")
    tab.open()
    assert tab.connect({"event": {}}).endswith(CLOSED), "a token in the address names nothing"
    assert tab.said["token"] not in portal.log()
