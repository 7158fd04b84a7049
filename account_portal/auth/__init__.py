"""Signing in and out, codes, passwords, sessions; and the user that other resources show."""
