"""States of the pages of the profile, one module per page."""
