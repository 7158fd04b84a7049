"""What the portal knows of a customer: the copy they get of it, and its end."""
