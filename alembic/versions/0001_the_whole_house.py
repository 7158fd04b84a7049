"""the whole house

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from account_portal.core.db import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "address_copies",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("address_id", sa.String(length=26), nullable=True),
        sa.Column("first_name", sa.String(length=200), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=True),
        sa.Column("country_code", sa.String(length=5), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("address_line1", sa.String(length=255), nullable=False),
        sa.Column("address_line2", sa.String(length=255), nullable=True),
        sa.Column("landmark", sa.String(length=255), nullable=True),
        sa.Column("pincode", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=100), nullable=False),
        sa.Column("country", sa.String(length=60), nullable=False),
        sa.Column("tax_identification_number", sa.String(length=32), nullable=True),
        sa.Column("business_name", sa.String(length=150), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_copies")),
    )
    op.create_table(
        "addresses",
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=True),
        sa.Column("country_code", sa.String(length=5), nullable=False),
        sa.Column("phone", sa.String(length=14), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("address_line1", sa.String(length=255), nullable=False),
        sa.Column("address_line2", sa.String(length=255), nullable=True),
        sa.Column("landmark", sa.String(length=255), nullable=True),
        sa.Column("pincode", sa.String(length=12), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=100), nullable=False),
        sa.Column("country", sa.String(length=60), nullable=False),
        sa.Column("tax_identification_number", sa.String(length=32), nullable=True),
        sa.Column("business_name", sa.String(length=150), nullable=True),
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("nickname", sa.String(length=50), nullable=True),
        sa.Column("is_default_billing", sa.Boolean(), nullable=False),
        sa.Column("is_default_shipping", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
    )
    with op.batch_alter_table("addresses", schema=None) as batch_op:
        batch_op.create_index(
            "ix_addresses_customer_id_modified_at",
            ["customer_id", "modified_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_addresses_default_billing",
            ["customer_id"],
            unique=True,
            sqlite_where=sa.text("is_default_billing"),
            postgresql_where=sa.text("is_default_billing"),
        )
        batch_op.create_index(
            "uq_addresses_default_shipping",
            ["customer_id"],
            unique=True,
            sqlite_where=sa.text("is_default_shipping"),
            postgresql_where=sa.text("is_default_shipping"),
        )

    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_table(
        "bank_accounts",
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("account_name", sa.String(length=150), nullable=False),
        sa.Column("number_encrypted", sa.String(length=400), nullable=False),
        sa.Column("number_digest", sa.String(length=64), nullable=False),
        sa.Column("number_masked", sa.String(length=40), nullable=False),
        sa.Column("ifsc_code", sa.String(length=11), nullable=False),
        sa.Column("bank_name", sa.String(length=150), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("verification_status", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_accounts")),
        sa.UniqueConstraint(
            "customer_id",
            "number_digest",
            "ifsc_code",
            name=op.f("uq_bank_accounts_customer_id_number_digest_ifsc_code"),
        ),
    )
    with op.batch_alter_table("bank_accounts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_bank_accounts_customer_id_created_at",
            ["customer_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_bank_accounts_default",
            ["customer_id"],
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        )

    op.create_table(
        "credit_activities",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=30), nullable=False),
        sa.Column("reference_number", sa.String(length=64), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_activities")),
    )
    with op.batch_alter_table("credit_activities", schema=None) as batch_op:
        batch_op.create_index(
            "ix_credit_activities_customer_id_created_at",
            ["customer_id", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "idempotency_keys",
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("operation", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "customer_id", "operation", "key", name=op.f("pk_idempotency_keys")
        ),
    )
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_idempotency_keys_created_at"), ["created_at"], unique=False
        )

    op.create_table(
        "loyalty_accounts",
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("membership_number", sa.String(length=40), nullable=False),
        sa.Column("earned", sa.Integer(), nullable=False),
        sa.Column("redeemed", sa.Integer(), nullable=False),
        sa.Column("bonus", sa.Integer(), nullable=False),
        sa.Column("savings", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "earned >= redeemed", name=op.f("ck_loyalty_accounts_balance_not_negative")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_loyalty_accounts")),
        sa.UniqueConstraint(
            "membership_number", name=op.f("uq_loyalty_accounts_membership_number")
        ),
    )
    op.create_table(
        "media",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("sizes", sa.String(length=100), nullable=False),
        sa.Column("byte_count", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_media_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "order_counts",
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "status", name=op.f("pk_order_counts")),
    )
    op.create_table(
        "otp_challenges",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("contact", sa.String(length=254), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=True),
        sa.Column("asked_by", sa.String(length=26), nullable=True),
        sa.Column("registers", sa.Boolean(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_otp_challenges")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_otp_challenges_token_hash")),
    )
    with op.batch_alter_table("otp_challenges", schema=None) as batch_op:
        batch_op.create_index(
            "ix_otp_challenges_contact_action", ["contact", "action"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_otp_challenges_expires_at"), ["expires_at"], unique=False
        )

    op.create_table(
        "outbox_messages",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column(
            "payload",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("sent_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_messages")),
    )
    with op.batch_alter_table("outbox_messages", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_messages_status_due_at", ["status", "due_at"], unique=False
        )

    op.create_table(
        "products",
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("slug", sa.String(length=255), nullable=False),
        sa.Column("image_url", sa.String(length=1000), nullable=True),
        sa.Column("product_type", sa.String(length=10), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("selling_price", sa.Integer(), nullable=False),
        sa.Column("listing_price", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("rating_sum", sa.Integer(), nullable=False),
        sa.Column("rating_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
    )
    op.create_table(
        "rate_events",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("bucket", sa.String(length=120), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_events")),
    )
    with op.batch_alter_table("rate_events", schema=None) as batch_op:
        batch_op.create_index(
            "ix_rate_events_bucket_created_at", ["bucket", "created_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_rate_events_created_at"), ["created_at"], unique=False)

    op.create_table(
        "loyalty_activities",
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=True),
        sa.Column("activity_type", sa.String(length=10), nullable=False),
        sa.Column("activity", sa.String(length=30), nullable=False),
        sa.Column("reference_number", sa.String(length=64), nullable=True),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("loyalty_point", sa.Integer(), nullable=False),
        sa.Column("remarks", sa.String(length=500), nullable=True),
        sa.Column("spendable_at", UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("loyalty_point > 0", name=op.f("ck_loyalty_activities_points_positive")),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["loyalty_accounts.customer_id"],
            name=op.f("fk_loyalty_activities_customer_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loyalty_activities")),
        sa.UniqueConstraint("external_id", name=op.f("uq_loyalty_activities_external_id")),
    )
    with op.batch_alter_table("loyalty_activities", schema=None) as batch_op:
        batch_op.create_index(
            "ix_loyalty_activities_customer_id_created_at",
            ["customer_id", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "orders",
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("order_number", sa.String(length=40), nullable=False),
        sa.Column("order_date", UtcDateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("payment_status", sa.String(length=20), nullable=False),
        sa.Column("payment_success_date", UtcDateTime(timezone=True), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("customer_email", sa.String(length=254), nullable=True),
        sa.Column("customer_phone", sa.String(length=40), nullable=True),
        sa.Column("customer_note", sa.Text(), nullable=True),
        sa.Column("coupon_code", sa.String(length=100), nullable=True),
        sa.Column(
            "applied_promotions",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "applied_coupons",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "extra",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=True,
        ),
        sa.Column("promotion_discount_amount", sa.Integer(), nullable=False),
        sa.Column("coupon_discount_amount", sa.Integer(), nullable=False),
        sa.Column("promotion_savings", sa.Integer(), nullable=False),
        sa.Column("coupon_savings", sa.Integer(), nullable=False),
        sa.Column("other_savings", sa.Integer(), nullable=False),
        sa.Column("subtotal", sa.Integer(), nullable=False),
        sa.Column("item_total_tax", sa.Integer(), nullable=False),
        sa.Column("shipping_estimated_cost", sa.Integer(), nullable=False),
        sa.Column("shipping_discount_amount", sa.Integer(), nullable=False),
        sa.Column("shipping_amount", sa.Integer(), nullable=False),
        sa.Column("shipping_tax_rate", sa.Integer(), nullable=False),
        sa.Column("shipping_tax_amount", sa.Integer(), nullable=False),
        sa.Column("handling_charge_excluding_tax", sa.Integer(), nullable=False),
        sa.Column("handling_charge_tax_amount", sa.Integer(), nullable=False),
        sa.Column("grand_total", sa.Integer(), nullable=False),
        sa.Column("loyalty_point_earned", sa.Integer(), nullable=False),
        sa.Column("loyalty_point_redeemed", sa.Integer(), nullable=False),
        sa.Column("loyalty_amount", sa.Integer(), nullable=False),
        sa.Column("credit_balance_used", sa.Integer(), nullable=False),
        sa.Column("shipping_provider_id", sa.String(length=64), nullable=True),
        sa.Column("courier_company_id", sa.String(length=64), nullable=True),
        sa.Column("on_subscription", sa.Boolean(), nullable=False),
        sa.Column("billing_address_id", sa.String(length=26), nullable=True),
        sa.Column("shipping_address_id", sa.String(length=26), nullable=True),
        sa.Column("replaces_return_id", sa.String(length=26), nullable=True),
        sa.Column("cancellation_reason", sa.String(length=500), nullable=True),
        sa.Column("feedback", sa.String(length=1000), nullable=True),
        sa.Column("cancelled_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("completes_at", UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("grand_total >= 0", name=op.f("ck_orders_grand_total_not_negative")),
        sa.ForeignKeyConstraint(
            ["billing_address_id"],
            ["address_copies.id"],
            name=op.f("fk_orders_billing_address_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shipping_address_id"],
            ["address_copies.id"],
            name=op.f("fk_orders_shipping_address_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("order_number", name=op.f("uq_orders_order_number")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(
            "ix_orders_customer_date",
            ["customer_id", "order_date", "order_number"],
            unique=False,
        )
        batch_op.create_index(
            "ix_orders_customer_status_date",
            ["customer_id", "status", "order_date", "order_number"],
            unique=False,
        )
        batch_op.create_index(
            "ix_orders_status_completes_at", ["status", "completes_at"], unique=False
        )

    op.create_table(
        "reviews",
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("order_number", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("review_text", sa.Text(), nullable=False),
        sa.Column("review_date", UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "tags",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.CheckConstraint("rating BETWEEN 2 AND 10", name=op.f("ck_reviews_rating_in_half_stars")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_reviews_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint(
            "customer_id", "product_id", name=op.f("uq_reviews_customer_id_product_id")
        ),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reviews_customer_id_review_date",
            ["customer_id", "review_date", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_reviews_product_id_status",
            ["product_id", "status", "review_date"],
            unique=False,
        )

    op.create_table(
        "subscriptions",
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("subscription_number", sa.String(length=40), nullable=False),
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("plan", sa.String(length=100), nullable=False),
        sa.Column("interval", sa.Integer(), nullable=False),
        sa.Column("frequency", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("next_date", UtcDateTime(timezone=True), nullable=True),
        sa.Column("shipping_address_id", sa.String(length=26), nullable=True),
        sa.Column("billing_address_id", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["billing_address_id"],
            ["addresses.id"],
            name=op.f("fk_subscriptions_billing_address_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shipping_address_id"],
            ["addresses.id"],
            name=op.f("fk_subscriptions_shipping_address_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint(
            "subscription_number", name=op.f("uq_subscriptions_subscription_number")
        ),
    )
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_subscriptions_billing_address_id"),
            ["billing_address_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_subscriptions_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_subscriptions_shipping_address_id"),
            ["shipping_address_id"],
            unique=False,
        )

    op.create_table(
        "users",
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("customer_group_id", sa.String(length=64), nullable=True),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("is_email_verified", sa.Boolean(), nullable=False),
        sa.Column("country_code", sa.String(length=5), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("is_phone_verified", sa.Boolean(), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=True),
        sa.Column("last_name", sa.String(length=100), nullable=True),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("picture_id", sa.String(length=26), nullable=True),
        sa.Column("deactivated_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(phone IS NULL) = (country_code IS NULL)",
            name=op.f("ck_users_phone_has_country_code"),
        ),
        sa.ForeignKeyConstraint(["picture_id"], ["media.id"], name=op.f("fk_users_picture_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("country_code", "phone", name=op.f("uq_users_country_code_phone")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("external_id", name=op.f("uq_users_external_id")),
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "notification_preferences",
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("transactional_email", sa.Boolean(), nullable=False),
        sa.Column("transactional_sms", sa.Boolean(), nullable=False),
        sa.Column("transactional_whatsapp", sa.Boolean(), nullable=False),
        sa.Column("promotional_email", sa.Boolean(), nullable=False),
        sa.Column("promotional_sms", sa.Boolean(), nullable=False),
        sa.Column("promotional_whatsapp", sa.Boolean(), nullable=False),
        sa.Column("newsletter_email", sa.Boolean(), nullable=False),
        sa.Column("newsletter_sms", sa.Boolean(), nullable=False),
        sa.Column("newsletter_whatsapp", sa.Boolean(), nullable=False),
        sa.Column("modified_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notification_preferences_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notification_preferences")),
    )
    op.create_table(
        "order_documents",
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("order_number", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column(
            "remaining",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("valid_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_documents_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_documents")),
        sa.UniqueConstraint("order_number", name=op.f("uq_order_documents_order_number")),
    )
    with op.batch_alter_table("order_documents", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_order_documents_valid_until"), ["valid_until"], unique=False
        )

    op.create_table(
        "order_lines",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("product_name", sa.String(length=255), nullable=False),
        sa.Column("product_image_url", sa.String(length=1000), nullable=True),
        sa.Column("product_type", sa.String(length=10), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("slug", sa.String(length=255), nullable=False),
        sa.Column("variant_id", sa.String(length=64), nullable=True),
        sa.Column("variant_name", sa.String(length=255), nullable=True),
        sa.Column("backorder", sa.Boolean(), nullable=False),
        sa.Column("on_offer", sa.Boolean(), nullable=False),
        sa.Column("on_promotion", sa.Boolean(), nullable=False),
        sa.Column("on_subscription", sa.Boolean(), nullable=False),
        sa.Column("subscription_plan", sa.String(length=100), nullable=True),
        sa.Column("subscription_interval", sa.Integer(), nullable=True),
        sa.Column("subscription_frequency", sa.String(length=20), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("free_quantity", sa.Integer(), nullable=False),
        sa.Column("is_free_item", sa.Boolean(), nullable=False),
        sa.Column("price_including_tax", sa.Boolean(), nullable=False),
        sa.Column("selling_price", sa.Integer(), nullable=False),
        sa.Column("listing_price", sa.Integer(), nullable=False),
        sa.Column("selling_price_excluding_tax", sa.Integer(), nullable=False),
        sa.Column("promotion_discount_amount", sa.Integer(), nullable=False),
        sa.Column("coupon_discount_amount", sa.Integer(), nullable=False),
        sa.Column("tax_type", sa.String(length=20), nullable=False),
        sa.Column("tax_rate", sa.Integer(), nullable=False),
        sa.Column("tax_amount", sa.Integer(), nullable=False),
        sa.Column("line_total", sa.Integer(), nullable=False),
        sa.Column("shipping_additional_cost", sa.Integer(), nullable=False),
        sa.Column(
            "associated_options",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=True,
        ),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_order_lines_quantity_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
        sa.UniqueConstraint("order_id", "sku", name=op.f("uq_order_lines_order_id_sku")),
    )
    op.create_table(
        "payments",
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("request_number", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("payment_status", sa.String(length=20), nullable=False),
        sa.Column("payment_date", UtcDateTime(timezone=True), nullable=True),
        sa.Column("payment_reference_number", sa.String(length=100), nullable=True),
        sa.Column("payment_method", sa.String(length=60), nullable=True),
        sa.Column("payment_gateway", sa.String(length=32), nullable=True),
        sa.Column("redirect_url", sa.String(length=1000), nullable=True),
        sa.Column("success_url", sa.String(length=1000), nullable=True),
        sa.Column("failure_url", sa.String(length=1000), nullable=True),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("icon_url", sa.String(length=1000), nullable=True),
        sa.Column("card_number", sa.String(length=40), nullable=True),
        sa.Column("card_type", sa.String(length=20), nullable=True),
        sa.Column("bank_name", sa.String(length=150), nullable=True),
        sa.Column("upi_id", sa.String(length=100), nullable=True),
        sa.Column("wallet_name", sa.String(length=60), nullable=True),
        sa.Column("bank_account_number", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payments_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("request_number", name=op.f("uq_payments_request_number")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_payments_order_id_created_at",
            ["order_id", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "purchases",
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("order_number", sa.String(length=40), nullable=False),
        sa.Column("order_date", UtcDateTime(timezone=True), nullable=False),
        sa.Column("product_name", sa.String(length=255), nullable=False),
        sa.Column("product_image_url", sa.String(length=1000), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("selling_price", sa.Integer(), nullable=False),
        sa.Column("listing_price", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_purchases_order_id")),
        sa.PrimaryKeyConstraint("customer_id", "product_id", name=op.f("pk_purchases")),
    )
    with op.batch_alter_table("purchases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purchases_order_id"), ["order_id"], unique=False)

    op.create_table(
        "returns",
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("request_number", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("subtotal", sa.Integer(), nullable=False),
        sa.Column("shipping_amount", sa.Integer(), nullable=False),
        sa.Column("total_tax", sa.Integer(), nullable=False),
        sa.Column("grand_total", sa.Integer(), nullable=False),
        sa.Column("pickup_address_id", sa.String(length=26), nullable=True),
        sa.Column("approved_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("rejected_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("rejection_reason", sa.String(length=500), nullable=True),
        sa.Column("shipped_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("received_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("completed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("replacement_order_id", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_returns_order_id")),
        sa.ForeignKeyConstraint(
            ["pickup_address_id"],
            ["address_copies.id"],
            name=op.f("fk_returns_pickup_address_id"),
        ),
        sa.ForeignKeyConstraint(
            ["replacement_order_id"],
            ["orders.id"],
            name=op.f("fk_returns_replacement_order_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returns")),
        sa.UniqueConstraint("request_number", name=op.f("uq_returns_request_number")),
    )
    with op.batch_alter_table("returns", schema=None) as batch_op:
        batch_op.create_index(
            "ix_returns_customer_id_created_at",
            ["customer_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_returns_order_id_created_at",
            ["order_id", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "review_media",
        sa.Column("review_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("media_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_review_media_media_id")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_review_media_review_id")
        ),
        sa.PrimaryKeyConstraint("review_id", "position", name=op.f("pk_review_media")),
    )
    with op.batch_alter_table("review_media", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_media_media_id"), ["media_id"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=True),
        sa.Column("anonymous_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("cookie_hash", sa.String(length=64), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("rotated_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("user_agent", sa.String(length=300), nullable=True),
        sa.Column("ip_address", sa.String(length=45), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("cookie_hash", name=op.f("uq_sessions_cookie_hash")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(
            "ix_sessions_user_id_last_seen_at",
            ["user_id", "last_seen_at"],
            unique=False,
        )

    op.create_table(
        "shipments",
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("reference_number", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("total_weight", sa.Integer(), nullable=False),
        sa.Column("total_boxes", sa.Integer(), nullable=False),
        sa.Column("shipping_amount", sa.Integer(), nullable=False),
        sa.Column("shipping_tax_amount", sa.Integer(), nullable=False),
        sa.Column("courier_company_name", sa.String(length=100), nullable=True),
        sa.Column("shipping_label_url", sa.String(length=1000), nullable=True),
        sa.Column("awb_no", sa.String(length=64), nullable=True),
        sa.Column("tracking_url", sa.String(length=1000), nullable=True),
        sa.Column("eta_delivery", sa.String(length=40), nullable=True),
        sa.Column("packed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("shipped_date", UtcDateTime(timezone=True), nullable=True),
        sa.Column("delivered_date", UtcDateTime(timezone=True), nullable=True),
        sa.Column("cancellation_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_shipments_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
        sa.UniqueConstraint("reference_number", name=op.f("uq_shipments_reference_number")),
    )
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_shipments_order_id_created_at",
            ["order_id", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "sign_ins",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("user_agent", sa.String(length=300), nullable=True),
        sa.Column("ip_address", sa.String(length=45), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_ins_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
    )
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.create_index(
            "ix_sign_ins_user_id_created_at", ["user_id", "created_at"], unique=False
        )

    op.create_table(
        "refunds",
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("return_id", sa.String(length=26), nullable=True),
        sa.Column("request_number", sa.String(length=64), nullable=False),
        sa.Column("refund_amount", sa.Integer(), nullable=False),
        sa.Column("refund_date", UtcDateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("payment_mode", sa.String(length=24), nullable=False),
        sa.Column("payment_method", sa.String(length=60), nullable=True),
        sa.Column("payment_reference_number", sa.String(length=100), nullable=True),
        sa.Column("bank_account_id", sa.String(length=26), nullable=True),
        sa.Column("bank_account_number", sa.String(length=40), nullable=True),
        sa.Column("bank_name", sa.String(length=150), nullable=True),
        sa.Column("refund_remarks", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["bank_account_id"],
            ["bank_accounts.id"],
            name=op.f("fk_refunds_bank_account_id"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refunds_order_id")),
        sa.ForeignKeyConstraint(["return_id"], ["returns.id"], name=op.f("fk_refunds_return_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("request_number", name=op.f("uq_refunds_request_number")),
    )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_refunds_bank_account_id"), ["bank_account_id"], unique=False
        )
        batch_op.create_index(
            "ix_refunds_order_id_created_at",
            ["order_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_refunds_return_id"), ["return_id"], unique=False)

    op.create_table(
        "return_items",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("return_id", sa.String(length=26), nullable=False),
        sa.Column("line_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("resolution", sa.String(length=12), nullable=False),
        sa.Column("return_reason", sa.String(length=500), nullable=False),
        sa.Column("refund_amount", sa.Integer(), nullable=False),
        sa.Column("tax_amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_return_items_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.id"], name=op.f("fk_return_items_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["returns.id"], name=op.f("fk_return_items_return_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_items")),
    )
    with op.batch_alter_table("return_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_return_items_line_id"), ["line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_return_items_return_id"), ["return_id"], unique=False)

    op.create_table(
        "shipment_events",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("shipment_id", sa.String(length=26), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("place", sa.String(length=150), nullable=True),
        sa.Column("happened_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["shipments.id"],
            name=op.f("fk_shipment_events_shipment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_events")),
    )
    with op.batch_alter_table("shipment_events", schema=None) as batch_op:
        batch_op.create_index(
            "ix_shipment_events_shipment_id_happened_at",
            ["shipment_id", "happened_at", "id"],
            unique=False,
        )

    op.create_table(
        "shipment_items",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("shipment_id", sa.String(length=26), nullable=False),
        sa.Column("line_id", sa.String(length=26), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("free_quantity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.id"], name=op.f("fk_shipment_items_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["shipments.id"],
            name=op.f("fk_shipment_items_shipment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_items")),
        sa.UniqueConstraint(
            "shipment_id", "line_id", name=op.f("uq_shipment_items_shipment_id_line_id")
        ),
    )
    with op.batch_alter_table("shipment_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shipment_items_line_id"), ["line_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("shipment_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shipment_items_line_id"))

    op.drop_table("shipment_items")
    with op.batch_alter_table("shipment_events", schema=None) as batch_op:
        batch_op.drop_index("ix_shipment_events_shipment_id_happened_at")

    op.drop_table("shipment_events")
    with op.batch_alter_table("return_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_return_items_return_id"))
        batch_op.drop_index(batch_op.f("ix_return_items_line_id"))

    op.drop_table("return_items")
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refunds_return_id"))
        batch_op.drop_index("ix_refunds_order_id_created_at")
        batch_op.drop_index(batch_op.f("ix_refunds_bank_account_id"))

    op.drop_table("refunds")
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_ins_user_id_created_at")

    op.drop_table("sign_ins")
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.drop_index("ix_shipments_order_id_created_at")

    op.drop_table("shipments")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_sessions_user_id_last_seen_at")
        batch_op.drop_index(batch_op.f("ix_sessions_expires_at"))

    op.drop_table("sessions")
    with op.batch_alter_table("review_media", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_media_media_id"))

    op.drop_table("review_media")
    with op.batch_alter_table("returns", schema=None) as batch_op:
        batch_op.drop_index("ix_returns_order_id_created_at")
        batch_op.drop_index("ix_returns_customer_id_created_at")

    op.drop_table("returns")
    with op.batch_alter_table("purchases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_purchases_order_id"))

    op.drop_table("purchases")
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_index("ix_payments_order_id_created_at")

    op.drop_table("payments")
    op.drop_table("order_lines")
    op.drop_table("order_documents")
    op.drop_table("notification_preferences")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_users_customer_id"))

    op.drop_table("users")
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subscriptions_shipping_address_id"))
        batch_op.drop_index(batch_op.f("ix_subscriptions_customer_id"))
        batch_op.drop_index(batch_op.f("ix_subscriptions_billing_address_id"))

    op.drop_table("subscriptions")
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.drop_index("ix_reviews_product_id_status")
        batch_op.drop_index("ix_reviews_customer_id_review_date")

    op.drop_table("reviews")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index("ix_orders_status_completes_at")
        batch_op.drop_index("ix_orders_customer_status_date")
        batch_op.drop_index("ix_orders_customer_date")

    op.drop_table("orders")
    with op.batch_alter_table("loyalty_activities", schema=None) as batch_op:
        batch_op.drop_index("ix_loyalty_activities_customer_id_created_at")

    op.drop_table("loyalty_activities")
    with op.batch_alter_table("rate_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rate_events_created_at"))
        batch_op.drop_index("ix_rate_events_bucket_created_at")

    op.drop_table("rate_events")
    op.drop_table("products")
    with op.batch_alter_table("outbox_messages", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_messages_status_due_at")

    op.drop_table("outbox_messages")
    with op.batch_alter_table("otp_challenges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_otp_challenges_expires_at"))
        batch_op.drop_index("ix_otp_challenges_contact_action")

    op.drop_table("otp_challenges")
    op.drop_table("order_counts")
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_media_customer_id"))

    op.drop_table("media")
    op.drop_table("loyalty_accounts")
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_keys_created_at"))

    op.drop_table("idempotency_keys")
    with op.batch_alter_table("credit_activities", schema=None) as batch_op:
        batch_op.drop_index("ix_credit_activities_customer_id_created_at")

    op.drop_table("credit_activities")
    with op.batch_alter_table("bank_accounts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_bank_accounts_default",
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        )
        batch_op.drop_index("ix_bank_accounts_customer_id_created_at")

    op.drop_table("bank_accounts")
    op.drop_table("api_keys")
    with op.batch_alter_table("addresses", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_addresses_default_shipping",
            sqlite_where=sa.text("is_default_shipping"),
            postgresql_where=sa.text("is_default_shipping"),
        )
        batch_op.drop_index(
            "uq_addresses_default_billing",
            sqlite_where=sa.text("is_default_billing"),
            postgresql_where=sa.text("is_default_billing"),
        )
        batch_op.drop_index("ix_addresses_customer_id_modified_at")

    op.drop_table("addresses")
    op.drop_table("address_copies")
