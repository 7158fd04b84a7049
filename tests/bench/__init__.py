"""Measurements of the API: how many answers a second, how late, at what cost."""
