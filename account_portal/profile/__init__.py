"""What a customer says of themselves: names, contacts, picture, opt-ins."""
