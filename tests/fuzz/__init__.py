"""The API against its own contract: schemathesis, signed in as the demo customer."""
