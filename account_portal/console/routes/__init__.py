"""What answers at `/console`: screens, deeds, and signing in."""
