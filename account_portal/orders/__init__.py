"""Order history: the list, the detail, shipments, payments, refunds, cancelling, paying again."""
