"""Who somebody is, how they sign in, and what they were told."""

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from account_portal import models as m
from account_portal.personal_data.service.tables.base import (
    NO_ID,
    NO_OWNER,
    ORDERING,
    SECRET,
    Own,
    contacts,
    direct,
    of_user,
    users,
)
from account_portal.personal_data.service.tables.statements import statement_keys


def _messages(customer_id: str) -> ColumnElement[bool]:
    return or_(
        col(m.OutboxMessage.customer_id) == customer_id,
        col(m.OutboxMessage.recipient).in_(contacts(customer_id)),
    )


def _codes(customer_id: str) -> ColumnElement[bool]:
    return or_(
        col(m.OtpChallenge.contact).in_(contacts(customer_id)),
        col(m.OtpChallenge.user_id).in_(users(customer_id)),
    )


def _devices(customer_id: str) -> ColumnElement[bool]:
    return col(m.KnownDevice.subject).in_(
        select("user:" + col(m.User.id)).where(col(m.User.customer_id) == customer_id)
    )


def _looks(customer_id: str) -> ColumnElement[bool]:
    return or_(
        col(m.AuditEntry.about) == f"customer {customer_id}",
        col(m.AuditEntry.about).in_(
            select("order " + col(m.Order.order_number)).where(
                col(m.Order.customer_id) == customer_id
            )
        ),
    )


ACCOUNT: tuple[Own, ...] = (
    Own(
        m.User,
        "Your account",
        direct(m.User),
        "id customer_id customer_group_id external_id shop_email email is_email_verified "
        "country_code phone is_phone_verified first_name last_name deactivated_at created_at "
        "modified_at",
        {
            "password_hash": SECRET,
            "passkey_handle": SECRET,
            "is_unproven": ORDERING,
            "picture_id": "The picture itself is among the files.",
            "is_demo": ORDERING,
            "news": ORDERING,
        },
        scrubbed="customer_group_id external_id shop_email email country_code phone first_name "
        "last_name password_hash passkey_handle picture_id",
        kept="id customer_id",
    ),
    Own(
        m.NotificationPreference,
        "What you want to hear of",
        of_user(m.NotificationPreference.user_id),
        "transactional_email transactional_sms transactional_whatsapp promotional_email "
        "promotional_sms promotional_whatsapp newsletter_email newsletter_sms "
        "newsletter_whatsapp modified_at",
        {"user_id": ORDERING},
    ),
    Own(
        m.ConsentChange,
        "What you agreed to, and when",
        of_user(m.ConsentChange.user_id),
        "name is_on source created_at",
        {**NO_ID, "user_id": ORDERING},
    ),
    Own(
        m.Address,
        "Saved addresses",
        direct(m.Address),
        "id nickname first_name last_name business_name tax_identification_number address_line1 "
        "address_line2 landmark pincode city state country country_code phone email "
        "is_default_billing is_default_shipping created_at modified_at",
        NO_OWNER,
    ),
    Own(
        m.BankAccount,
        "Bank accounts",
        direct(m.BankAccount),
        "account_name number_masked ifsc_code bank_name is_default verification_status "
        "created_at modified_at",
        {
            **NO_ID,
            **NO_OWNER,
            "number_encrypted": "The whole number is kept encrypted; who finds this archive "
            "should not find it too.",
            "number_digest": SECRET,
        },
    ),
    Own(
        m.OutboxMessage,
        "Messages of the last weeks",
        _messages,
        "channel recipient kind payload status created_at sent_at",
        {
            **NO_ID,
            **NO_OWNER,
            "priority": ORDERING,
            "attempts": ORDERING,
            "due_at": ORDERING,
            "modified_at": ORDERING,
            "last_error": ORDERING,
        },
    ),
    Own(
        m.SignIn,
        "Sign-ins of the last months",
        of_user(m.SignIn.user_id),
        "method succeeded user_agent ip_address created_at",
        {**NO_ID, "user_id": ORDERING},
    ),
    Own(
        m.UserSession,
        "Where you are signed in",
        of_user(m.UserSession.user_id),
        "kind origin user_agent ip_address created_at last_seen_at expires_at ends_at proven_at "
        "revoked_at",
        {
            **NO_ID,
            "user_id": ORDERING,
            "anonymous_id": ORDERING,
            "opened_by": ORDERING,
            "cookie_hash": SECRET,
            "generation": ORDERING,
            "rotated_at": ORDERING,
            "pair_used_at": ORDERING,
        },
    ),
    Own(
        m.Passkey,
        "Passkeys",
        of_user(m.Passkey.user_id),
        "name transports aaguid is_backup_eligible is_backed_up created_at last_used_at",
        {
            **NO_ID,
            "user_id": ORDERING,
            "credential_id": SECRET,
            "public_key": SECRET,
            "sign_count": ORDERING,
        },
    ),
    Own(
        m.KnownDevice,
        "Devices that signed in before",
        _devices,
        "wrong_codes used_at",
        {**NO_ID, "subject": ORDERING, "device_hash": SECRET},
    ),
    Own(
        m.OtpChallenge,
        "Codes of the last day",
        _codes,
        "action channel contact wrong_tries created_at expires_at confirmed_at used_at",
        {
            **NO_ID,
            "token_hash": SECRET,
            "user_id": ORDERING,
            "asked_by": ORDERING,
            "registers": ORDERING,
            "code_hash": SECRET,
        },
    ),
    Own(
        m.DataExport,
        "Copies of your data you asked for",
        direct(m.DataExport),
        "status created_at ready_at ends_at byte_count",
        {**NO_ID, **NO_OWNER, "started_at": ORDERING, "attempts": ORDERING},
    ),
    Own(
        m.ImportStatement,
        "What the shop's other systems said",
        lambda customer_id: col(m.ImportStatement.key).in_(statement_keys(customer_id)),
        "key statement",
        {"earlier": ORDERING, "held_in": ORDERING},
    ),
    Own(
        m.AuditEntry,
        "What the shop's staff did and looked at",
        _looks,
        "created_at action about outcome",
        {
            "number": ORDERING,
            "actor": "It names people of the shop.",
            "details": "It is what people of the shop wrote for themselves.",
            "ip_address": "It is of people of the shop.",
            "previous_hash": SECRET,
            "hash": SECRET,
        },
        kept="actor action about outcome details ip_address previous_hash hash",
    ),
    Own(
        m.Media,
        "Files",
        direct(m.Media),
        "id kind content_type sizes byte_count created_at",
        NO_OWNER,
    ),
)
