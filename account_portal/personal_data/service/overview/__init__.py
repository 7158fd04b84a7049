"""The page of the archive, which a person reads."""

from account_portal.personal_data.service.overview.page import write_overview

__all__ = ["write_overview"]
