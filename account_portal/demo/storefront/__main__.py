"""`python -m account_portal.demo.storefront`: serves the storefront alone, until it is ended."""

from account_portal.core.settings import get_settings
from account_portal.demo.storefront.server import serve

if __name__ == "__main__":
    serve(get_settings())
