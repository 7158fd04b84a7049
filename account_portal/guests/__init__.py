"""Orders for people without an account, or who are not signed in to it."""
