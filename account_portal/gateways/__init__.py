"""The outside world: one Protocol each, whose working default needs no network."""
