"""Withdrawing from a contract (2011/83/EU, Article 11a): stated, received, carried out."""
