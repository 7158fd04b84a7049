"""Payment methods as shops call them, in the languages they sell in."""

import re
from functools import lru_cache

from account_portal.core.text import folded

_AT_THE_DOOR = (
    # English
    "on delivery", "upon delivery", "on arrival",
    # German
    "Nachnahme", "Zahlung bei Lieferung", "Zahlung bei Zustellung", "Zahlung bei Erhalt",
    "Zahlen bei Lieferung",
    # Dutch
    "bij aflevering", "bij levering", "onder rembours", "rembourszending",
    # French
    "contre remboursement", "à la livraison",
    # Italian
    "contrassegno", "alla consegna",
    # Spanish, Portuguese, Catalan
    "contra entrega", "contra reembolso", "contra reemborso", "na entrega", "à cobrança",
    "contra reemborsament",
    # Czech, Slovak, Polish
    "dobírk", "dobierk", "za pobraniem", "przy odbiorze",
    # Slovenian, Croatian, Serbian, Romanian, Hungarian, Turkish, Greek
    "po povzetju", "pouzeć", "pouzeče", "поузећ", "ramburs", "plata la livrare", "utánvét",
    "kapida odeme", "αντικαταβολή",
    # Nordic
    "postförskott", "efterkrav", "postoppkrav", "postiennakko",
    # Russian, Ukrainian, Bulgarian
    "при получении", "при доставке", "наложенный платеж", "наложенным платежом", "при отриманні",
    "накладений платіж", "накладеним платежем", "післяплата", "наложен платеж",
    # Arabic, Hebrew, Persian
    "عند الاستلام", "عند التسليم", "עם קבלת המשלוח", "מזומן לשליח", "پرداخت در محل",
    # Japanese, Chinese, Korean
    "代金引換", "代引", "货到付款", "貨到付款", "착불",
    # Hindi, Vietnamese, Indonesian, Thai
    "कैश ऑन डिलीवरी", "डिलीवरी पर भुगतान", "khi nhận hàng", "bayar di tempat", "เก็บเงินปลายทาง",
)  # fmt: skip
_ABBREVIATED = re.compile(r"\bc\.?\s?o\.?\s?d\b")


def _letters(text: str) -> str:
    """Letters and digits only: `CashOnDelivery` and `cash-on-delivery` are one."""
    return "".join(letter for letter in text if letter.isalnum())


_NAMES = tuple(_letters(folded(name)) for name in _AT_THE_DOOR)


@lru_cache(maxsize=512)  # a history names few methods
def is_paid_at_the_door(method: str) -> bool:
    """Whether a payment method collects the money when the parcel is handed over."""
    text = folded(method)
    if _ABBREVIATED.search(text.replace("_", " ")):
        return True
    letters = _letters(text)
    return any(name in letters for name in _NAMES)
