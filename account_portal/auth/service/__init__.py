"""Signing in and out, codes, passwords, sessions."""

from account_portal.auth.service.accounts import (
    check_verification_status,
    contact_of,
    create_user,
    find_user,
    require_free,
    set_contact,
)
from account_portal.auth.service.closing import deactivate_user
from account_portal.auth.service.code_requests import (
    generate_code,
    request_login_code,
    request_reset_code,
    send_proof_code,
)
from account_portal.auth.service.codes import (
    confirm_contact,
    know_device_by_link,
    token_for,
    verify_otp,
    verify_page,
)
from account_portal.auth.service.devices import (
    end_other_sessions,
    end_session,
    list_sessions,
    list_sign_ins,
    note_seen,
    read_security,
    sign_out_customer,
    sign_out_everybody,
)
from account_portal.auth.service.fresh_proof import note_proof, require_fresh_proof
from account_portal.auth.service.guessing import was_entered
from account_portal.auth.service.passkey_use import (
    begin_passkey_login,
    begin_passkey_proof,
    login_passkey_page,
    login_with_passkey,
    prove_with_passkey,
)
from account_portal.auth.service.passkeys import (
    add_passkey,
    begin_passkey,
    list_passkeys,
    passkey_origins,
    remove_passkey,
    rename_passkey,
)
from account_portal.auth.service.passwords import (
    change_password,
    confirm_password,
    login_page,
    login_with_password,
    register_page,
    register_with_password,
)
from account_portal.auth.service.proving import free_for, prove_contact, require_provable, settle
from account_portal.auth.service.resets import reset_password, reset_password_page
from account_portal.auth.service.sessions import (
    customer_of,
    device_of,
    end_page_session,
    handover_to,
    open_session,
    record_sign_in,
    redeem,
    refresh_tokens,
    renew_pair,
    sign_out,
    start_visitor_session,
)
from account_portal.auth.service.sweeping import sweep_sign_ins
from account_portal.auth.service.views import preferences_view, user_values, user_view

__all__ = [
    "add_passkey",
    "begin_passkey",
    "begin_passkey_login",
    "begin_passkey_proof",
    "change_password",
    "check_verification_status",
    "confirm_contact",
    "confirm_password",
    "contact_of",
    "create_user",
    "customer_of",
    "deactivate_user",
    "device_of",
    "end_other_sessions",
    "end_page_session",
    "end_session",
    "find_user",
    "free_for",
    "generate_code",
    "handover_to",
    "know_device_by_link",
    "list_passkeys",
    "list_sessions",
    "list_sign_ins",
    "login_page",
    "login_passkey_page",
    "login_with_passkey",
    "login_with_password",
    "note_proof",
    "note_seen",
    "open_session",
    "passkey_origins",
    "preferences_view",
    "prove_contact",
    "prove_with_passkey",
    "read_security",
    "record_sign_in",
    "redeem",
    "refresh_tokens",
    "register_page",
    "register_with_password",
    "remove_passkey",
    "rename_passkey",
    "renew_pair",
    "request_login_code",
    "request_reset_code",
    "require_free",
    "require_fresh_proof",
    "require_provable",
    "reset_password",
    "reset_password_page",
    "send_proof_code",
    "set_contact",
    "settle",
    "sign_out",
    "sign_out_customer",
    "sign_out_everybody",
    "start_visitor_session",
    "sweep_sign_ins",
    "token_for",
    "user_values",
    "user_view",
    "verify_otp",
    "verify_page",
    "was_entered",
]
