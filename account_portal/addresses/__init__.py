"""The address book: what a customer saved, the two defaults, and what each country asks for."""
