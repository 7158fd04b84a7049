"""The HTTP door: routes of the contract over the same services the pages use."""
