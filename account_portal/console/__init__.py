"""The console: what the shop's people see and do, in a browser, signed in apart from customers."""
