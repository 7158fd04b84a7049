"""Evidence: photos and videos that show what a customer says of items of an order."""
