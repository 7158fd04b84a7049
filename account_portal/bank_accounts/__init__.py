"""Accounts that refunds are paid to: encrypted at rest, masked outside, verified by the shop."""
