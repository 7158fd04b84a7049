"""Field types that what goes in and what comes out share."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from account_portal.core.schemas import plain_text

DEFAULT_COUNTRY_CODE = "+91"

LoginMethod = Literal["email", "phone", "whatsapp", "password"]
OtpAction = Literal[
    "login",
    "register",
    "reset-password",
    "verify-phone",
    "verify-email",
    "update-phone",
    "update-email",
]
OtpToken = Annotated[
    str,
    StringConstraints(min_length=16, max_length=512),
    Field(description="Opaque handle of one OTP challenge."),
]
Otp = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4,8}$"),
    BeforeValidator(plain_text),
    Field(description="One-time code as the customer received it; six digits by default."),
]
