"""Pages of claims, one module each: the browser build splits its script by module."""

from account_portal.claims.pages.detail import claim_detail
from account_portal.claims.pages.report import report_problem

__all__ = ["claim_detail", "report_problem"]
