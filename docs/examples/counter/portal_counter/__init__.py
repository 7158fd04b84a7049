"""The shop's counter: customers pay there, its modem sends texts, its till hears of orders."""
