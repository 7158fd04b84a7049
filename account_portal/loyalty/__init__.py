"""Loyalty points: what was earned, what was spent, and the tier it adds up to."""
