"""The environment that every browser build is made in: nothing of a shop is in it."""

STORE_NAME = "STORE-NAME"
"""Stands in built pages for the name of the shop that serves them."""
STORE_EMAIL = "STORE-EMAIL"

BUILD_SETTINGS = {
    "PORTAL_DEMO": "false",
    "PORTAL_STORE_NAME": STORE_NAME,
    "PORTAL_STORE_EMAIL": STORE_EMAIL,
}
