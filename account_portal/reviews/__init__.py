"""Reviews of products: written by who received them, shown once the store approves."""
