"""Who somebody is, how they sign in, and what they were told."""

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from account_portal import models as m
from account_portal.personal_data.service.tables.base import (
    SECRET,
    Own,
    contacts,
    direct,
    of_user,
    ordering,
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
        of_user(m.OtpChallenge.user_id)(customer_id),
    )


def _devices(customer_id: str) -> ColumnElement[bool]:
    return col(m.KnownDevice.subject).in_(
        select("user:" + col(m.User.id)).where(direct(m.User)(customer_id))
    )


def _looks(customer_id: str) -> ColumnElement[bool]:
    return or_(
        col(m.AuditEntry.about) == f"customer {customer_id}",
        col(m.AuditEntry.about).in_(
            select("order " + col(m.Order.order_number)).where(direct(m.Order)(customer_id))
        ),
    )


ACCOUNT: tuple[Own, ...] = (
    Own(
        m.User,
        "Your account",
        direct(m.User),
        "id customer_id customer_group_id external_id shop_email former_contacts email "
        "is_email_verified "
        "country_code phone is_phone_verified first_name last_name two_step_at "
        "two_step_waived_at deactivated_at created_at modified_at",
        {
            **ordering("is_unproven is_demo news"),
            "password_hash": SECRET,
            "passkey_handle": SECRET,
            "recovery_codes": SECRET,
            "picture_id": "The picture itself is among the files.",
        },
        scrubbed="customer_group_id external_id shop_email former_contacts email country_code "
        "phone first_name last_name password_hash passkey_handle recovery_codes picture_id",
        kept="id customer_id",
    ),
    Own(
        m.NotificationPreference,
        "What you want to hear of",
        of_user(m.NotificationPreference.user_id),
        "transactional_email transactional_sms transactional_whatsapp promotional_email "
        "promotional_sms promotional_whatsapp newsletter_email newsletter_sms "
        "newsletter_whatsapp modified_at",
        ordering("user_id"),
    ),
    Own(
        m.ConsentChange,
        "What you agreed to, and when",
        of_user(m.ConsentChange.user_id),
        "name is_on source created_at",
        ordering("id user_id"),
    ),
    Own(
        m.Address,
        "Saved addresses",
        direct(m.Address),
        "id nickname first_name last_name business_name tax_identification_number address_line1 "
        "address_line2 landmark delivery_instructions pincode city state country country_code "
        "phone email "
        "is_default_billing is_default_shipping created_at modified_at",
        ordering("customer_id"),
    ),
    Own(
        m.BankAccount,
        "Bank accounts",
        direct(m.BankAccount),
        "account_name number_masked ifsc_code bank_name is_default verification_status "
        "created_at modified_at",
        {
            **ordering("id customer_id"),
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
        ordering(
            "id customer_id priority attempts failures due_at tried_at modified_at last_error"
        ),
    ),
    Own(
        m.SignIn,
        "Sign-ins of the last months",
        of_user(m.SignIn.user_id),
        "method second_method succeeded user_agent ip_address created_at",
        ordering("id user_id"),
    ),
    Own(
        m.UserSession,
        "Where you are signed in",
        of_user(m.UserSession.user_id),
        "kind origin user_agent ip_address created_at last_seen_at expires_at ends_at proven_at "
        "revoked_at",
        {
            **ordering("id user_id anonymous_id opened_by generation rotated_at pair_used_at"),
            "cookie_hash": SECRET,
        },
    ),
    Own(
        m.Passkey,
        "Passkeys",
        of_user(m.Passkey.user_id),
        "name transports aaguid is_backup_eligible is_backed_up created_at last_used_at",
        {**ordering("id user_id sign_count"), "credential_id": SECRET, "public_key": SECRET},
    ),
    Own(
        m.KnownDevice,
        "Devices that signed in before",
        _devices,
        "wrong_codes trusted_at used_at",
        {**ordering("id subject"), "device_hash": SECRET},
    ),
    Own(
        m.OtpChallenge,
        "Codes of the last day",
        _codes,
        "action channel contact wrong_tries created_at expires_at confirmed_at used_at",
        {**ordering("id user_id asked_by registers"), "token_hash": SECRET, "code_hash": SECRET},
    ),
    Own(
        m.DataExport,
        "Copies of your data you asked for",
        direct(m.DataExport),
        "status created_at ready_at ends_at byte_count",
        ordering("id customer_id started_at attempts"),
    ),
    Own(
        m.ImportStatement,
        "What the shop's other systems said",
        lambda customer_id: col(m.ImportStatement.key).in_(statement_keys(customer_id)),
        "key statement",
        ordering("earlier held_in"),
    ),
    Own(
        m.AuditEntry,
        "What the shop's staff did and looked at",
        _looks,
        "created_at action about outcome",
        {
            **ordering("number"),
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
        ordering("customer_id"),
    ),
)
