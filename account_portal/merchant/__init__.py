"""The shop's side: what its staff and systems do."""
