"""Measurements: the API's answers a second, and when a page is on a customer's screen."""
