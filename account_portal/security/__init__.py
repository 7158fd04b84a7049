"""Mechanisms of trust: passwords, tokens, codes, limits, repeats. They know no flow."""
