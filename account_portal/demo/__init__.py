"""Deterministic data for the demo, screenshots and browser tests."""
