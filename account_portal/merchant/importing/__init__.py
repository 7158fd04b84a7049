"""Imports: a shop's history as records (NDJSON) or as Shopify exports (CSV)."""

from account_portal.merchant.importing.run import Summary, run_import

__all__ = ["Summary", "run_import"]
