"""All settings of a deployment, read once from the environment (prefix ``PORTAL_``).

Every setting is described here and in ``docs/settings.md``; ``make check`` compares the two.
The defaults run on an empty machine.
"""

import hashlib
import hmac
import os
import re
import secrets
import sys
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from account_portal.core.clock import is_zone
from account_portal.core.environment import (
    PREFIX,
    EnvironmentFault,
    SecretFiles,
    known_variables,
    unknown_variables,
    variable_of,
)
from account_portal.core.extensions import PAYMENTS, is_added_address, names
from account_portal.core.mail_server import (
    MailServer,
    sender_of,
    server_of_parts,
    server_of_url,
)
from account_portal.core.money import is_currency
from account_portal.core.network import is_loopback
from account_portal.core.phone_service import require_usable

ORIGIN = re.compile(r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$")

SHORTEST_SECRET = 32
"""Characters of a key."""
FEWEST_SIGNS = 6
"""Different characters of a key. What is less was padded or repeated; whether a phrase is a good
secret cannot be told from it, and a portal that ran must not stop at its next upgrade."""
_KEYS = ("secret_key", "encryption_key", "embed_secret")
ANYWHERE = "0.0.0.0"  # noqa: S104 - asked about, not listened at
"""Any address: what may be reached there, may be reached from other machines."""
DEMO_BENEFITS = {
    "Silver": ["Free delivery", "Birthday gift"],
    "Gold": ["Free delivery", "Birthday gift", "Sales a day early"],
}

DEMO_UNASKED = (
    "where others reach the portal, set PORTAL_DEMO: `false` to serve a shop, `true` to show them "
    "a demo, which has public logins"
)


class SettingsError(Exception):
    """A setting cannot be used. ``str(error)`` has one sentence per fault."""


class Settings(BaseSettings):
    """What a deployment can set.

    A wrong value stops the start with one sentence per fault (`SettingsError`).
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment, and the files it names."""
        return init_settings, env_settings, SecretFiles(settings_cls)

    data_dir: Path = Field(
        default=Path("var"),
        description="Folder for the database, media, outbox, secrets and benchmarks.",
    )
    database_url: str = Field(
        default="",
        repr=False,
        description="SQLAlchemy address of the database: `sqlite:///file` or "
        "`postgresql+psycopg://user@host/name`. Empty: a SQLite file in the data folder.",
    )
    database_pool: int = Field(
        default=40, ge=1, le=1000, description="Most connections of a process to the database."
    )
    database_pool_seconds: float = Field(
        default=10, gt=0, le=120, description="Seconds a call waits for one of them; then 503."
    )
    database_start_seconds: float = Field(
        default=30,
        ge=0,
        le=3600,
        description="Seconds `serve`, `api`, `dev` and `worker` wait at their start for a "
        "PostgreSQL that does not answer yet; then they end.",
    )
    database_lock_seconds: float = Field(
        default=8, gt=0, le=600, description="Seconds a statement on PostgreSQL waits for a lock."
    )
    database_statement_seconds: float = Field(
        default=30, gt=0, le=3600, description="Seconds a statement on PostgreSQL may take."
    )
    database_idle_seconds: float = Field(
        default=60,
        gt=0,
        le=3600,
        description="Seconds a transaction on PostgreSQL may stand still; then the server ends it, "
        "so that a process that hangs holds no locks.",
    )
    storage_url: str = Field(
        default="",
        description="Where customers' pictures and videos are kept: `file:///folder`, or a bucket "
        "such as `s3://bucket/prefix`, whose keys come from the usual variables "
        "(`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL` …). Empty: `media` in the data folder.",
    )
    redis_url: str = Field(
        default="",
        repr=False,
        description="Redis address for page state, rate limits and live updates across processes. "
        "Empty: one process, all in memory.",
    )
    public_url: str = Field(
        default="",
        description="Address customers reach the portal by, as in `https://account.shop.example`. "
        "Empty: `http://localhost:PORT`.",
    )
    port: int = Field(default=8000, ge=1, le=65535, description="Port of the server.", alias="PORT")
    store_id: str = Field(
        default="main",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$",
        description="Key of the store in API paths.",
    )
    store_name: str = Field(
        default="Northwind",
        min_length=1,
        max_length=60,
        description="Name shown to customers.",
    )
    store_logo_url: str = Field(
        default="",
        description="Address of the store's logo. Empty: the name is shown instead.",
    )
    store_url: str = Field(
        default="",
        description="Where customers shop, as in `https://shop.example`: pages lead back to it. "
        "Empty: the demo storefront in demo mode, else no link.",
    )
    store_email: str = Field(
        default="help@example.com",
        description="Where customers write to when they need help.",
    )
    store_address: str = Field(
        default="",
        max_length=300,
        description="Postal address of the store, in one line: it stands below e-mails.",
    )
    legal_line: str = Field(
        default="",
        max_length=500,
        description="What the law wants below e-mails, such as the company's registration.",
    )
    templates_dir: str = Field(
        default="",
        description="Folder with the shop's own templates of e-mails, in place of ours "
        "(`docs/messages.md`). Empty: none.",
    )
    withdrawal_texts: str = Field(
        default="",
        description="Folder with the shop's own texts of the withdrawal function, `de.json` and so "
        "on, in place of ours or beside them (`docs/withdrawal.md`). Empty: none.",
    )
    policy_file: str = Field(
        default="",
        description="File with what customers may do after the purchase, in TOML or JSON "
        "(`docs/policies.md`), put in force at a start if it changed since. Empty: none.",
    )
    security_contact: str = Field(
        default="",
        pattern=r"^$|^(mailto:[^\s@]+@[^\s@]+|https://\S+|tel:\+[0-9-]+)$",
        description="Where faults of security are reported to, as in "
        "`mailto:security@shop.example` or `https://shop.example/security`; shown at "
        "`/.well-known/security.txt`. Empty: no such page.",
    )
    accent: str = Field(
        default="#0f766e",
        pattern=r"^#[0-9a-fA-F]{6}$",
        description="The store's accent colour, `#rrggbb`.",
    )
    radius: int = Field(
        default=10,
        ge=0,
        le=24,
        description="Corner radius of cards and controls, in pixels.",
    )
    seller_name: str = Field(
        default="",
        max_length=120,
        description="Legal name of the seller, for receipts and invoices. Empty: the store's name.",
    )
    seller_address: str = Field(
        default="",
        max_length=500,
        description="The seller's address on receipts and invoices, its lines separated by `|`.",
    )
    seller_tax_number: str = Field(
        default="",
        max_length=60,
        description="The seller's tax number as it is to be written, as in "
        "`GSTIN 29ABCDE1234F2Z5` or `VAT DE123456789`.",
    )
    invoice_prefix: str = Field(
        default="",
        pattern=r"^[A-Z0-9]{0,4}$",
        description="What invoice numbers begin with, as in `NW`, which gives `NW-2026-000001`. "
        "Empty: invoices come from elsewhere, and the portal gives receipts only; in demo mode "
        "`DEMO`. Needs `PORTAL_SELLER_ADDRESS` outside demo mode.",
    )
    invoice_year_month: int = Field(
        default=1,
        ge=1,
        le=12,
        description="Month in which numbers of invoices begin anew: 4 for a year from April on.",
    )
    store_country: str = Field(
        default="IN",
        pattern=r"^[A-Z]{2}$",
        description="The store's country (ISO 3166, two letters): its weekends and public holidays "
        "count for promised days of refunds, and messages write money as it does.",
    )
    store_time_zone: str = Field(
        default="",
        description="The store's time zone, as in `America/Los_Angeles`: times that imports tell "
        "without a zone are times there, and days on bills and of promised refunds are days there. "
        "Empty: UTC for imports, the usual zone of `PORTAL_STORE_COUNTRY` for the rest.",
    )
    currency: str = Field(
        default="INR",
        pattern=r"^[A-Z]{3}$",
        description="Currency of orders that name none (ISO 4217).",
    )
    public_key: str = Field(
        default="public",
        min_length=1,
        description="The `X-Api-Key` that opens visitor sessions. Not a secret.",
    )
    draw_pages: bool = Field(
        default=True,
        description="Whether pages arrive drawn: a Node process beside each server process draws "
        "them and takes some 120 MB. `false`, or where there is no Node: browsers draw them.",
    )
    work_in_server: bool = Field(
        default=True,
        description="Whether servers deliver messages and webhooks and keep house beside their "
        "work. Off: `python -m account_portal worker` has to run.",
    )
    webhooks_allow_private: bool = Field(
        default=False,
        description="Whether webhooks may go to `http` and to private and loopback addresses: "
        "for tests, and for systems that only this host's network reaches.",
    )
    events_kept_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="Days the event log is kept; readers that come later have to begin anew.",
    )
    audit_kept_days: int = Field(
        default=1095,
        ge=30,
        le=36500,
        description="Days entries of the console's audit log are kept, at least; older ones are "
        "removed once a month, and the chain of the rest stays whole.",
    )
    secret_key: str = Field(
        default="",
        repr=False,
        description="Key all tokens are signed with, at least 32 characters. Empty: made once and "
        "kept in the data folder (demo mode only).",
    )
    encryption_key: str = Field(
        default="",
        repr=False,
        description="Key bank account numbers are encrypted with, at least 32 characters. "
        "Empty: derived from the secret key.",
    )
    secret_key_fallbacks: str = Field(
        default="",
        repr=False,
        description="Earlier values of `PORTAL_SECRET_KEY` and `PORTAL_ENCRYPTION_KEY`, one a "
        "line: what they signed and encrypted is still read, nothing new is.",
    )
    demo: bool = Field(
        default=True,
        description="Demo mode: demo logins, `/dev/kit`, payments that move no money, messages "
        "written to `outbox` in the data folder, a secret key made by itself. By default on this "
        "machine only: where others reach the portal it has to be set, either way. "
        "Refused by a database that holds other customers.",
    )
    debug_otp: bool = Field(
        default=False,
        description="Show one-time codes in the console and, when asked, in answers.",
    )
    smtp_url: str = Field(
        default="",
        repr=False,
        description="Mail server that takes the shop's e-mail: `smtps://user:password@host`, or "
        "`smtp://…`, which asks for STARTTLS except on this machine (`?starttls=required` or "
        "`?starttls=off` says otherwise). Or use the parts below. An installed package may send "
        "by addresses of its own, here and for SMS and WhatsApp (docs/extending.md). Without a "
        "mail server there is no e-mail; in demo mode it goes to the outbox folder.",
    )
    smtp_host: str = Field(default="", description="Host of the mail server, in place of its URL.")
    smtp_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="Port of the mail server. 0: 465 for TLS, 587 for STARTTLS, 25 for neither.",
    )
    smtp_security: Literal["", "tls", "starttls", "none"] = Field(
        default="",
        description="How the mail server is spoken to. Empty: `tls` on port 465, `none` on this "
        "machine, else `starttls`. Certificates are always checked.",
    )
    smtp_user: str = Field(
        default="", description="User of the mail server. Empty: nobody signs in there."
    )
    smtp_password: str = Field(default="", repr=False, description="Password of that user.")
    mail_from: str = Field(
        default="",
        description="Who e-mail comes from, as in `Shop <orders@shop.example>`. Needed with a mail "
        "server.",
    )
    sms_url: str = Field(
        default="",
        repr=False,
        description="Apprise URL of the service that sends SMS, without recipients, such as "
        "`twilio://sid:token@from`. Empty: no SMS; in demo mode the outbox folder.",
    )
    whatsapp_url: str = Field(
        default="",
        repr=False,
        description="Apprise URL of the service that sends WhatsApp messages. Where it marks their "
        "recipients by a prefix, write that and `{to}`: `twilio://sid:token@from/w:{to}`. Empty: "
        "no WhatsApp; in demo mode the outbox folder.",
    )
    payments: str = Field(
        default="",
        description="Payment gateway: `stripe`, or `test`, the built-in one, which moves no money: "
        "in demo mode the default, in any other refused. An installed package may add others "
        "(docs/extending.md). Empty: nobody can pay in the portal.",
    )
    stripe_key: str = Field(
        default="",
        repr=False,
        description="Secret or restricted key of the Stripe account (`sk_…`, `rk_…`). A restricted "
        "one needs Checkout Sessions, Charges and Refunds, PaymentIntents (write).",
    )
    stripe_webhook_secret: str = Field(
        default="",
        repr=False,
        description="Signing secret (`whsec_…`) of the webhook endpoint that was set up at Stripe "
        "for `/payment-events`.",
    )
    stripe_api_base: str = Field(
        default="", description="Where Stripe's API is, for tests. Empty: Stripe's own address."
    )
    checkout_url: str = Field(
        default="",
        description="Where the shop takes payments itself, for what is unpaid and where there is "
        "no payment gateway; `{order_number}` stands for the order's number. Empty: no link.",
    )
    cart_url: str = Field(
        default="",
        description="Where the shop's cart takes what is bought again: `{items}` stands for "
        "`SKU:quantity` of each line and `{variants}` for `variant id:quantity`, separated by "
        "commas, as in `https://shop.example/cart/{variants}`. Empty: only storefronts that embed "
        "the portal are told.",
    )
    product_url: str = Field(
        default="",
        description="A product's page in the shop; `{product_id}`, `{sku}` and `{slug}` stand for "
        "the product's. Empty: names of products lead nowhere.",
    )
    help_url: str = Field(
        default="",
        description="Where customers get help with an order or a return; `{order_number}` stands "
        "for the order's number. Empty: they write to `PORTAL_STORE_EMAIL`.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Other origins whose pages may call the API, separated by commas.",
    )
    embed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Origins that may embed the widget, separated by commas.",
    )
    embed_secret: str = Field(
        default="",
        repr=False,
        description="Key that storefronts' servers sign with when they vouch for a customer "
        "(HS256), at least 32 characters. Empty: nobody vouches, unless there are keys at "
        "`PORTAL_EMBED_JWKS_URL`.",
    )
    embed_jwks_url: str = Field(
        default="",
        description="Where the public keys of the storefronts' servers lie (a JWKS over https), "
        "in place of a shared key.",
    )
    storefront_port: int = Field(
        default=0,
        ge=-1,
        le=65535,
        description="Port of the demo storefront, which shows the widget (demo mode only). "
        "0: the one after the server's; -1: none.",
    )
    trusted_proxy_hops: int = Field(
        default=0,
        ge=0,
        le=10,
        description="How many reverse proxies stand before the server; client addresses are read "
        "from `X-Forwarded-For` that many steps back.",
    )
    access_token_minutes: int = Field(
        default=15, ge=1, le=1440, description="Life of an access token, in minutes."
    )
    refresh_token_days: int = Field(
        default=30,
        ge=1,
        le=365,
        description="Days without use after which a session ends: the life of a refresh token, and "
        "of a page login.",
    )
    session_days: int = Field(
        default=90,
        ge=1,
        le=3650,
        description="Days after which any session ends, however much it is used.",
    )
    fresh_proof_minutes: int = Field(
        default=15,
        ge=1,
        le=1440,
        description="Minutes for which signing in, a password or a code counts as fresh proof, "
        "which contacts, bank accounts and closing the account ask for.",
    )
    two_step: Literal["optional", "required"] = Field(
        default="optional",
        description="Whether two different proofs to sign in on a new device are each customer's "
        "choice, or `required` of everybody: who has not chosen it is enrolled at the next "
        "sign-in, and sessions that one proof opened count no more (`docs/security.md`).",
    )
    password_memory_kib: int = Field(
        default=65536,
        ge=64,
        le=1048576,
        description="Memory argon2 takes to hash one password, in KiB. Only tests lower it.",
    )
    return_window_days: int = Field(
        default=30,
        ge=0,
        le=365,
        description="Days after delivery in which items can be returned.",
    )
    claim_window_days: int = Field(
        default=730,
        ge=0,
        le=3650,
        description="Days after delivery in which customers can say that something is wrong with "
        "an item. The law of the EU gives them two years.",
    )
    import_messages: bool = Field(
        default=False,
        description="Whether customers are told of what an import says was sent, delivered or "
        "refunded within the last day. Never of orders that come with it.",
    )
    tell_late_parcels: bool = Field(
        default=True,
        description="Whether customers are told, once, of a parcel that did not come by the day it "
        "was promised for.",
    )
    ask_for_review_days: int = Field(
        default=0,
        ge=0,
        le=365,
        description="Days after delivery on which customers who agreed to offers are asked, once "
        "an order, to review what they bought. 0: never.",
    )
    points_lapse_days: int = Field(
        default=0,
        ge=0,
        le=3650,
        description="Days without any movement after which a customer's points lapse; a month "
        "before, the customer is told. 0: they don't lapse.",
    )
    refund_days: int = Field(
        default=5,
        ge=0,
        le=60,
        description="Working days after which a refund is back the way it was paid.",
    )
    bank_refund_days: int = Field(
        default=2,
        ge=0,
        le=60,
        description="Working days after which a refund is at a bank account.",
    )
    change_delivery: bool = Field(
        default=True,
        description="Whether customers may change where an order goes, while nothing is packed.",
    )
    cancel_scheduled: bool = Field(
        default=True,
        description="Whether orders may be cancelled once scheduled, while nothing is packed.",
    )
    loyalty: bool = Field(default=True, description="Whether the store runs a loyalty programme.")
    loyalty_point_value: float = Field(
        default=1.0,
        gt=0,
        description="What one loyalty point is worth when spent, in major units of the currency.",
    )
    loyalty_tiers: Annotated[tuple[tuple[str, int], ...], NoDecode] = Field(
        default=(("Bronze", 0), ("Silver", 1000), ("Gold", 5000)),
        description="Tiers and the earned points each begins at, as `Bronze:0,Silver:1000`.",
    )
    loyalty_benefits: dict[str, list[str]] = Field(
        default={},
        description="What each tier brings, shown to its members and to those on the way to it, "
        'as `{"Silver": ["Free delivery"], "Gold": ["Free delivery", "Sales a day early"]}`. '
        "In demo mode an example.",
    )
    withdrawals_kept_days: int = Field(
        default=1200,
        ge=400,
        le=36_500,
        description="Days for which a withdrawal is kept that was never matched with a customer: "
        "somewhat more than the three years after which claims lapse in most of Europe.",
    )
    books_years: int = Field(
        default=0,
        ge=0,
        le=30,
        description="Years for which amounts, dates and numbers of a deleted customer's orders are "
        "kept, to the end of the year. 0: what the country of `PORTAL_STORE_COUNTRY` asks for.",
    )
    data_export_hours: int = Field(
        default=72,
        ge=1,
        le=720,
        description="Hours for which the copy of their data that a customer asked for can be "
        "fetched.",
    )
    merchant_calls_per_minute: int = Field(
        default=30000,
        ge=1,
        le=10_000_000,
        description="Calls a minute each key of the shop's systems may make.",
    )
    http_links: bool = Field(
        default=False,
        description="Whether addresses of pictures, parcels and payment pages may begin with "
        "`http://`; else only `https://`.",
    )
    metrics: bool = Field(
        default=False,
        description="Whether `/metrics` tells Prometheus what was asked, how long it took and what "
        "waits, to whoever shows `PORTAL_METRICS_TOKEN`.",
    )
    metrics_token: str = Field(
        default="",
        repr=False,
        description="What Prometheus shows as `Authorization: Bearer …`; needed with metrics.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe log messages that are written."
    )

    @field_validator("templates_dir", "withdrawal_texts")
    @classmethod
    def _is_a_folder(cls, value: str) -> str:
        if value and not Path(value).is_dir():
            raise ValueError("there is no such folder")
        return value

    @field_validator("policy_file")
    @classmethod
    def _is_a_file(cls, value: str) -> str:
        if value and not Path(value).is_file():
            raise ValueError("there is no such file")
        return value

    @field_validator("storage_url")
    @classmethod
    def _known_storage(cls, value: str) -> str:
        if value and not re.match(r"file:///[^/]|(s3|gs|az)://[^/]", value):
            raise ValueError("must begin with file:///, s3://, gs:// or az://, such as s3://bucket")
        return value

    @field_validator("cors_origins", "embed_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("cors_origins", "embed_origins")
    @classmethod
    def _exact_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not ORIGIN.match(origin):
                raise ValueError(
                    f"'{origin}' is no origin; write scheme, host and port like https://shop.example"
                )
        return value

    @field_validator("payments")
    @classmethod
    def _known_gateway(cls, value: str) -> str:
        known = {"", "stripe", "test", *names(PAYMENTS)} if value else {""}
        if value not in known:
            raise ValueError(f"there are {', '.join(sorted(known - {''}))} and no others")
        return value

    @field_validator("sms_url", "whatsapp_url")
    @classmethod
    def _sends_to_customers(cls, value: str) -> str:
        if value and not is_added_address(value):
            require_usable(value)
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server_alone(cls, value: str) -> str:
        if value and not is_added_address(value):
            server_of_url(value)
        return value

    @field_validator("mail_from")
    @classmethod
    def _known_sender(cls, value: str) -> str:
        if value:
            sender_of(value)
        return value

    @field_validator("store_time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value and not is_zone(value):
            raise ValueError(f"there is no time zone '{value}'; write one like Asia/Kolkata")
        return value

    @field_validator("currency")
    @classmethod
    def _in_circulation(cls, value: str) -> str:
        if not is_currency(value):
            raise ValueError("is no currency in circulation (ISO 4217), such as INR or EUR")
        return value

    @field_validator("loyalty_tiers", mode="before")
    @classmethod
    def _split_tiers(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        tiers = []
        for part in filter(None, (part.strip() for part in value.split(","))):
            name, colon, points = part.rpartition(":")
            if not colon or not name.strip() or not points.strip().isdigit():
                raise ValueError(f"'{part}' is no tier; write name:points")
            tiers.append((name.strip(), int(points)))
        return tuple(sorted(tiers, key=lambda tier: tier[1]))

    @field_validator("public_url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        value = value.rstrip("/")
        if value and not ORIGIN.match(value.lower()):
            raise ValueError("write scheme, host and port, without a path")
        return value

    @field_validator("store_url", "checkout_url", "cart_url", "product_url", "help_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not re.match(r"https?://[A-Za-z0-9]", value):
            raise ValueError("write an address with https://")
        return value

    @field_validator("embed_jwks_url")
    @classmethod
    def _safe_keys(cls, value: str) -> str:
        if value and not re.match(r"https://|http://(localhost|127\.0\.0\.1)[:/]", value):
            raise ValueError("write an https address")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {
            "sqlite",
            "postgresql",
            "postgresql+psycopg",
        }:
            raise ValueError("write sqlite:///file or postgresql+psycopg://user@host/name")
        return value.replace("postgresql://", "postgresql+psycopg://", 1)

    @model_validator(mode="after")
    def _mail_goes_out(self) -> "Settings":
        parts = {"host", "port", "security", "user", "password"}
        given = sorted(part for part in parts if getattr(self, f"smtp_{part}"))
        if given and (self.smtp_url or not self.smtp_host):
            other = "leave PORTAL_SMTP_URL out" if self.smtp_url else "set PORTAL_SMTP_HOST"
            raise ValueError(f"PORTAL_SMTP_{given[0].upper()} is set: {other}")
        if self.mail_server is not None and not self.mail_from:
            raise ValueError("PORTAL_MAIL_FROM is needed with a mail server")
        return self

    @model_validator(mode="after")
    def _codes_can_be_sent(self) -> "Settings":
        senders = (self.smtp_url, self.smtp_host, self.sms_url, self.whatsapp_url)
        if self.requires_two_step and not self.demo and not any(senders):
            raise ValueError(
                "PORTAL_TWO_STEP=required needs codes, and nobody sends them: set up a mail server "
                "or PORTAL_SMS_URL"
            )
        return self

    @model_validator(mode="after")
    def _invoices_name_the_seller(self) -> "Settings":
        if self.invoice_prefix and not self.seller_address and not self.demo:
            raise ValueError("PORTAL_SELLER_ADDRESS is needed with PORTAL_INVOICE_PREFIX")
        return self

    @model_validator(mode="after")
    def _demo_is_no_accident(self) -> "Settings":
        if not self.demo and self.payments == "test":
            raise ValueError("PORTAL_PAYMENTS=test moves no money: it needs demo mode")
        if self.payments == "stripe" and not (self.stripe_key and self.stripe_webhook_secret):
            raise ValueError(
                "PORTAL_PAYMENTS=stripe needs PORTAL_STRIPE_KEY and PORTAL_STRIPE_WEBHOOK_SECRET"
            )
        if self.public_url and not self.may_answer_at(urlsplit(self.public_url).hostname or ""):
            raise ValueError(f"PORTAL_PUBLIC_URL: {DEMO_UNASKED}")
        return self

    @model_validator(mode="after")
    def _secrets_outside_demo(self) -> "Settings":
        if not self.demo and not self.secret_key:
            raise ValueError("PORTAL_SECRET_KEY needs at least 32 characters outside demo mode")
        keys = [(name, getattr(self, name)) for name in _KEYS]
        keys += [("secret_key_fallbacks", key) for key in self.earlier_keys]
        for name, key in keys:
            if key and len(key) < SHORTEST_SECRET:
                raise ValueError(f"PORTAL_{name.upper()} needs at least 32 characters")
            if key and len(set(key)) < FEWEST_SIGNS:
                raise ValueError(f"PORTAL_{name.upper()} is easy to guess: make a random one")
        if self.metrics and not self.metrics_token:
            raise ValueError("PORTAL_METRICS needs PORTAL_METRICS_TOKEN")
        if self.embed_secret and self.embed_jwks_url:
            raise ValueError("set PORTAL_EMBED_SECRET or PORTAL_EMBED_JWKS_URL, not both")
        if self.debug_otp and not self.demo:
            raise ValueError("PORTAL_DEBUG_OTP needs demo mode")
        return self

    def may_answer_at(self, host: str) -> bool:
        """Whether the portal may be reached at an address: a demo nobody asked for stays here."""
        return not self.demo or "demo" in self.model_fields_set or is_loopback(host)

    @property
    def requires_two_step(self) -> bool:
        """Whether signing in on a new device takes two proofs of everybody."""
        return self.two_step == "required"

    @property
    def sqlalchemy_url(self) -> str:
        """Address of the database, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'portal.db'}"

    @property
    def invoice_series(self) -> str:
        """What numbers of invoices begin with; empty where the portal issues none."""
        return self.invoice_prefix or ("DEMO" if self.demo else "")

    @property
    def tier_benefits(self) -> dict[str, list[str]]:
        """What each tier brings; in demo mode an example where nothing is set."""
        return self.loyalty_benefits or (DEMO_BENEFITS if self.demo else {})

    @property
    def mail_server(self) -> MailServer | None:
        """Where e-mail is handed in, if anywhere."""
        if self.smtp_url and not is_added_address(self.smtp_url):
            return server_of_url(self.smtp_url)
        if not self.smtp_host:
            return None
        return server_of_parts(
            self.smtp_host, self.smtp_port, self.smtp_security, self.smtp_user, self.smtp_password
        )

    @property
    def origin(self) -> str:
        """Scheme, host and port customers reach the portal by."""
        return self.public_url or f"http://localhost:{self.port}"

    @property
    def storefront_origin(self) -> str:
        """Where the demo storefront is, if there is one: another site than the portal."""
        if not self.demo or self.storefront_port < 0:
            return ""
        return f"http://127.0.0.1:{self.storefront_port or self.port % 65535 + 1}"

    @property
    def shop_address(self) -> str:
        """Where customers shop; empty where that is not known."""
        return self.store_url or self.storefront_origin

    @property
    def has_shop(self) -> bool:
        """Whether pages lead back to a shop; the built pages know no port of a demo storefront."""
        return bool(self.store_url) or self.demo

    @property
    def framing_origins(self) -> tuple[str, ...]:
        """Origins that may show the portal in a frame."""
        return (*self.embed_origins, *filter(None, [self.storefront_origin]))

    def signing_key(self) -> str:
        """The key tokens are signed with; in demo mode made once and kept with mode 600."""
        return self.secret_key or _kept_secret(str(self.data_dir))

    @property
    def earlier_keys(self) -> tuple[str, ...]:
        """Keys that were in use before; see `secret_key_fallbacks`."""
        lines = (line.strip() for line in self.secret_key_fallbacks.splitlines())
        return tuple(line for line in lines if line)

    def storefront_secret(self) -> str:
        """What the demo storefront signs with; empty where there is none."""
        if not self.storefront_origin:
            return ""
        key = self.signing_key().encode()
        return hmac.new(key, b"demo storefront", hashlib.sha256).hexdigest()


@lru_cache(maxsize=4)
def _kept_secret(data_dir: str) -> str:
    path = Path(data_dir) / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # A half-written key must never be read by another worker: write aside, then link.
        draft = path.with_name(f"secret_key.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def require_asked_demo(settings: Settings, host: str) -> None:
    """Refuse to listen for others with a demo that nobody asked for.

    Raises:
        SettingsError: the address `host` is not this machine's own.
    """
    if not settings.may_answer_at(host):
        raise SettingsError(f"{DEMO_UNASKED[0].upper()}{DEMO_UNASKED[1:]}.")


def load_settings() -> Settings:
    """Read the environment.

    Raises:
        SettingsError: with one sentence per fault.
    """
    fields = Settings.model_fields
    faults = unknown_variables(os.environ, known_variables(fields))
    try:
        settings = Settings()
    except EnvironmentFault as error:
        faults.append(str(error))
    except ValidationError as error:
        for fault in error.errors():
            name = str(fault["loc"][0]) if fault["loc"] else ""
            setting = variable_of(name, fields[name]) if name in fields else name
            text = fault["msg"].removeprefix("Value error, ")
            faults.append(f"{setting}: {text}." if name else f"{text}.")
    if faults:
        raise SettingsError("\n".join(faults))
    return settings


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process; a wrong one ends it with one sentence per fault."""
    try:
        return load_settings()
    except SettingsError as error:
        sys.exit(f"Wrong settings.\n{error}")
