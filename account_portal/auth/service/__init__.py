"""Signing in and out, codes, passwords, sessions."""

from account_portal.auth.service.accounts import (
    check_verification_status,
    contact_of,
    deactivate_user,
    find_user,
    require_free,
)
from account_portal.auth.service.passwords import (
    change_password,
    login_page,
    login_with_password,
    register_page,
    register_with_password,
)
from account_portal.auth.service.sessions import (
    end_other_sessions,
    end_page_session,
    end_session,
    list_sessions,
    list_sign_ins,
    refresh_tokens,
    renew_pair,
    sign_out,
    start_visitor_session,
)
from account_portal.auth.service.views import picture_url, preferences_view, user_view

__all__ = [
    "change_password",
    "check_verification_status",
    "contact_of",
    "deactivate_user",
    "end_other_sessions",
    "end_page_session",
    "end_session",
    "find_user",
    "list_sessions",
    "list_sign_ins",
    "login_page",
    "login_with_password",
    "picture_url",
    "preferences_view",
    "refresh_tokens",
    "register_page",
    "register_with_password",
    "renew_pair",
    "require_free",
    "sign_out",
    "start_visitor_session",
    "user_view",
]
