"""Services of the console: accounts of staff, their sessions, the audit log, and what it shows."""
