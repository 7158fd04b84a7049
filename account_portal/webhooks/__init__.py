"""Events sent to addresses of the shop, as Standard Webhooks has it."""
