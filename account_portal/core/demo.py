"""The demo customer everybody may sign in as, in demo mode only."""

DEMO_CONTACT = "demo@example.com"
DEMO_PASSWORD = "demo-portal-2026"  # noqa: S105 - shown on the sign-in page and by `make run`
DEMO_STAFF = "staff@example.com"
"""Of the shop's people, who may do everything in the console; the same password."""
