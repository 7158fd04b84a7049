"""Return requests: what may go back, what it is worth, and its way back to the store."""
