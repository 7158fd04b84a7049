"""The demo shop's product pictures: one set of still lifes, drawn by code, no fonts, no scripts.

`python -m account_portal.demo.pictures` draws them again into ``assets/products``.
"""

from account_portal.demo.pictures.scenes import PLACEHOLDER, SCENES, draw

__all__ = ["PLACEHOLDER", "SCENES", "draw"]
