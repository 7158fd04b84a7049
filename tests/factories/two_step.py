"""Accounts with two-step sign-in, and a client of the API that signs in to them."""

from typing import Any

from account_portal.core.db import Database
from account_portal.models import User
from tests.conftest import Api
from tests.factories.auth import change_user, last_code, other_code
from tests.factories.users import PASSWORD

PHONE = {"country_code": "+91", "phone": "9845012345"}


def with_phone(database: Database, user: User) -> User:
    """The user with a verified phone besides."""
    return change_user(database, user, **PHONE, is_phone_verified=True)


def turn_on(api: Api, user: User) -> list[str]:
    """Turn it on; returns the recovery codes."""
    answer = api.post("/auth/two-step", user=user)
    assert answer.status_code == 200, answer.text
    codes: list[str] = answer.json()["content"]["recovery_codes"]
    return codes


def code_of(answer: Any) -> str:
    """Code of a refusal; "ok" if it is none."""
    return "ok" if answer.status_code == 200 else str(answer.json()["code"])


def wrong_code(proof: dict[str, str]) -> dict[str, str]:
    """What `Client.second_code` gave, with another code."""
    return {**proof, "otp": other_code(proof["otp"])}


class Client:
    """A client of the API on one device, which keeps what sign-ins give it."""

    def __init__(self, api: Api, database: Database, email: str = "owner@example.com") -> None:
        self.api, self.database, self.email = api, database, email
        self.device = ""

    def post(self, path: str, **body: Any) -> Any:
        headers = {"X-Device-Token": self.device} if self.device else {}
        answer = self.api.post(path, json=body, headers=headers)
        if answer.status_code == 200:
            self.device = answer.json()["content"].get("device_token") or self.device
        return answer

    def by_password(self) -> Any:
        return self.post("/auth/login/password", email=self.email, password=PASSWORD)

    def by_email(self) -> Any:
        return self._confirm(self.post("/auth/login/email", email=self.email))

    def by_phone(self) -> Any:
        return self._confirm(self.post("/auth/login/phone", **PHONE))

    def by_reset(self, password: str) -> Any:
        sent = self.post("/auth/forgot-password", email=self.email).json()["content"]
        return self.post(
            "/auth/reset-password",
            otp_token=sent["otp_token"],
            otp=last_code(self.database),
            new_password=password,
            confirm_password=password,
        )

    def _confirm(self, sent: Any) -> Any:
        token = sent.json()["content"]["otp_token"]
        code = last_code(self.database)
        return self.post("/auth/verify-otp", otp_token=token, otp=code, otp_action="login")

    def second(self, first: Any, **proof: Any) -> Any:
        """Follow a first proof, whose answer this is."""
        token = first.json()["content"]["second_proof_token"]
        return self.post("/auth/second-proof", second_proof_token=token, **proof)

    def second_code(self, first: Any, channel: str) -> dict[str, str]:
        """Ask for a code after a first proof; what proves that it came."""
        token = first.json()["content"]["second_proof_token"]
        sent = self.post("/auth/second-proof/code", second_proof_token=token, channel=channel)
        assert sent.status_code == 200, sent.text
        handle = sent.json()["content"]["otp_token"]
        return {"otp_token": handle, "otp": last_code(self.database)}
