"""The copy of everything about oneself: what is in it, who gets it, and for how long."""

import io
import json
import re
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlmodel import SQLModel, col

from account_portal.auth import service as auth
from account_portal.context import SHOP
from account_portal.core.bulk import table_of
from account_portal.core.db import Database
from account_portal.core.errors import NotFound, TooManyAttempts, TopLevelRequired
from account_portal.core.proof import FreshProofRequired
from account_portal.gateways import get_gateways
from account_portal.loyalty import service as loyalty
from account_portal.models import DataExport, User, UserSession
from account_portal.personal_data import service
from account_portal.personal_data.service.exporting import key_of
from account_portal.personal_data.service.tables import OWN
from account_portal.security.passwords import hash_password
from account_portal.withdrawals import service as withdrawals
from account_portal.withdrawals.schemas import StateWithdrawal
from tests.conftest import Acting, Api, actor_of
from tests.doors import assert_only_for_owner, assert_refused
from tests.factories.addresses import make_address
from tests.factories.auth import messages, set_proof
from tests.factories.bank_accounts import make_bank_account
from tests.factories.events import types_told
from tests.factories.evidence import film, make_evidence, photos
from tests.factories.orders import make_order
from tests.factories.passkeys import give_passkey
from tests.factories.pictures import make_picture
from tests.factories.records import bring_in, write
from tests.factories.returns import make_return, return_item
from tests.factories.reviews import make_product, make_review


def fill(database: Database, user: User, call: Any, api: Api) -> str:
    """A bit of everything; returns the number of the order."""
    order = make_order(database, user, status="delivered", parcels=[{}], payments=[{}])
    [photo] = make_evidence(database, user, order, photos())
    make_return(database, user, order, return_item(evidence=[photo]))
    make_evidence(database, user, order, film())
    make_address(database, user, nickname="Hideout <b>7</b>")
    make_bank_account(database, user, number="50100123454321")
    make_review(database, user, make_product(database).id, review_text="Fine & dandy")
    give_passkey(database, user)
    said = {"name": "Asha Hideout", "order": order.order_number, "contact": str(user.email)}
    # The words of the customer keep it from being carried out: the order stays as it is.
    stated = StateWithdrawal.model_validate({**said, "goods": "the blue one"})
    call(withdrawals.state_withdrawal, stated, actor=user)
    call(loyalty.grant_points, user.customer_id, Decimal(5), actor=SHOP)
    picture = {"image": ("me.png", make_picture(), "image/png")}
    assert api.post(f"/auth/user/{user.id}/profile-image", user=user, files=picture).is_success
    return order.order_number


def archive_of(call: Any, user: User) -> zipfile.ZipFile:
    export = call(service.request_export, actor=user)
    assert service.make_exports() == 1
    file = get_gateways().storage.open(key_of(export.id))
    assert file is not None
    with file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def test_its_page_has_days_as_they_were_told_and_times_with_their_zone(
    database: Database, owner: User, call: Any, set_settings: Any
) -> None:
    """A day alone is stored as noon of the store: an hour that nobody told."""
    set_settings(PORTAL_STORE_TIME_ZONE="Asia/Tokyo")
    day = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Asia/Tokyo"))
    late = datetime(2026, 3, 5, 0, 10, tzinfo=ZoneInfo("Asia/Tokyo"))
    make_order(database, owner, order_date=day.astimezone(UTC), at=late.astimezone(UTC))
    page = archive_of(call, owner).read("index.html").decode()
    assert "<dt>Order date</dt><dd>2 March 2026</dd>" in page
    assert re.search(r"<dt>Paid</dt><dd>5 March 2026, 00:1\d</dd>", page)
    assert "Times are those of Asia/Tokyo." in page


def test_holds_what_is_there_and_nothing_of_others(
    database: Database, owner: User, stranger: User, call: Any, api: Api
) -> None:
    number = fill(database, owner, call, api)
    theirs = fill(database, stranger, call, api)
    archive = archive_of(call, owner)
    text = archive.read("data.json").decode()
    data = json.loads(text)
    assert data["tables"]["users"][0]["email"] == "owner@example.com"
    [order] = data["tables"]["orders"]
    assert order["order_number"] == number
    assert {line["order_number"] for line in data["tables"]["order_lines"]} == {number}
    [shown, unused] = data["tables"]["evidence"]
    assert shown["return_item_id"] == data["tables"]["return_items"][0]["id"]
    packed = archive.namelist()
    assert f"files/{shown['media_id']}/large.webp" in packed
    assert f"files/{unused['media_id']}/video.webm" in packed
    for name in ("addresses", "returns", "return_items", "payments", "shipments", "reviews"):
        assert data["tables"][name], name
    assert data["tables"]["loyalty_accounts"][0]["earned"] == 5
    assert stranger.id not in text
    assert "stranger@example.com" not in text
    assert theirs not in text
    page = archive.read("index.html").decode()
    assert "Hideout &lt;b&gt;7&lt;/b&gt;" in page
    assert "Fine &amp; dandy" in page
    files = [name for name in archive.namelist() if name.startswith("files/")]
    assert len(files) == 5
    assert archive.read(files[0])[:4] == b"RIFF"


def test_amounts_are_those_of_the_contract(
    database: Database, owner: User, call: Any, api: Api
) -> None:
    order = make_order(database, owner, currency="KWD", payments=[{}])
    shown = api.get(f"/orders/{order.order_number}", user=owner).json()["content"]["order"]
    paid = api.get(f"/orders/{order.order_number}/payments", user=owner).json()["content"]
    data = json.loads(archive_of(call, owner).read("data.json"))
    [row] = data["tables"]["orders"]
    assert row["grand_total"] == shown["grand_total"]
    assert data["tables"]["payments"][0]["amount"] == paid["payments"][0]["amount"]


def test_no_secret_is_in_it(database: Database, owner: User, call: Any, api: Api) -> None:
    """What is withheld is withheld: planted in every withheld column that holds text."""
    fill(database, owner, call, api)
    with database.session(writes=False) as db:
        hidden = {
            str(value)
            for own in OWN
            for name, why in own.withheld.items()
            if "secret" in why or "encrypted" in why
            for value in db.execute(
                select(table_of(own.model).c[name]).where(own.found(owner.customer_id))
            ).scalars()
            if value is not None and len(str(value)) > 8
        }
    assert len(hidden) >= 4
    archive = archive_of(call, owner)
    told = archive.read("data.json").decode() + archive.read("index.html").decode()
    assert [value for value in hidden if value in told] == []
    assert "50100123454321" not in told


def test_nor_is_one_that_an_import_told(
    database: Database, owner: User, call: Any, tmp_path: Path
) -> None:
    secret = hash_password("a password of another shop")
    record = {
        "type": "customer",
        "email": owner.email,
        "last_name": "Said",
        "password_hash": secret,
    }
    bring_in(database, write(tmp_path / "said.ndjson", record))
    archive = archive_of(call, owner)
    [said] = json.loads(archive.read("data.json"))["tables"]["import_statements"]
    assert json.loads(said["statement"]) == {"email": owner.email, "last_name": "Said"}
    told = archive.read("data.json").decode() + archive.read("index.html").decode()
    assert secret not in told


def test_every_table_of_rows_is_read(database: Database, owner: User, call: Any) -> None:
    """The statement of each works on this database, for somebody with nothing too."""
    data = json.loads(archive_of(call, owner).read("data.json"))
    assert set(data["tables"]) == {own.name for own in OWN}
    assert len(data["tables"]) > len(SQLModel.metadata.tables) / 2


def test_needs_fresh_proof_and_a_window_of_its_own(
    database: Database, owner: User, acting: Acting
) -> None:
    with pytest.raises(FreshProofRequired), acting(actor_of(owner, proven_at=None)) as ctx:
        service.request_export(ctx)
    with pytest.raises(TopLevelRequired), acting(actor_of(owner, is_framed=True)) as ctx:
        service.request_export(ctx)
    assert messages(database) == []


def test_everybody_is_told_twice_and_the_shop_once(
    database: Database, owner: User, call: Any
) -> None:
    call(service.request_export)
    again = call(service.request_export)
    assert again.status == "requested"
    assert service.make_exports() == 1
    assert service.make_exports() == 0
    kinds = [row.kind for row in messages(database)]
    assert kinds == ["data_export_requested", "data_export_ready"]
    assert {row.customer_id for row in messages(database)} == {owner.customer_id}
    assert "customer.data_exported" in types_told(database)


def test_five_a_day(database: Database, owner: User, call: Any) -> None:
    for _ in range(5):
        call(service.request_export)
        service.make_exports()
    with pytest.raises(TooManyAttempts):
        call(service.request_export)


def test_the_address_is_signed_and_expires(
    api: Api, owner: User, call: Any, clock: Any, acting: Acting
) -> None:
    export = call(service.request_export)
    with pytest.raises(service.ExportNotReady):
        call(service.export_address, export.id)
    service.make_exports()
    url = call(service.export_address, export.id).download_url
    answer = api.client.get(url)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
    for forged in (
        url.replace("until=", "until=1"),
        url[:-1] + ("0" if url[-1] != "0" else "1"),
        url.split("?")[0],
        url.replace("until=", "until=%C2%B2"),
    ):
        assert api.client.get(forged).status_code == 404, forged
    clock.advance(minutes=10, seconds=1)
    assert api.client.get(url).status_code == 404


def test_goes_when_its_time_is_over(
    database: Database, owner: User, call: Any, clock: Any, acting: Acting
) -> None:
    export = call(service.request_export)
    service.make_exports()
    clock.advance(hours=72, seconds=1)
    with pytest.raises(service.ExportNotReady):
        call(service.export_address, export.id)
    with acting(SHOP) as ctx:
        service.remove_ended_exports(ctx)
    assert get_gateways().storage.open(key_of(export.id)) is None
    assert call(service.list_exports) == []


def test_a_lost_worker_and_a_failing_storage(
    database: Database, owner: User, call: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(service.request_export)

    def fails(*_args: Any) -> None:
        raise OSError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(type(get_gateways().storage), "write", fails)
        for _ in range(3):
            assert service.make_exports() == 0
            clock.advance(minutes=31)
    assert [one.status for one in call(service.list_exports)] == ["failed"]
    call(service.request_export)
    with database.session(writes=True) as db:  # somebody began, and is gone
        row = db.execute(
            select(DataExport).where(col(DataExport.status) == "requested")
        ).scalar_one()
        row.status, row.started_at = "making", clock.now
        db.commit()
    assert service.make_exports() == 0
    clock.advance(minutes=31)
    assert service.make_exports() == 1


def test_what_every_worker_dies_of_is_given_up(
    database: Database, owner: User, call: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(service.request_export)

    def dies(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(type(get_gateways().storage), "write", dies)
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                service.make_exports()
            clock.advance(minutes=31)
        assert service.make_exports() == 0
    assert [one.status for one in call(service.list_exports)] == ["failed"]
    call(service.request_export)
    assert service.make_exports() == 1


def test_an_account_that_closed_meanwhile_still_gets_it(
    database: Database, owner: User, call: Any
) -> None:
    call(service.request_export)
    call(auth.deactivate_user)
    assert service.make_exports() == 1


@pytest.mark.parametrize("tail", ["GET ", "POST ", "POST /01HZX3T5V9K2M4N6P8Q0R2S4T6/address"])
def test_only_the_owner_gets_in(
    api: Api, database: Database, owner: User, stranger: User, tail: str
) -> None:
    method, _, rest = tail.partition(" ")

    def send(user_id: str, **kwargs: Any) -> Any:
        return api.request(method, f"/auth/user/{user_id}/data-exports{rest}", **kwargs)

    assert_only_for_owner(api, database, owner, stranger, send)


def test_over_http(api: Api, database: Database, owner: User, stranger: User) -> None:
    path = f"/auth/user/{owner.id}/data-exports"
    asked = api.post(path, user=owner).json()["content"]["data_export"]
    assert asked["status"] == "requested"
    early = api.post(f"{path}/{asked['id']}/address", user=owner)
    assert_refused(early, 409, "export_not_ready")
    service.make_exports()
    [listed] = api.get(path, user=owner).json()["content"]["data_exports"]
    assert listed["status"] == "ready"
    assert listed["byte_count"] > 100
    elsewhere = f"/auth/user/{stranger.id}/data-exports/{asked['id']}/address"
    assert_refused(api.post(elsewhere, user=stranger), 404, "not_found")
    found = api.post(f"{path}/{asked['id']}/address", user=owner).json()["content"]
    assert api.client.get(found["download_url"]).status_code == 200
    with database.session(writes=True) as db:
        ended = {"revoked_at": datetime.now(UTC)}
        of_it = update(UserSession).where(col(UserSession.user_id) == owner.id)
        db.execute(of_it.values(ended))
        db.commit()
    assert api.client.get(found["download_url"]).status_code == 404  # nothing is left behind
    with database.session(writes=True) as db:
        db.execute(of_it.values(revoked_at=None))
        db.commit()
    assert api.client.get(found["download_url"]).status_code == 200
    set_proof(database, owner, None)
    for stale in (path, f"{path}/{asked['id']}/address"):
        assert_refused(api.post(stale, user=owner), 403, "fresh_proof_required")


def test_nothing_is_found_that_is_not_there(owner: User, call: Any) -> None:
    with pytest.raises(NotFound):
        call(service.export_address, "01HZX3T5V9K2M4N6P8Q0R2S4T6")
