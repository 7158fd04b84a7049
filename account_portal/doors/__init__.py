"""Ways in to the services: a call comes from a page, a form or over HTTP."""
