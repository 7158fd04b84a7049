"""Claims: what went wrong with goods of an order, and what the shop does about it."""
