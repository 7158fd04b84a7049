"""Reviews, and small videos."""

import base64
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import Product, Review, User

FILM = base64.b85decode(
    "8b#lupF)O#0YdkI0YdVD1VZzH2ttB{cV%L2LWh9@LWO|>7*l{}0RR910007~5lx$Px=p)_Q>%m(NvUR2tbw6TyNg"
    "q+gcek;Yg4R&*iE~PQ>%m$RKsUetbzd>O}mU!tArd=yK7Udf&!830RR910001400000000000000000000000000"
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000000002N8"
    "8X0j^Rv4amnKuv&+Oks9rHZm?TGA=PNGFL&3Oks9rHZm?TGA=PNGDL}pK%YPW000007F4clzODfP0000005#Wv0d"
    "vKOzXXe<gC}W;oPhu$wVZ=>Ze)mo0EUHDUsg~!gMk4f<Aa0_=CXj`hOmJ^x`8kfRKsW3b910$z<_7Snnk0BMNUIc"
    "L`70WhmA~Oc4js*E-^ALF)%W7bFyQ=i(|!zzXXe<gC}W;XUL&NqliRRQbANnPfkRKlQ1wkFfckWGA=MMFfcGMFfc"
    "FxA49fvK@;bJ0HfG}004jx1OS}@DnI}*002h_g@uTPgopwH0(D{m`~iyr3iS|06IeKj^1jG20RH~>8-Pbx9c*Q9|"
    "No?|HU12-jsMbC{oOQZ!^i*rW#_=@O4<EC`H6s|n1KNL01*NJ2N3K47yuYpFZ2LcvVPD20Hc_J0rUV70ssdP>;M="
    "57+5d#09Uep&;S6Vn1KTB01*NJ2N3K47yuYpE$`@471eRT0Hc_J1Lyz|0ssdP>;M=57+5d#026c>+&BQEn1KZ101"
    "*NJ2N3K47yuYpFZ2KtbQ#<@0Hc_J1>67;0ssdP>;M=57+5d#026c>+&BQEn1Ke?01*NJ2M`bxU;trv|Ih-_pnq{d"
    "031`hYmvK;vw;A&iuZv5@qz((@PPv"
)
"""Two seconds of 64 x 48 pixels in VP8, which browsers really play."""

FILMS = Path(__file__).parent / "films"
MP4 = (FILMS / "tables-first.mp4").read_bytes()
WEBM = (FILMS / "tagged.webm").read_bytes()


def make_product(database: Database, **values: Any) -> Product:
    """A product nobody bought yet."""
    now = datetime.now(UTC)
    product = Product(
        **{
            "id": new_id(),
            "name": "Teapot",
            "slug": "teapot",
            "currency": "INR",
            "selling_price": 120000,
            "listing_price": 150000,
            "created_at": now,
            "modified_at": now,
            **values,
        }
    )
    with database.session(writes=True) as db:
        db.add(product)
        db.commit()
    return product


def make_review(database: Database, user: User, product_id: str, **values: Any) -> Review:
    """A pending review of four stars, as an import might have left it."""
    now = datetime.now(UTC)
    review = Review(
        **{
            "customer_id": user.customer_id,
            "product_id": product_id,
            "order_number": "ORD-older",
            "status": "pending",
            "rating": 8,
            "review_text": "Good.",
            "review_date": now,
            "created_at": now,
            "modified_at": now,
            **values,
        }
    )
    with database.session(writes=True) as db:
        db.add(review)
        db.commit()
    return review
