"""Examples for the OpenAPI document: values that keep to a schema and look like a shop's."""

from typing import Any

Schema = dict[str, Any]

TEXTS = {
    "message": "Done.",
    "version": "6419a3c5d2f80",
    "first_name": "Asha",
    "last_name": "Rao",
    "email": "asha@example.com",
    "username": "asha@example.com",
    "phone": "9876543210",
    "country_code": "+91",
    "address_line1": "14 Lake View Road",
    "address_line2": "2nd floor",
    "landmark": "Opposite the library",
    "pincode": "560001",
    "city": "Bengaluru",
    "state": "Karnataka",
    "country": "India",
    "business_name": "Rao Ceramics",
    "tax_identification_number": "29ABCDE1234F2Z5",
    "order_number": "NW-10482",
    "original_order_number": "NW-10482",
    "replacement_order_number": "NW-10511",
    "request_number": "RET-20318",
    "claim_number": "CLM-20319",
    "reference_number": "SHP-30771",
    "product_id": "stoneware-mug",
    "product_name": "Stoneware mug",
    "variant_id": "stoneware-mug-indigo",
    "variant_name": "Indigo",
    "sku": "MUG-IND-01",
    "slug": "stoneware-mug",
    "tax_type": "GST",
    "tax_rate": "18",
    "payment_method": "UPI",
    "payment_reference_number": "pay_7K2M9Q",
    "courier_company_name": "BlueDart",
    "awb_no": "77012345678",
    "bank_name": "State Bank of India",
    "account_holder_name": "Asha Rao",
    "account_number": "000123456789",
    "bank_account_number": "XXXXXXXX6789",
    "card_number": "XXXX XXXX XXXX 4242",
    "upi_id": "asha@upi",
    "wallet_name": "Paytm",
    "otp": "481516",
    "password": "correct horse battery",
    "code": "INR",
    "name": "Indian Rupee",
    "symbol": "₹",
    "cancellation_reason": "Ordered the wrong size",
    "customer_note": "Please leave it with the neighbour.",
    "feedback": "Quick and friendly.",
    "title": "Just right for the first coffee",
    "description": "Keeps warm, feels good in the hand.",
    "access_token": "eyJhbGciOi…",
    "refresh_token": "eyJhbGciOi…",
    "passkey_token": "eyJhbGciOiJIUzI1NiJ9…",
    "otp_token": "k7Jd0m2s9QxVt4Rb8LwZ",
}
NUMBERS: dict[str, float] = {
    "tax_rate": 18,
    "tax_amount": 180,
    "quantity": 2,
    "free_quantity": 0,
    "limit": 10,
    "rating": 4.5,
    "loyalty_point_redeemed": 0,
    "loyalty_point_earned": 118,
    "credit_balance_used": 0,
    "amount_unpaid": 0,
    "promotion_discount_amount": 0,
    "coupon_discount_amount": 0,
    "shipping_additional_cost": 0,
    "shipping_amount": 0,
    "selling_price_excluding_tax": 500,
    "selling_price": 590,
    "listing_price": 650,
    "total_weight": 0.8,
}
USUAL = ("delivered", "success", "approved", "earned", "refund", "original_payment_mode")
"""What an example shows of a state, if it is one of them; else the first."""
TRUE = {
    "is_email_verified", "is_phone_verified", "is_logged_in", "is_active", "is_verified",
    "is_cancellation_allowed", "is_return_allowed", "price_including_tax", "email", "sms",
}  # fmt: skip
FORMATS = {
    "date-time": "2026-03-14T09:26:53Z",
    "date": "2026-03-14",
    "email": "asha@example.com",
    "uri": "https://shop.example/mug.webp",
    "binary": "(the file)",
}
ULID = "01JQ8ZC7V3M5R2T4W6Y8A0BCDE"
MONEY = 1180.0
DEEPEST = 10


class Sampler:
    """Makes examples for the schemas of one document."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self._spec = spec

    def sample(self, schema: Schema, name: str = "", depth: int = 0) -> Any:
        """A value that keeps to the schema; `name` is the field it stands in."""
        schema = self._resolve(schema)
        for given in ("example", "const"):
            if given in schema:
                return schema[given]
        if schema.get("examples"):
            return schema["examples"][0]
        if schema.get("enum"):
            return next((value for value in USUAL if value in schema["enum"]), schema["enum"][0])
        for union in ("anyOf", "oneOf"):
            if union in schema:
                return self._of_union([self._resolve(one) for one in schema[union]], name, depth)
        return self._of_type(schema, name, depth)

    def _of_union(self, kinds: list[Schema], name: str, depth: int) -> Any:
        full = [kind for kind in kinds if kind.get("type") != "null"]
        plain = len(full) == 1 and full[0].get("type") in ("string", "integer", "number")
        if len(full) < len(kinds) and plain and not (_is_known(name) or "enum" in full[0]):
            return None
        return self.sample(full[0], name, depth)

    def _of_type(self, schema: Schema, name: str, depth: int) -> Any:
        kind = schema.get("type", "object" if "properties" in schema else "null")
        match kind if isinstance(kind, str) else kind[0]:
            case "object":
                fields = schema.get("properties", {}) if depth <= DEEPEST else {}
                return {key: self.sample(value, key, depth + 1) for key, value in fields.items()}
            case "array":
                return [self.sample(schema["items"], name.removesuffix("s"), depth + 1)]
            case "string":
                return _text(schema, name)
            case "boolean":
                return name in TRUE
            case "integer":
                return int(_number(schema, name, 1))
            case "number":
                return _number(schema, name, MONEY)
        return None

    def _resolve(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**self._spec["components"]["schemas"][name], **beside}
        if "allOf" in schema and len(schema["allOf"]) == 1:
            beside = {key: value for key, value in schema.items() if key != "allOf"}
            schema = {**self._resolve(schema["allOf"][0]), **beside}
        return schema


def _is_known(name: str) -> bool:
    return name in TEXTS or name in NUMBERS or name.endswith("_url")


def _text(schema: Schema, name: str) -> str:
    if "HJKMNP" in schema.get("pattern", ""):
        return ULID
    if name.endswith("_url"):
        return FORMATS["uri"]
    known = TEXTS.get(name) or FORMATS.get(schema.get("format", ""))
    text = known or str(schema.get("default") or (name or "text").replace("_", " "))
    return text[: schema.get("maxLength", len(text))]


def _number(schema: Schema, name: str, usual: float) -> float:
    number = NUMBERS.get(name, usual)
    number = max(number, schema.get("minimum", number))
    return min(number, schema.get("maximum", number))
